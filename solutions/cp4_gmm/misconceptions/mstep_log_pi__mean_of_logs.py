"""You average the logarithms of the responsibilities; first average the responsibilities, then take the logarithm.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_log_pi_by_hand, mstep_log_pi_values, mstep_log_pi_empty_component]
may_lose: [fit_two_blobs, mstep_speed]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_log_pi_K(self, r_NK):
        return np.mean(np.log(r_NK + 1e-100), axis=0)
