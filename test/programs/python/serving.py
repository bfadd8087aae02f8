"""Waits to be asked for its graph by a signal; ends when its input does."""
import sys


class Request:
    pass


LOG = [Request() for _ in range(50)]
print("ready", *sys.argv[1:], flush=True)
sys.stdin.read()
