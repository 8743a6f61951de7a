"""You set self.log_pi_K in the M step and return nothing; the method returns the new value, and fit decides when to set it.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_log_pi_by_hand, mstep_log_pi_values, mstep_log_pi_empty_component]
may_lose: [fit_two_blobs, fit_history_keys, em_training_table, mstep_speed]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_log_pi_K(self, r_NK):
        self.log_pi_K = np.log(np.mean(r_NK, axis=0) + 1e-13)
