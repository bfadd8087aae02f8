"""Leaks one Session of about 2 kB a request: SESSIONS only grows (line 12, added to at 16)."""

from http.server import BaseHTTPRequestHandler, HTTPServer


class Session:
    def __init__(self, user):
        self.user = user
        self.cart = bytearray(2000)


SESSIONS = {}


def login(number):
    SESSIONS["user %d" % number] = Session("user %d" % number)


class Handler(BaseHTTPRequestHandler):
    requests = 0

    def do_GET(self):
        Handler.requests += 1
        login(Handler.requests)
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
print("listening on", server.server_port)
server.serve_forever()
