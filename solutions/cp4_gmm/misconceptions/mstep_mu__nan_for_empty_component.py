"""You divide by the summed responsibilities of a component that has none; its mean is 0/0, and the NaN spoils every later step.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_mu_empty_component]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_mu_KD(self, r_NK, x_ND):
        mu_KD = np.zeros((r_NK.shape[1], x_ND.shape[1]))
        for k in range(len(mu_KD)):
            mu_KD[k] = np.sum(r_NK[:, k, np.newaxis] * x_ND, axis=0) / np.sum(r_NK[:, k])
        return mu_KD
