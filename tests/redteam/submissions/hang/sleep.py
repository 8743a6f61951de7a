"""Sleeps for ever in softmax, which costs no CPU time.

score: [83, 83]
verdict: time_limit_exceeded
slow: true
"""

import time


def softmax(logits):
    while True:
        time.sleep(1e6)
