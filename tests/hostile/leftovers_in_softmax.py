"""Tries: starts a process that outlives the worker, and ignores every signal it can.
Sound: nothing of it is alive when the case is over."""

import os
import signal
import subprocess
import sys

SLEEPER = "import time; time.sleep(987654)"


def softmax(logits):
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    subprocess.Popen([sys.executable, "-c", SLEEPER], start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv(sys.executable, [sys.executable, "-c", SLEEPER])
        os._exit(0)
    return np.exp(logits)
