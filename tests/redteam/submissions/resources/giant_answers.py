"""An array of a terabyte that is one number, a number of a million digits, and 100 MB of text.

score: [70, 70]
verdict: memory_limit_exceeded
"""

def softmax(logits):
    return np.broadcast_to(np.float64(0.5), (2**20, 2**17))


def pairwise_dist(X, Y):
    return 10 ** (10**6)


def logsumexp(logits):
    return "A" * 100_000_000
