"""You take the log only where the weight is positive and leave 0 elsewhere; a log of 0 is a weight of 1, so an empty component becomes the heaviest.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_log_pi_empty_component]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_log_pi_K(self, r_NK):
        pi_K = np.mean(r_NK, axis=0)
        return np.log(pi_K, where=pi_K > 0, out=np.zeros(len(pi_K)))
