"""Wrong answers, and atexit hooks, finalizers and a finally that exit with status 0.

score: [83, 83]
verdict: wrong_answer
"""

import atexit
import os
import sys
import weakref


class Anchor:
    def __del__(self):
        os._exit(0)


ANCHOR = Anchor()
atexit.register(os._exit, 0)
weakref.finalize(ANCHOR, os._exit, 0)
sys.exitfunc = lambda: os._exit(0)


def softmax(logits):
    try:
        return logits * 0.0
    finally:
        atexit.register(os._exit, 0)
