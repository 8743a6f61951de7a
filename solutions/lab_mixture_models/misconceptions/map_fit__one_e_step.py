"""You compute the responsibilities once, before the loop; every iteration needs them for its newest mixture.

loses: [map_fit_parameters, map_fit_history, map_fit_stopping]
"""
import numpy as np


def map_fit(x_ND, start, prior, max_iter=100, tol=1e-6):
    mixture = start
    history = [log_likelihood(x_ND, *mixture) + log_prior(*mixture, prior)]
    r = responsibilities(x_ND, *mixture)
    for _ in range(max_iter):
        mixture = map_m_step(x_ND, r, prior)
        history.append(log_likelihood(x_ND, *mixture) + log_prior(*mixture, prior))
        if history[-1] - history[-2] < tol:
            break
    return *mixture, np.array(history)
