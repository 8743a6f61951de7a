"""You pair labels with zip, which stops at the shorter one; labellings of different lengths must be refused.

loses: [label_agreement_refuses]
"""
import numpy as np
from scipy.optimize import linear_sum_assignment


def label_agreement(labels_a, labels_b):
    pairs = list(zip(labels_a.tolist(), labels_b.tolist()))
    a = {name: i for i, name in enumerate(sorted({p[0] for p in pairs}))}
    b = {name: i for i, name in enumerate(sorted({p[1] for p in pairs}))}
    meets = np.zeros((len(a), len(b)))
    for first, second in pairs:
        meets[a[first], b[second]] += 1
    return float(meets[linear_sum_assignment(meets, maximize=True)].sum() / len(pairs))
