"""Stops itself by SIGSTOP: it cannot answer, be interrupted, or end by itself.

score: [83, 83]
verdict: time_limit_exceeded
slow: true
alone: true
"""

import os
import signal


def softmax(logits):
    while True:
        os.kill(os.getpid(), signal.SIGSTOP)
