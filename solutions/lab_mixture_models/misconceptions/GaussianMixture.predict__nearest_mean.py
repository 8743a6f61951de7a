"""You name the nearest mean; the most probable component depends on weights and covariances, too.

loses: [predict_by_hand, predict_values]
may_lose: [compare_types_flowers]
"""


class GaussianMixture:
    def predict(self, x_ND):
        square = ((x_ND[:, None] - self.means_) ** 2).sum(axis=2)
        return square.argmin(axis=1)
