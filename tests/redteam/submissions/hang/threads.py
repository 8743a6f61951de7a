"""Threads that hold the interpreter in turns, started at import, joined by nobody.

score: [0, 0]
verdict: time_limit_exceeded
slow: true
"""

import ctypes
import threading

for _ in range(8):
    threading.Thread(target=ctypes.PyDLL(None).sleep, args=(1_000_000,)).start()
