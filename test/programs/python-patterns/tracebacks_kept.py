FAILURES = []


class Upload:
    def __init__(self, n):
        self.chunks = ["chunk %d" % n]

    def store(self):
        raise ValueError("no room")


def handle(n):
    upload = Upload(n)
    upload.store()


def leak(n):
    try:
        handle(n)
    except ValueError as error:
        FAILURES.append(error)


def healthy(n):
    try:
        handle(n)
    except ValueError as error:
        FAILURES.append(repr(error))
        del FAILURES[:-5]
