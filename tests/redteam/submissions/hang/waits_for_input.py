"""Waits for a person: input(), standard input, the terminal.

score: [83, 83]
verdict: run_time_error
"""

import os
import sys


def softmax(logits):
    try:
        input("continue? ")
    except EOFError:
        pass
    if sys.__stdin__.read() or os.read(0, 1):
        powers = np.exp(logits - np.max(logits, axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
    with open("/dev/tty") as terminal:
        terminal.read()
