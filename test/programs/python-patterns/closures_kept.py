PENDING = []


class Order:
    def __init__(self, n):
        self.lines = ["line %d" % n]


def later(order):
    def finish():
        return order.lines

    return finish


def leak(n):
    PENDING.append(later(Order(n)))


def healthy(n):
    PENDING.append(later(Order(n)))
    PENDING.pop()()
