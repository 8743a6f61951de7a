"""You try all permutations of the names; of two dozen names there are 6e23.

loses: [label_agreement_many_clusters]
"""
import itertools

import numpy as np


def label_agreement(labels_a, labels_b):
    if len(labels_a) != len(labels_b):
        raise ValueError("different numbers of labels")
    _, a = np.unique(labels_a, return_inverse=True)
    _, b = np.unique(labels_b, return_inverse=True)
    K = max(a.max(), b.max()) + 1
    meets = np.zeros((K, K))
    np.add.at(meets, (a, b), 1)
    each = np.arange(K)
    return max(meets[each, list(p)].sum() for p in itertools.permutations(range(K))) / len(a)
