"""Nothing: right, with a helper module of its own beside it.

score: [90, 90]
verdict: accepted
"""

from helper import scale


def softmax(logits):
    return np.exp(scale(logits) - logsumexp(logits))
