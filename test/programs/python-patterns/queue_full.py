import queue

JOBS = queue.Queue()


class Mail:
    def __init__(self, n):
        self.body = "mail %d" % n


def leak(n):
    JOBS.put(Mail(n))


def healthy(n):
    JOBS.put(Mail(n))
    JOBS.get()
