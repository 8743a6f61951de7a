"""You pair the two names that meet most often, then the next two; the best pairing can begin otherwise.

loses: [label_agreement_values]
"""
import numpy as np


def label_agreement(labels_a, labels_b):
    if len(labels_a) != len(labels_b):
        raise ValueError("different numbers of labels")
    _, a = np.unique(labels_a, return_inverse=True)
    _, b = np.unique(labels_b, return_inverse=True)
    meets = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(meets, (a, b), 1)
    right = 0
    for _ in range(min(meets.shape)):
        i, j = np.unravel_index(meets.argmax(), meets.shape)
        right += meets[i, j]
        meets[i], meets[:, j] = -1, -1
    return float(right / len(a))
