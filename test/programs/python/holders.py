"""Objects held in the ways Python holds them, one class a way; writes its graph to the path given."""
import functools
import sys
import threading
import time
import weakref

import stillhere


class Session:
    """Leaked: a module's dict keeps it, nothing removes it."""

    def __init__(self, user):
        self.user = user
        self.token = "s3cret-token-%s" % user


class ByAttribute:
    pass


class Slotted:
    __slots__ = ("owner", "held")

    def __init__(self, held):
        self.owner = None
        self.held = held


class BySlot:
    pass


class ByClosure:
    pass


class ByGenerator:
    pass


class ByThread:
    pass


class ByLocal:
    pass


class ByTraceback:
    pass


class ByClass:
    pass


class OnlyWeakly:
    pass


class Gone:
    """The healthy twin of Session: removed again."""


class Service:
    shared = ByClass()

    def __init__(self):
        self.child = ByAttribute()

    @functools.lru_cache(maxsize=None)
    def compute(self, n):
        return [n]


SESSIONS = {}
HEALTHY = {}
SLOTTED = Slotted(BySlot())
FIRST = Service()
WEAK = weakref.WeakValueDictionary()


def serve(n):
    for i in range(n):
        SESSIONS["session-%d" % i] = Session("user-%d" % i)
        HEALTHY[i] = Gone()
        HEALTHY[i].self = HEALTHY[i]  # a cycle: only the collector frees it
        del HEALTHY[i]


def make_callback():
    captured = ByClosure()

    def callback():
        return captured

    return callback


CALLBACK = make_callback()


def generate():
    pending = [ByGenerator()]
    yield pending
    yield pending


GENERATOR = generate()
next(GENERATOR)


def fail():
    witness = ByTraceback()
    raise ValueError(witness is None)


try:
    fail()
except ValueError as error:
    ERROR = error


def lru_owner():
    Service().compute(1)  # the cache of the method keeps `self`


def work(ready, done):
    busy_with = ByThread()
    ready.set()
    done.wait()
    return busy_with


def main(path):
    serve(100)
    lru_owner()
    alive = OnlyWeakly()
    WEAK["x"] = alive
    ready, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=work, args=(ready, done), name="worker")
    thread.start()
    ready.wait()
    time.sleep(0.01)
    here = {"now": ByLocal()}
    before = sorted(vars(FIRST)) if len(sys.argv) > 2 else None
    print(*stillhere.dump(path))
    done.set()
    thread.join()
    return alive, here, before


main(sys.argv[1])
