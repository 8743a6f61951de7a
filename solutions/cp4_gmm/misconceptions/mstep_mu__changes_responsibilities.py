"""You divide r_NK in place by the sums of its columns; afterwards the caller's responsibilities no longer sum to one in each row.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_keeps_input]
may_lose: [fit_two_blobs]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_mu_KD(self, r_NK, x_ND):
        r_NK /= np.sum(r_NK, axis=0) + 1e-16
        return r_NK.T @ x_ND
