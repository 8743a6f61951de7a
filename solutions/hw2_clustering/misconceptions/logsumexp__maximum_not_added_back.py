"""You subtract the row maximum before exp but do not add it back after the log, so every value is too small by that maximum.

loses: [logsumexp_printed_example, logsumexp_values, logsumexp_mixed_rows]
may_lose: [logsumexp_keeps_input, logsumexp_speed, logsumexp_no_loop, logsumexp_digits]
"""
import numpy as np


def logsumexp(logits):
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    return np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
