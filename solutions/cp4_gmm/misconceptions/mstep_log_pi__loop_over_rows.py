"""You add up the responsibilities in a Python loop over the rows; the weights are right, but it takes many times as long as a sum over the axis.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_speed]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_log_pi_K(self, r_NK):
        sum_K = [0.0] * r_NK.shape[1]
        for r_K in r_NK.tolist():
            for k, r in enumerate(r_K):
                sum_K[k] += r
        return np.log(np.maximum(sum_K, 1e-300) / max(len(r_NK), 1))
