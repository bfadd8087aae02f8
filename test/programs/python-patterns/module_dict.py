SESSIONS = {}


class Session:
    def __init__(self, user):
        self.user = user
        self.pages = ["page %d" % user]


def leak(n):
    SESSIONS["session-%d" % n] = Session(n)


def healthy(n):
    SESSIONS["session-%d" % n] = Session(n)
    del SESSIONS["session-%d" % n]
