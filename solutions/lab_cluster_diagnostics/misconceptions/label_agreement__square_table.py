"""You count in a table with as many columns as rows; the two labellings may have different numbers of clusters.

loses: [label_agreement_other_number]
"""
import numpy as np
from scipy.optimize import linear_sum_assignment


def label_agreement(labels_a, labels_b):
    if len(labels_a) != len(labels_b):
        raise ValueError("different numbers of labels")
    _, a = np.unique(labels_a, return_inverse=True)
    _, b = np.unique(labels_b, return_inverse=True)
    meets = np.zeros((a.max() + 1, a.max() + 1))
    np.add.at(meets, (a, b), 1)
    return float(meets[linear_sum_assignment(meets, maximize=True)].sum() / len(a))
