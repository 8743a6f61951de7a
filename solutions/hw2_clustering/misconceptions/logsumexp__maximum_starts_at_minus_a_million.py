"""You look for the maximum starting at -1e6 as if nothing could be smaller; a row below that underflows to log(0). A maximum starts at the first entry, or at minus infinity.

loses: [logsumexp_digits]
"""
import numpy as np


def logsumexp(logits):
    row_max = np.max(logits, axis=1, keepdims=True, initial=-1e6)
    return row_max + np.log(np.sum(np.exp(logits - row_max), axis=1, keepdims=True))
