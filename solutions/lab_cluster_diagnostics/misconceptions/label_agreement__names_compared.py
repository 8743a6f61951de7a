"""You compare the names one by one; two runs that differ in names alone then seem to disagree.

loses: [label_agreement_by_hand, label_agreement_renamed, label_agreement_values, label_agreement_many_clusters, label_agreement_other_number]
may_lose: [label_agreement_refuses]
"""
import numpy as np


def label_agreement(labels_a, labels_b):
    if len(labels_a) != len(labels_b):
        raise ValueError("different numbers of labels")
    return float(np.mean(labels_a == labels_b))
