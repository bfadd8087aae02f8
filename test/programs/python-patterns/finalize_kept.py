import weakref


class State:
    def __init__(self, n):
        self.bytes = ["state %d" % n]


class Handle:
    def __init__(self, n):
        self.state = State(n)


def leak(n):
    # The callback's argument reaches the object it waits for: it never goes.
    handle = Handle(n)
    weakref.finalize(handle, print, handle)


def healthy(n):
    handle = Handle(n)
    weakref.finalize(handle, list, handle.state.bytes)
