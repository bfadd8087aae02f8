class Visit:
    def __init__(self, n):
        self.page = "page %d" % n


class Handler:
    def __init__(self):
        self.open = {}


class Server:
    def __init__(self):
        self.handler = Handler()


SERVER = Server()


def leak(n):
    SERVER.handler.open[n] = Visit(n)


def healthy(n):
    SERVER.handler.open[n] = Visit(n)
    SERVER.handler.open.pop(n)
