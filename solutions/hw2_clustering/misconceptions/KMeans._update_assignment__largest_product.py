"""You assign each point to the centre with the largest inner product; a long centre then wins over a near one, because the centre's own squared length is left out.

loses: [update_assignment_by_hand, update_assignment_nearest]
may_lose:
  - update_assignment_keeps_input
  - kmeans_call_two_blobs
  - kmeans_image_5_colors
  - kmeans_image_16_colors
  - mixture_kmeans_splits_large
"""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        return np.argmax(points @ centers.T, axis=1)
