"""Tries: nothing; it does not compile. Sound: told once with the line, every case run_time_error."""

import numpy as np


def pairwise_dist(X, Y)
    return np.sqrt(((X[:, None] - Y[None]) ** 2).sum(-1))
