"""should_go_away() on one object that goes and one that stays; prints what it was told."""
import logging
import sys
import time

import stillhere

logging.basicConfig(format="%(message)s", stream=sys.stdout)


class Editor:
    pass


class Panel:
    pass


OPEN = []


def close(editor):
    OPEN.append(editor)  # the mistake


panel = Panel()
panel.itself = panel
stillhere.should_go_away(panel, "panel", within=0.2)
del panel
editor = Editor()
ticket = stillhere.should_go_away(editor, "main editor", within=0.2, then=lambda ticket: print("then", ticket.name))
close(editor)
del editor
deadline = time.monotonic() + 20
while ticket.state == "waiting" and time.monotonic() < deadline:
    time.sleep(0.02)
time.sleep(0.2)
print("state", ticket.state)
print("path", ticket.path)

try:
    stillhere.should_go_away([1, 2], "a list")
except TypeError as error:
    print(error)

second = Editor()
stillhere.should_go_away(second, "second", within=0.1)
try:
    stillhere.all_gone()
except AssertionError as error:
    print("all_gone:", error)
stillhere.should_go_away(Editor(), "third", within=0.1)
stillhere.all_gone()
print("third went")
