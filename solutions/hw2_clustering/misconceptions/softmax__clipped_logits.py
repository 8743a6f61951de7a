"""Clipping the logits keeps exp from overflowing but changes the answer: two different large logits come out with the same probability.

loses: [softmax_printed_example, softmax_mixed_rows, softmax_digits]
"""
import numpy as np


def softmax(logits):
    weights = np.exp(np.clip(logits, -500, 500))
    return weights / np.sum(weights, axis=1, keepdims=True)
