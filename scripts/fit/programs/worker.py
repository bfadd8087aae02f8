# Does to its memory what it is told on stdin, one order a line, and reports what CPython says of it. See ../record-programs.ts.
import ctypes
import gc
import sys
import threading
import tracemalloc

slots = {}
leaked = []
leaked_bytes = 0
native = []
files = []
measured = len(sys.argv) > 1 and sys.argv[1] == "traced"
if measured:
    tracemalloc.start()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p


def make(kind, size):
    if kind == "string":
        return "x" * size
    if kind == "buffer":
        return bytes(size)
    if kind == "small":
        return [(i, float(i)) for i in range(max(1, size // 88))]
    if kind == "closure":
        held = [0.5] * max(1, size // 8)
        return lambda: held
    return {"id": size, "data": [float(i) for i in range(max(1, size // 32))]}


def deep_size(kind, size, it):
    if kind in ("string", "buffer"):
        return sys.getsizeof(it)
    if kind == "small":
        return sys.getsizeof(it) + len(it) * (56 + 24 + 8)
    if kind == "closure":
        return sys.getsizeof(it) + 40 + 40 + sys.getsizeof(it())
    return sys.getsizeof(it) + sys.getsizeof(it["data"]) + 24 * len(it["data"])


def run(words):
    global leaked_bytes, leaked
    order = words[0]
    if order == "G":
        for _ in range(int(words[1])):
            make("object", int(words[2]))
    elif order == "P":
        slots[words[1]] = make(words[3], int(words[2]))
    elif order == "B":
        pieces = int(words[3])
        slots[words[1]] = [make(words[4], int(words[2]) // pieces) for _ in range(pieces)]
    elif order == "K":
        slots[words[1]] = slots[words[1]][:: int(words[2])]
    elif order == "D":
        slots.pop(words[1], None)
    elif order == "L":
        it = make(words[1], int(words[2]))
        leaked.append(it)
        leaked_bytes += deep_size(words[1], int(words[2]), it) + 8
    elif order == "N":
        size = int(words[1])
        ctypes.memset(ctypes.c_void_p(libc.malloc(ctypes.c_size_t(size))), 1, size)
        leaked_bytes += size + 16
    elif order == "T":
        held = make("buffer", int(words[1]))
        stop = threading.Event()
        threading.Thread(target=lambda: (stop.wait(), held), daemon=True).start()
    elif order == "F":
        files.append(open("/dev/null"))
    elif order == "C":
        gc.collect()
        libc.malloc_trim(0)
    elif order == "S":
        collections = sum(s["collections"] for s in gc.get_stats())
        used = f" heap_used={tracemalloc.get_traced_memory()[0] // 1024}" if measured else ""
        print(f"gc={collections}{used}", flush=True)
    elif order == "E":
        print(f"leaked={leaked_bytes}", flush=True)


for line in sys.stdin:
    run(line.split())
