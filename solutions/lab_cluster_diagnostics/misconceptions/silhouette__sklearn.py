"""You let scikit-learn compute it; only the packages that the statement lists may be used.

loses: [silhouette_by_hand, silhouette_values, silhouette_single_points]
may_lose: [silhouette_one_cluster, silhouette_speed]
"""


def silhouette(points, labels):
    # Here and not above, so that it is judged by the statement's rule where it is not installed.
    from sklearn.metrics import silhouette_score

    return float(silhouette_score(points, labels)) if len(set(labels.tolist())) > 1 else 0.0
