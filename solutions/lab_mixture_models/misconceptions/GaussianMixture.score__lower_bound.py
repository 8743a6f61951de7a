"""You return lower_bound_, which belongs to the training data; score is about the points that are passed.

loses: [predict_by_hand, score_values]
"""


class GaussianMixture:
    def score(self, x_ND):
        return self.lower_bound_
