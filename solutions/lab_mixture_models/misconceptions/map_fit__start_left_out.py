"""You leave the objective of the start out of the history.

loses: [map_fit_history]
"""
import numpy as np


def map_fit(x_ND, start, prior, max_iter=100, tol=1e-6):
    mixture = start
    history = [log_likelihood(x_ND, *mixture) + log_prior(*mixture, prior)]
    for _ in range(max_iter):
        mixture = map_m_step(x_ND, responsibilities(x_ND, *mixture), prior)
        history.append(log_likelihood(x_ND, *mixture) + log_prior(*mixture, prior))
        if history[-1] - history[-2] < tol:
            break
    return *mixture, np.array(history[1:])
