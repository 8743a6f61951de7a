"""abort() with SIGABRT handled, ignored and blocked first, so that it is hard to account for.

score: [83, 83]
verdict: run_time_error
alone: true
"""

import os
import signal


def softmax(logits):
    signal.signal(signal.SIGABRT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    os.abort()
