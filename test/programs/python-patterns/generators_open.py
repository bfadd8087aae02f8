OPEN = []


class Cursor:
    def __init__(self, n):
        self.rows = [n, n + 1]


def rows(n):
    cursor = Cursor(n)
    for row in cursor.rows:
        yield row


def leak(n):
    reader = rows(n)
    next(reader)
    OPEN.append(reader)


def healthy(n):
    reader = rows(n)
    next(reader)
    OPEN.append(reader)
    OPEN.pop().close()
