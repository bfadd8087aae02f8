# Works as hard as its leaking twin; its cache has an end, and is full after a few seconds.
import time

kept = []
for turn in range(100000):
    scratch = [bytearray(1000) for _ in range(200)]
    kept.append(bytearray(40_000))
    if len(kept) > 150:
        kept.pop(0)
    time.sleep(0.02)
