"""You return the component of each class; asked is the class of each component.

loses: [match_components_by_hand, match_components_one_to_one]
"""
import numpy as np
from itertools import permutations


def match_components(means_KD, x_ND, y_N):
    K = len(means_KD)
    class_means = np.stack([x_ND[y_N == c].mean(axis=0) for c in range(K)])
    cost = lambda order: ((means_KD[list(order)] - class_means) ** 2).sum()
    return np.array(min(permutations(range(K)), key=cost))
