"""You set self.mu_KD in the M step and return nothing; the method returns the new value, and fit decides when to set it.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_mu_by_hand, mstep_mu_values, mstep_mu_empty_component]
may_lose: [mstep_keeps_input, fit_two_blobs, fit_history_keys, em_training_table, mstep_speed]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_mu_KD(self, r_NK, x_ND):
        self.mu_KD = r_NK.T @ x_ND / (np.sum(r_NK, axis=0)[:, np.newaxis] + 1e-16)
