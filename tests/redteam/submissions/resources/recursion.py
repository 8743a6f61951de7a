"""Endless recursion, in a call and in the repr of what comes back.

score: [76, 76]
verdict: run_time_error
"""

class Deep:
    def __repr__(self):
        return repr(self)

    __str__ = __repr__


def softmax(logits):
    return softmax(logits)


def pairwise_dist(X, Y):
    raise ValueError(Deep())
