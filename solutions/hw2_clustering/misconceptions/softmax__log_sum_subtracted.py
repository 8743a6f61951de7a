"""You subtract the log of the sum from the logits and take exp last; for large logits that log has been rounded, and its error becomes one of every probability. Subtract the maximum, take exp, then divide.

loses: [softmax_digits]
"""
import numpy as np


def softmax(logits):
    logits = logits.astype(np.float64)
    row_max = np.max(logits, axis=1, keepdims=True)
    log_sum = row_max + np.log(np.sum(np.exp(logits - row_max), axis=1, keepdims=True))
    return np.exp(logits - log_sum)
