"""Prints without end in softmax, past Python's own streams.

score: [83, 83]
verdict: output_limit_exceeded
"""

import os


def softmax(logits):
    while True:
        os.write(1, b"x" * 4096)
        os.write(2, b"\x1b]0;title\x07" * 100)
