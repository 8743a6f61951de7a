"""You use the names as row numbers of a table; names are any integers, also -1 and 10**12.

loses: [label_agreement_renamed]
"""
import numpy as np
from scipy.optimize import linear_sum_assignment


def label_agreement(labels_a, labels_b):
    if len(labels_a) != len(labels_b):
        raise ValueError("different numbers of labels")
    meets = np.zeros((max(labels_a) + 1, max(labels_b) + 1))
    np.add.at(meets, (labels_a, labels_b), 1)
    return float(meets[linear_sum_assignment(meets, maximize=True)].sum() / len(labels_a))
