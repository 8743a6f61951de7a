"""You add a vector of shape (N,) to a column of shape (N, 1), which broadcasts to an N x N array; every term needs the shape (N, 1).

loses: [logsumexp_printed_example, logsumexp_column, logsumexp_values, logsumexp_mixed_rows]
may_lose: [logsumexp_keeps_input, logsumexp_speed, logsumexp_no_loop, logsumexp_digits]
seen: 1
"""
import numpy as np


def logsumexp(logits):
    row_max = np.max(logits, axis=1, keepdims=True)
    return row_max + np.log(np.sum(np.exp(logits - row_max), axis=1))
