"""Starts, best runs and agreement: small examples that can be followed by hand."""

import numpy as np

from autograder.compare import as_array, as_scalar, assert_close, assert_true


def test_kpp_rows_of_data(student):
    """kmeans_plus_plus(points, K) returns K rows of points as a (K, D) array."""
    points = np.arange(36.0).reshape(12, 3) / 2 + 100
    for K in (4, 1):
        got = student.kmeans_plus_plus(points, K)
        centers = as_array(got, shape=(K, 3), kind="f", what="the centres")
        gap = np.abs(centers[:, None, :] - points).max(axis=2).min(axis=1)
        assert_true(
            bool((gap < 1e-3).all()),
            "A centre is not a row of points.",
            detail=f"the centres are\n{centers}",
            hint="Draw row numbers, then take those rows of points.",
        )


def test_best_of_n_by_hand(student):
    """best_of_n_init returns the run of the lowest cost: here the costs are 7, 3 and 5."""
    points = np.array([[0.0, 0.0], [1.0, 0.0], [5.0, 5.0], [6.0, 5.0]])
    costs = [7.0, 3.0, 5.0]
    calls = []

    def kmeans(points, centers, *args, **kwargs):
        cost = costs[min(len(calls), 2)]
        calls.append(cost)
        # The centres tell the runs apart: their first number is the cost.
        return {
            "cluster_idx": np.array([0, 0, 1, 1]),
            "centers": np.array([[cost, 0.0], [5.5, 5.0]]),
            "cost": cost,
            "costs": np.array([9.0, cost]),
        }

    student.replace("kmeans", kmeans, module="lab_tools")
    student.replace("kmeans_plus_plus", lambda *args, **kwargs: points[[0, 2]])
    best = student.best_of_n_init(points, 2, 3)
    assert_true(len(calls) == 3, f"n_init is 3, but kmeans was called {len(calls)} times.")
    hint = "Return the whole dict of the best run, as kmeans returned it."
    assert_true(
        isinstance(best, dict) and {"cluster_idx", "centers", "cost", "costs"} <= set(best),
        "The result is not a dict with cluster_idx, centers, cost and costs.",
        hint=hint,
    )
    assert_close(as_scalar(best["cost"], what="cost"), 3.0, rtol=0, atol=1e-9, what="cost")
    want = [[3.0, 0.0], [5.5, 5.0]]
    assert_close(best["centers"], want, rtol=0, atol=1e-9, what="centers", hint=hint)


def test_label_agreement_by_hand(student, tolerance):
    """label_agreement counts the points that agree once the clusters have found their names."""
    a = np.array([0, 0, 0, 1, 1, 2, 2, 2])
    b = np.array([2, 2, 1, 0, 0, 1, 1, 1])
    got = as_scalar(student.label_agreement(a, b), what="the agreement")
    hint = "0 is called 2 over there, 1 is called 0, 2 is called 1; then only one point disagrees."
    assert_close(got, 7 / 8, **tolerance, what="the agreement", hint=hint)
