"""You subtract the maximum of the whole array; a row far below it underflows to 0/0, because each row needs its own maximum.

loses: [softmax_printed_example, softmax_mixed_rows, softmax_digits]
"""
import numpy as np


def softmax(logits):
    weights = np.exp(logits - np.max(logits))
    return weights / np.sum(weights, axis=1, keepdims=True)
