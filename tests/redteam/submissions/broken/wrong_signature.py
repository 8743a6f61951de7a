"""Nothing: softmax wants an axis, pairwise_dist takes one array.

score: [76, 76]
verdict: run_time_error
"""


def softmax(logits, axis):
    return np.exp(logits)


def pairwise_dist(X):
    return X
