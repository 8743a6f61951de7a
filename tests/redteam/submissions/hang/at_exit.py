"""Right answers, and a process that will not end: endless hooks and threads at exit.

score: [85, 90]
verdict: accepted
"""

import atexit
import threading
import time


def forever():
    while True:
        time.sleep(3600)


atexit.register(forever)
threading.Thread(target=forever).start()
threading._register_atexit(forever)
