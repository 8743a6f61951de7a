"""SIGKILL to itself, by kill, tgkill and a timer, as if memory had run out.

score: [83, 83]
verdict: run_time_error
"""

import os
import signal
import threading


def softmax(logits):
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    for send in (
        lambda: os.kill(os.getpid(), signal.SIGKILL),
        lambda: signal.pthread_kill(threading.get_ident(), signal.SIGKILL),
    ):
        send()
