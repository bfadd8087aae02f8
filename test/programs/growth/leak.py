# Keeps 40 kB of every piece of work for ever.
import time

kept = []
for turn in range(100000):
    scratch = [bytearray(1000) for _ in range(200)]
    kept.append(bytearray(40_000))
    time.sleep(0.02)
