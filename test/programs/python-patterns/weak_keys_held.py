import weakref

DETAILS = weakref.WeakKeyDictionary()


class Widget:
    def __init__(self, n):
        self.name = "widget %d" % n


class Details:
    def __init__(self, owner):
        self.owner = owner


def leak(n):
    widget = Widget(n)
    DETAILS[widget] = Details(widget)


def healthy(n):
    widget = Widget(n)
    DETAILS[widget] = Details(weakref.ref(widget))
