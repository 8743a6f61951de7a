"""The sums are right, but they come back with shape (N,); the statement asks for one column, shape (N, 1).

loses: [logsumexp_printed_example, logsumexp_column]
seen: 1
"""
import numpy as np


def logsumexp(logits):
    row_max = np.max(logits, axis=1)
    return row_max + np.log(np.sum(np.exp(logits - row_max[:, None]), axis=1))
