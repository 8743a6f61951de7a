"""You return the logarithms of the responsibilities.

loses: [predict_by_hand, predict_proba_values]
"""
import numpy as np


class GaussianMixture:
    def predict_proba(self, x_ND):
        mixture = self.weights_, self.means_, self.covariances_
        with np.errstate(divide="ignore"):
            return np.log(responsibilities(x_ND, *mixture, self.covariance_type))
