"""You turn the rows into lists and go through them in Python loops; that is the fastest way to loop, and still takes some twenty times as long as operations on whole arrays.

loses: [softmax_speed, softmax_no_loop]
"""
import math

import numpy as np


def softmax(logits):
    rows = []
    for row in logits.tolist():
        top = max(row)
        weights = [math.exp(value - top) for value in row]
        total = sum(weights)
        rows.append([weight / total for weight in weights])
    return np.array(rows)
