"""You go through the entries in Python loops; the numbers are right, but it takes many times as long as operations on whole arrays.

loses: [logsumexp_speed, logsumexp_no_loop]
"""
import math

import numpy as np


def logsumexp(logits):
    sums = np.zeros((len(logits), 1))
    for i, row in enumerate(logits):
        top = max(row)
        total = 0.0
        for value in row:
            total += math.exp(value - top)
        sums[i, 0] = top + math.log(total)
    return sums
