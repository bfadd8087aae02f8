import asyncio

LOOP = asyncio.new_event_loop()


class Reminder:
    def __init__(self, n):
        self.text = "remind %d" % n

    def ring(self):
        return self.text


def leak(n):
    LOOP.call_later(1_000_000, Reminder(n).ring)


def healthy(n):
    LOOP.call_later(1_000_000, Reminder(n).ring).cancel()
    if n % 20 == 0:
        LOOP.call_soon(LOOP.stop)
        LOOP.run_forever()
