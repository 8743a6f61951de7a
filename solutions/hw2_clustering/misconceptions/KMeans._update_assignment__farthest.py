"""You assign each point to its farthest centre; k-means wants the nearest.

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
        return np.argmax(pairwise_dist(points, centers), axis=1)
