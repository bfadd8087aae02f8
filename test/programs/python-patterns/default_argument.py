class Tag:
    def __init__(self, n):
        self.text = "tag %d" % n


def collect(tag, into=[]):
    into.append(tag)
    return into


def leak(n):
    collect(Tag(n))


def healthy(n):
    collect(Tag(n), [])
