"""You take the logarithm of the mean of the exponentials and not of their sum, so every value is too small by log D.

loses: []
"""
import numpy as np


def logsumexp(logits):
    row_max = np.max(logits, axis=1, keepdims=True)
    return row_max + np.log(np.mean(np.exp(logits - row_max), axis=1, keepdims=True))
