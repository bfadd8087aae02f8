import io
import logging

LOGGER = logging.getLogger("shop")
LOGGER.propagate = False


class RequestHandler(logging.StreamHandler):
    pass


def leak(n):
    LOGGER.addHandler(RequestHandler(io.StringIO()))


def healthy(n):
    handler = RequestHandler(io.StringIO())
    LOGGER.addHandler(handler)
    LOGGER.removeHandler(handler)
    handler.close()
