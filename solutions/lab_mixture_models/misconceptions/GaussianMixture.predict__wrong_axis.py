"""You take the argmax over the points; for each point it goes over the components, axis 1.

loses: [predict_by_hand, predict_values, fit_two_groups]
may_lose: [compare_types_keys, compare_types_flowers]
"""


class GaussianMixture:
    def predict(self, x_ND):
        return self.predict_proba(x_ND).argmax(axis=0)
