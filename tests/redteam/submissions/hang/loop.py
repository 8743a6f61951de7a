"""An endless loop in softmax that catches every exception and ignores every signal.

score: [83, 83]
verdict: time_limit_exceeded
slow: true
"""

import signal


def softmax(logits):
    for number in range(1, 65):
        try:
            signal.signal(number, lambda *_: None)
        except (OSError, ValueError):
            pass
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
