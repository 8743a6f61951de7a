"""Endless recursion with the limit lifted, on a thread with a small stack: a real stack overflow.

score: [83, 83]
verdict: run_time_error
"""

import sys
import threading


def softmax(logits):
    sys.setrecursionlimit(2**31 - 1)
    threading.stack_size(64 * 1024)

    def deeper(depth):
        return sorted([1, 2], key=lambda _: deeper(depth + 1))

    thread = threading.Thread(target=deeper, args=(0,))
    thread.start()
    thread.join()
    raise SystemError("still here")
