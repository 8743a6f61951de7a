"""The tiny number inside your log hides the underflow: a row of very negative logits gives about -73.7 where its value is about its maximum.

loses: [logsumexp_printed_example, logsumexp_mixed_rows, logsumexp_digits]
"""
import numpy as np


def logsumexp(logits):
    return np.log(np.sum(np.exp(logits), axis=1, keepdims=True) + 1e-32)
