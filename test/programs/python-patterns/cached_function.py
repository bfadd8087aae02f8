import functools


class Quote:
    def __init__(self, symbol):
        self.symbol = symbol


@functools.lru_cache(maxsize=None)
def quote(symbol):
    return Quote(symbol)


@functools.lru_cache(maxsize=16)
def bounded(symbol):
    return Quote(symbol)


def leak(n):
    quote("symbol-%d" % n)


def healthy(n):
    bounded("symbol-%d" % n)
