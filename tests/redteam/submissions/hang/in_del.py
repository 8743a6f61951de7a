"""Right answers, and an object that hangs when it is thrown away at the end of the call.

score: [83, 83]
verdict: time_limit_exceeded
slow: true
"""

class Anchor:
    def __del__(self):
        while True:
            pass


def softmax(logits):
    anchor = Anchor()
    powers = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
