"""You return the sum over the points; score is the mean.

loses: [predict_by_hand, score_values]
"""


class GaussianMixture:
    def score(self, x_ND):
        mixture = self.weights_, self.means_, self.covariances_
        return log_likelihood(x_ND, *mixture, self.covariance_type)
