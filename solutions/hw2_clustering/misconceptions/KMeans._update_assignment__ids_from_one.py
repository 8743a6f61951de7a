"""You number the clusters from 1; they index the rows of centers, so they go from 0 to K - 1.

loses: [update_assignment_by_hand, update_assignment_nearest]
may_lose:
  - update_assignment_keeps_input
  - kmeans_call_two_blobs
  - kmeans_image_5_colors
  - kmeans_image_16_colors
  - mixture_kmeans_splits_large
  - mixture_gmm_beats_kmeans
"""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        return np.argmin(pairwise_dist(points, centers), axis=1) + 1
