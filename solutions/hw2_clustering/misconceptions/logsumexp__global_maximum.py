"""You subtract the maximum of the whole array; a row far below it underflows to log(0), because each row needs its own maximum.

loses: [logsumexp_printed_example, logsumexp_mixed_rows, logsumexp_digits]
"""
import numpy as np


def logsumexp(logits):
    biggest = np.max(logits)
    return biggest + np.log(np.sum(np.exp(logits - biggest), axis=1, keepdims=True))
