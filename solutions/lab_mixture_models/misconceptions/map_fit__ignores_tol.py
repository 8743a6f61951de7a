"""You always make max_iter iterations; stop once the objective rises by less than tol.

loses: [map_fit_stopping]
"""
import numpy as np


def map_fit(x_ND, start, prior, max_iter=100, tol=1e-6):
    mixture = start
    history = [log_likelihood(x_ND, *mixture) + log_prior(*mixture, prior)]
    for _ in range(max_iter):
        mixture = map_m_step(x_ND, responsibilities(x_ND, *mixture), prior)
        history.append(log_likelihood(x_ND, *mixture) + log_prior(*mixture, prior))
    return *mixture, np.array(history)
