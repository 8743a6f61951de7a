"""You subtract the maximum from the logits in place, so the caller's array has changed after the call.

loses: [logsumexp_keeps_input]
"""
import numpy as np


def logsumexp(logits):
    row_max = np.max(logits, axis=1, keepdims=True)
    logits -= row_max
    return row_max + np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
