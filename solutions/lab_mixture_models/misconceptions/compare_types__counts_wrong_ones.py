"""You report the share of wrong classes; accuracy is the share of right ones.

loses: [compare_types_keys, compare_types_flowers]
"""
import numpy as np


def compare_types(x_train, y_train, x_test, y_test, max_iter=20):
    K, found = len(np.unique(y_train)), {}
    for kind in COVARIANCE_TYPES:
        weights, means, covariances = m_step(x_train, np.eye(K)[y_train], kind)
        inverse = np.linalg.inv if kind in ("full", "tied") else np.reciprocal
        fitted = GaussianMixture(K, kind, max_iter=max_iter, weights_init=weights,
                                 means_init=means, precisions_init=inverse(covariances),
                                 random_state=0).fit(x_train)
        classes = match_components(fitted.means_, x_train, y_train)
        train = float(np.mean(classes[fitted.predict(x_train)] != y_train))
        test = float(np.mean(classes[fitted.predict(x_test)] != y_test))
        found[kind] = (train, test)
    return found
