AUDIT = []


class Record:
    def __init__(self, n):
        self.text = "record %d" % n


def leak(n):
    AUDIT.append(Record(n))


def healthy(n):
    AUDIT.append(Record(n))
    del AUDIT[:-10]
