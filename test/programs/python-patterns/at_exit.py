import atexit


class TemporaryFile:
    def __init__(self, n):
        self.path = ["/tmp/upload-%d" % n]

    def delete(self):
        self.path.clear()


def leak(n):
    atexit.register(TemporaryFile(n).delete)


def healthy(n):
    file = TemporaryFile(n)
    atexit.register(file.delete)
    atexit.unregister(file.delete)
