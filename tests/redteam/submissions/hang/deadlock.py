"""Two threads that wait for each other, and a main thread that waits for both.

score: [83, 83]
verdict: time_limit_exceeded
slow: true
"""

import threading


def softmax(logits):
    first, second = threading.Lock(), threading.Lock()
    gate = threading.Barrier(2)

    def take(one, other):
        with one:
            gate.wait()
            with other:
                pass

    pair = [threading.Thread(target=take, args=order) for order in ((first, second), (second, first))]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    return logits
