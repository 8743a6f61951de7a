"""You let scikit-learn compute it; only the packages that the statement lists may be used.

loses: [silhouette_by_hand, silhouette_values, silhouette_single_points]
may_lose: [silhouette_one_cluster, silhouette_speed]
"""
from sklearn.metrics import silhouette_score


def silhouette(points, labels):
    return float(silhouette_score(points, labels)) if len(set(labels.tolist())) > 1 else 0.0
