"""You turn the rows into lists and go through them in Python loops; that is the fastest way to loop, and still takes some twenty times as long as operations on whole arrays.

loses: [logsumexp_speed, logsumexp_no_loop]
"""
import math

import numpy as np


def logsumexp(logits):
    sums = []
    for row in logits.tolist():
        top = max(row)
        sums.append([top + math.log(sum([math.exp(value - top) for value in row]))])
    return np.array(sums)
