"""Loaded by a Python that `stillhere hunt` starts: brings stillhere.py along, then leaves as if it had not been here.

Python imports `sitecustomize` at its start from the first place on its path that has one, and PYTHONPATH comes first.
The program's own sitecustomize (the system's, a virtual environment's) is run afterwards.
"""

import os
import sys


def _bring_along():
    here = os.path.dirname(os.path.abspath(__file__))
    beside = os.path.dirname(here)
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    sys.path.insert(0, beside)
    try:
        import stillhere  # noqa: F401  answers requests, since STILLHERE_ANSWER_IN is set
    except Exception as error:  # an old Python, say: the program runs all the same
        sys.stderr.write("stillhere: not brought along: %s\n" % (error,))
    finally:
        sys.path.remove(beside)
    own = sys.modules.pop("sitecustomize", None)
    try:
        import sitecustomize  # noqa: F401  the one that was meant
    except ImportError:
        if own is not None:
            sys.modules["sitecustomize"] = own  # who imported us asks for it again


_bring_along()
