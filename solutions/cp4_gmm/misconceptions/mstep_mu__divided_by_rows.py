"""You divide the weighted sum by the number of rows N; the mean of a component is divided by the sum of its responsibilities N_k.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_mu_by_hand, mstep_mu_values, mstep_mu_empty_component]
may_lose: [mstep_keeps_input, fit_two_blobs, mstep_speed]
"""


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_mu_KD(self, r_NK, x_ND):
        return r_NK.T @ x_ND / max(len(x_ND), 1)
