"""You do not hand covariance_type on, so every covariance is read as a full one.

loses: [predict_proba_values]
may_lose: [fit_two_groups, compare_types_keys, compare_types_flowers]
"""


class GaussianMixture:
    def predict_proba(self, x_ND):
        return responsibilities(x_ND, self.weights_, self.means_, self.covariances_)
