"""The log weights by logsumexp of the logarithms of r, less log N; the means by a loop over dimensions.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np
from scipy.special import logsumexp


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_log_pi_K(self, r_NK):
        with np.errstate(divide="ignore"):
            return logsumexp(np.log(r_NK), axis=0) - np.log(len(r_NK))

    def mstep__update_mu_KD(self, r_NK, x_ND):
        N_K = r_NK.sum(axis=0)
        columns = [
            np.where(N_K > 0, x_N @ r_NK / np.maximum(N_K, 1e-300), self.mu_KD[:, d])
            for d, x_N in enumerate(x_ND.T)
        ]
        return np.array(columns).T
