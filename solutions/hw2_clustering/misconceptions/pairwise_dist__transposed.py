"""You return the distances of the rows of Y to the rows of X, so the answer is M x N where N x M was asked for.

loses:
  - pairwise_dist_printed_example
  - pairwise_dist_shapes
  - pairwise_dist_many_dimensions
  - pairwise_dist_zero_distance
  - pairwise_dist_float32
may_lose:
  - pairwise_dist_keeps_input
  - pairwise_dist_speed
  - pairwise_dist_no_loop
  - pairwise_dist_digits
"""
import numpy as np


def pairwise_dist(X, Y):
    return np.sqrt(np.sum((Y[:, None, :] - X[None, :, :]) ** 2, axis=-1))
