"""You pair every cluster with the one it meets most often, so two can share a partner (that is called purity); a pairing is one-to-one.

loses: [label_agreement_values, label_agreement_other_number]
"""
import numpy as np


def label_agreement(labels_a, labels_b):
    if len(labels_a) != len(labels_b):
        raise ValueError("different numbers of labels")
    right = 0
    for name in np.unique(labels_a):
        _, counts = np.unique(labels_b[labels_a == name], return_counts=True)
        right += counts.max()
    return float(right / len(labels_a))
