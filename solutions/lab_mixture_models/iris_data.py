"""Fisher's irises, or flowers like them (given).

scikit-learn comes with the 150 measurements. Where it is not installed, points are drawn from
three Gaussians that resemble the three species: roughly their sizes, their spreads and how
their measures go together. The lesson is the same, and so are nearly the accuracies.
"""

import numpy as np

FEATURES = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
CLASSES = ("setosa", "versicolor", "virginica")

MEANS = np.array([[5.0, 3.4, 1.5, 0.25], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.55, 2.0]])
DEVIATIONS = np.array([[0.35, 0.38, 0.17, 0.1], [0.52, 0.31, 0.47, 0.2], [0.64, 0.32, 0.55, 0.27]])
CORRELATIONS = np.array(
    [
        [[1, 0.7, 0.3, 0.3], [0.7, 1, 0.2, 0.2], [0.3, 0.2, 1, 0.3], [0.3, 0.2, 0.3, 1]],
        [[1, 0.5, 0.7, 0.5], [0.5, 1, 0.5, 0.6], [0.7, 0.5, 1, 0.8], [0.5, 0.6, 0.8, 1]],
        [[1, 0.5, 0.8, 0.3], [0.5, 1, 0.4, 0.5], [0.8, 0.4, 1, 0.3], [0.3, 0.5, 0.3, 1]],
    ]
)


def similar_flowers(per_class=50, seed=0):
    """Measures in cm, (3 * per_class, 4), and classes 0, 1, 2 of flowers that never grew."""
    rng = np.random.default_rng(seed)
    spread_DD = DEVIATIONS[:, :, None] * CORRELATIONS * DEVIATIONS[:, None, :]
    drawn = [rng.multivariate_normal(MEANS[c], spread_DD[c], per_class) for c in range(3)]
    return np.round(np.concatenate(drawn), 1), np.repeat(np.arange(3), per_class)


def load_flowers():
    """Measures (150, 4), classes (150,) and where they come from."""
    try:
        from sklearn.datasets import load_iris
    except ImportError:
        return *similar_flowers(), "drawn from three Gaussians (scikit-learn is not installed)"
    iris = load_iris()
    return iris.data, iris.target, "Iris, from scikit-learn"


def split(x_ND, y_N, test_share=0.25, seed=0):
    """Training and test data; of every class the share ``test_share`` is for the test.

    Returns:
        x_train, y_train, x_test, y_test
    """
    rng = np.random.default_rng(seed)
    is_test_N = np.zeros(len(y_N), dtype=bool)
    for c in np.unique(y_N):
        rows = rng.permutation(np.flatnonzero(y_N == c))
        is_test_N[rows[: round(test_share * len(rows))]] = True
    return x_ND[~is_test_N], y_N[~is_test_N], x_ND[is_test_N], y_N[is_test_N]
