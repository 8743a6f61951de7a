"""You return the weights pi; the object keeps their logarithms, so the M step returns log pi.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_log_pi_by_hand, mstep_log_pi_values, mstep_log_pi_empty_component]
may_lose: [fit_two_blobs, mstep_speed]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_log_pi_K(self, r_NK):
        return np.sum(r_NK, axis=0) / len(r_NK)
