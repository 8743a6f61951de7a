"""pairwise_dist is wrong on purpose; where the grader answers for it, it is asked without end.

score: [70, 82]
slow: true
"""


def pairwise_dist(X, Y):
    return 2.0 + np.sqrt(((X[:, None, :] - Y) ** 2).sum(axis=2))


class KMeans:
    def _update_assignment(self, centers, points):
        while True:
            pairwise_dist(points, centers)
