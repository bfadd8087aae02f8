class Page:
    def __init__(self, n):
        self.html = "<p>%d</p>" % n


class Renderer:
    def __init__(self):
        self.cache = {}


RENDERER = Renderer()


def leak(n):
    RENDERER.cache["/page/%d" % n] = Page(n)


def healthy(n):
    RENDERER.cache["/page/%d" % n] = Page(n)
    if len(RENDERER.cache) > 16:
        RENDERER.cache.clear()
