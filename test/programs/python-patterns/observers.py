class Feed:
    def __init__(self):
        self.listeners = []

    def subscribe(self, listener):
        self.listeners.append(listener)


class Chart:
    def __init__(self, n):
        self.points = [n]


FEED = Feed()


def leak(n):
    FEED.subscribe(Chart(n))


def healthy(n):
    chart = Chart(n)
    FEED.subscribe(chart)
    FEED.listeners.remove(chart)
