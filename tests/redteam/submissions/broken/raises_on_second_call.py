"""Nothing: the first call is right, then a global is spoilt.

score: [83, 90]
verdict: [run_time_error, wrong_answer, partially_accepted]
"""

CALLS = []


def softmax(logits):
    CALLS.append(logits)
    if len(CALLS) > 1:
        raise RuntimeError("not again")
    powers = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
