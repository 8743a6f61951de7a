"""C code that never gives the interpreter back: no Python time-out in this process can fire.

score: [83, 83]
verdict: time_limit_exceeded
slow: true
"""

import ctypes


def softmax(logits):
    ctypes.PyDLL(None).sleep(1_000_000)
    return logits
