ON_RESIZE = []


class Panel:
    def __init__(self, n):
        self.widgets = ["widget %d" % n]

    def resized(self):
        return self.widgets


def leak(n):
    ON_RESIZE.append(Panel(n).resized)


def healthy(n):
    panel = Panel(n)
    ON_RESIZE.append(panel.resized)
    ON_RESIZE.remove(panel.resized)
