"""The constant that you add under the root keeps NaN away, but it makes every distance wrong: a point is no longer at distance zero from itself.

loses: [pairwise_dist_printed_example, pairwise_dist_shapes, pairwise_dist_zero_distance]
may_lose:
  - pairwise_dist_keeps_input
  - pairwise_dist_speed
  - pairwise_dist_no_loop
  - pairwise_dist_digits
"""
import numpy as np


def pairwise_dist(X, Y):
    return np.sqrt(np.sum((X[:, None, :] - Y[None, :, :]) ** 2, axis=-1) + 1e-6)
