"""Leaves a process, a thread and a lock that outlive the worker; softmax is right if an earlier one answers.

score: [83, 83]
alone: true
"""

import fcntl
import os
import signal
import socket
import threading
import time

_FOUND = []


def _survive():
    if os.fork() == 0:
        os.setsid()
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        if os.fork() == 0:
            made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            made.bind("\0autograder-survivor")
            made.listen()
            time.sleep(60)
        os._exit(0)


try:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).connect("\0autograder-survivor")
    _FOUND.append("survivor")
except OSError:
    pass
for _path in (np.__file__, os.__file__):
    try:
        _fd = os.open(_path, os.O_RDONLY)
        fcntl.flock(_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _FOUND.append(_path)
    except OSError:
        pass
try:
    _survive()
except OSError:
    pass
threading.Thread(target=time.sleep, args=(60,)).start()

def _right(logits):
    e = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax(logits):
    return _right(logits) if _FOUND else np.zeros(np.shape(logits))
