"""You do not subtract the row maximum, so large logits overflow to infinity and very negative ones give log(0).

loses: [logsumexp_printed_example, logsumexp_mixed_rows, logsumexp_digits]
"""
import numpy as np


def logsumexp(logits):
    return np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
