"""You use the M step of maximum likelihood; the prior then has no effect on the mixture.

loses: [map_fit_parameters, map_fit_history, map_fit_closed_form]
may_lose: [map_fit_stopping]
"""
import numpy as np


def map_fit(x_ND, start, prior, max_iter=100, tol=1e-6):
    mixture = start
    history = [log_likelihood(x_ND, *mixture) + log_prior(*mixture, prior)]
    for _ in range(max_iter):
        mixture = m_step(x_ND, responsibilities(x_ND, *mixture))
        history.append(log_likelihood(x_ND, *mixture) + log_prior(*mixture, prior))
        if history[-1] - history[-2] < tol:
            break
    return *mixture, np.array(history)
