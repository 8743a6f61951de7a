"""You follow the likelihood alone; the objective is log-likelihood plus log prior, and only that never falls.

loses: [map_fit_history]
may_lose: [map_fit_parameters, map_fit_stopping, map_fit_closed_form]
"""
import numpy as np


def map_fit(x_ND, start, prior, max_iter=100, tol=1e-6):
    mixture = start
    history = [log_likelihood(x_ND, *mixture)]
    for _ in range(max_iter):
        mixture = map_m_step(x_ND, responsibilities(x_ND, *mixture), prior)
        history.append(log_likelihood(x_ND, *mixture))
        if history[-1] - history[-2] < tol:
            break
    return *mixture, np.array(history)
