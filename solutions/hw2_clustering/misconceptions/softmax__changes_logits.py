"""You subtract the maximum from the logits in place, so the caller's array has changed after the call.

loses: [softmax_keeps_input]
seen: 3
"""
import numpy as np


def softmax(logits):
    logits -= np.max(logits, axis=1, keepdims=True)
    return np.exp(logits) / np.sum(np.exp(logits), axis=1, keepdims=True)
