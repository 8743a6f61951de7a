"""Prints without end at import, by a thread.

score: [0, 0]
verdict: output_limit_exceeded
"""

import threading


def shout():
    while True:
        print("x" * 10_000)


thread = threading.Thread(target=shout)
thread.start()
thread.join()
