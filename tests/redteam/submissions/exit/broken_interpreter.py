"""Overwrites None's and a type's memory, then goes on computing on the ruins.

score: [83, 83]
verdict: run_time_error
"""

import ctypes


def softmax(logits):
    for victim in (None, True, (), float, dict, type):
        ctypes.memset(id(victim), 0, 64)
    return {float(x): None for x in range(1000)}
