import threading

NEVER = threading.Event()


class Poller:
    def __init__(self, n):
        self.buffer = ["buffer %d" % n]

    def run(self, until):
        until.wait()


def leak(n):
    threading.Thread(target=Poller(n).run, args=(NEVER,), daemon=True).start()


def healthy(n):
    until = threading.Event()
    thread = threading.Thread(target=Poller(n).run, args=(until,), daemon=True)
    thread.start()
    until.set()
    thread.join()
