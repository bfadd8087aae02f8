"""A finaliser that puts its object somewhere brings it back to life."""
POOL = []


class Connection:
    def __init__(self, n):
        self.peer = self  # a cycle: only the collector finds it
        self.address = "10.0.0.%d" % n

    def __del__(self):
        POOL.append(self)


class Closed:
    def __init__(self, n):
        self.peer = self
        self.address = "10.0.0.%d" % n

    def __del__(self):
        self.address = None


def leak(n):
    Connection(n)


def healthy(n):
    Closed(n)
