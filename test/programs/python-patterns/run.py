"""Runs planted leaks, or their healthy twins, and writes a ladder of three object graphs.

    python3 run.py leak|healthy FOLDER NAME...

Each program has leak(n) and healthy(n), one operation each.
"""
import importlib
import json
import os
import sys

import stillhere

kind, folder = sys.argv[1:3]
programs = [getattr(importlib.import_module(name), kind) for name in sys.argv[3:]]
counts = []
done = 0
for count in (131, 61, 61):
    for _ in range(count):
        done += 1
        for program in programs:
            program(done)
    stillhere.dump(os.path.join(folder, "%d.pyheap" % len(counts)))
    counts.append(done)
print(json.dumps(counts))
sys.stdout.flush()
os._exit(0)  # threads and tasks that never end are part of the programs
