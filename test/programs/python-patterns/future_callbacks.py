"""Callbacks on a future that lives as long as the process."""
import asyncio

LOOP = asyncio.new_event_loop()
CLOSED = LOOP.create_future()


class Request:
    def __init__(self, n):
        self.body = ["body %d" % n]

    def abort(self, _):
        self.body.clear()


def leak(n):
    CLOSED.add_done_callback(Request(n).abort)


def healthy(n):
    request = Request(n)
    CLOSED.add_done_callback(request.abort)
    CLOSED.remove_done_callback(request.abort)
