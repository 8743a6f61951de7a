"""You normalise each column and not each row, so the rows do not sum to one.

loses: [softmax_printed_example, softmax_values, softmax_mixed_rows]
may_lose: [softmax_keeps_input, softmax_speed, softmax_no_loop, softmax_digits]
"""
import numpy as np


def softmax(logits):
    weights = np.exp(logits - np.max(logits, axis=0, keepdims=True))
    return weights / np.sum(weights, axis=0, keepdims=True)
