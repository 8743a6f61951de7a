"""You sum down the columns and not along the rows, so there are D answers where N were asked for.

loses: [logsumexp_printed_example, logsumexp_column, logsumexp_values, logsumexp_mixed_rows]
may_lose: [logsumexp_keeps_input, logsumexp_speed, logsumexp_no_loop, logsumexp_digits]
"""
import numpy as np


def logsumexp(logits):
    col_max = np.max(logits, axis=0, keepdims=True)
    return (col_max + np.log(np.sum(np.exp(logits - col_max), axis=0, keepdims=True))).T
