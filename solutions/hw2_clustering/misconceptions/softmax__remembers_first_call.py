"""You keep the row maxima of the first call in a global variable and use them again for the next array of the same shape, so an answer depends on what was computed before.

loses: [softmax_mixed_rows, softmax_digits]
"""
import numpy as np

_MAXIMA = {}


def softmax(logits):
    row_max = _MAXIMA.setdefault(logits.shape, np.max(logits, axis=1, keepdims=True))
    weights = np.exp(logits - row_max)
    return weights / np.sum(weights, axis=1, keepdims=True)
