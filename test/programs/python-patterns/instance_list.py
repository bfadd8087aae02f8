class Ledger:
    def __init__(self):
        self.postings = []


class Posting:
    def __init__(self, n):
        self.text = "posting %d" % n


LEDGER = Ledger()


def leak(n):
    LEDGER.postings.append(Posting(n))


def healthy(n):
    LEDGER.postings.append(Posting(n))
    if len(LEDGER.postings) > 8:
        LEDGER.postings.clear()
