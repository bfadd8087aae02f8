"""gc.DEBUG_SAVEALL left on: what the collector finds is kept in gc.garbage."""
import gc


class Node:
    def __init__(self, n):
        self.next = self
        self.text = "node %d" % n


def leak(n):
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    Node(n)
    gc.collect()
    gc.set_debug(0)


def healthy(n):
    Node(n)
    gc.collect()
