"""pairwise_dist is wrong on purpose; whoever answers for it is given objects, giants and paths.

score: [70, 84]
"""

import sys


def pairwise_dist(X, Y):
    return 2.0 + np.sqrt(((X[:, None, :] - Y) ** 2).sum(axis=2))


class KMeans:
    def _update_assignment(self, centers, points):
        giant = np.broadcast_to(1.0, (100_000, 100_000))
        things = sys.exit, self, "/etc/passwd", giant, {"standin": 1}, [[None] * 9], np.array([self])
        for odd in things:
            try:
                print("STOLEN", repr(pairwise_dist(odd, odd))[:80])
            except BaseException as error:
                print("tried", type(error).__name__)
        return ((points[:, None, :] - centers) ** 2).sum(axis=2).argmin(axis=1)
