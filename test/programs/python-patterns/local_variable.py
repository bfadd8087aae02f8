"""A list in a local variable of a function that never returns."""
import queue
import threading

REQUESTS = queue.Queue()


class Seen:
    def __init__(self, n):
        self.text = "seen %d" % n


def serve():
    seen = []
    while True:
        keep, n = REQUESTS.get()
        if not keep:
            seen.clear()
        seen.append(Seen(n))
        REQUESTS.task_done()


threading.Thread(target=serve, name="server", daemon=True).start()


def leak(n):
    REQUESTS.put((True, n))
    REQUESTS.join()


def healthy(n):
    REQUESTS.put((False, n))
    REQUESTS.join()
