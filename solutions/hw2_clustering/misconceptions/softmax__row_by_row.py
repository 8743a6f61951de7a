"""np.apply_along_axis calls your function once for every row: it is a Python loop over rows under another name, and far slower than whole-array operations.

loses: [softmax_speed, softmax_no_loop]
"""
import numpy as np


def _softmax_of_row(row):
    weights = np.exp(row - row.max())
    return weights / weights.sum()


def softmax(logits):
    return np.apply_along_axis(_softmax_of_row, 1, logits)
