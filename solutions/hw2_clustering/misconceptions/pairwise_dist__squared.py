"""You return squared distances: the last step, the square root, is missing.

loses: [pairwise_dist_printed_example, pairwise_dist_shapes, pairwise_dist_many_dimensions]
may_lose:
  - pairwise_dist_keeps_input
  - pairwise_dist_speed
  - pairwise_dist_no_loop
  - pairwise_dist_digits
"""
import numpy as np


def pairwise_dist(X, Y):
    return np.sum((X[:, None, :] - Y[None, :, :]) ** 2, axis=-1)
