import functools


class Report:
    def __init__(self, n):
        self.rows = ["row %d" % n] * 3

    @functools.lru_cache(maxsize=None)
    def total(self, year):
        return [year]

    @functools.cached_property
    def sum(self):
        return len(self.rows)


def leak(n):
    Report(n).total(n)


def healthy(n):
    return Report(n).sum
