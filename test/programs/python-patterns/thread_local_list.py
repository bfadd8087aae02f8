import queue
import threading

LOCAL = threading.local()
REQUESTS = queue.Queue()


class Step:
    def __init__(self, n):
        self.name = "step %d" % n


def serve():
    while True:
        work, n = REQUESTS.get()
        work(n)
        REQUESTS.task_done()


threading.Thread(target=serve, name="pool worker", daemon=True).start()


def keep(n):
    if not hasattr(LOCAL, "trail"):
        LOCAL.trail = []
    LOCAL.trail.append(Step(n))


def forget(n):
    LOCAL.trail = [Step(n)]


def leak(n):
    REQUESTS.put((keep, n))
    REQUESTS.join()


def healthy(n):
    REQUESTS.put((forget, n))
    REQUESTS.join()
