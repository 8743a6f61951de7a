"""You average the rows whose most probable component is k; that is the step of k-means, while EM weights every row with its responsibility.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_mu_by_hand, mstep_mu_values, mstep_mu_empty_component]
may_lose: [mstep_keeps_input, mstep_speed]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_mu_KD(self, r_NK, x_ND):
        mu_KD = np.array(self.mu_KD, dtype=float)
        best_N = np.argmax(r_NK, axis=1)
        for k in np.unique(best_N):
            mu_KD[k] = np.mean(x_ND[best_N == k], axis=0)
        return mu_KD
