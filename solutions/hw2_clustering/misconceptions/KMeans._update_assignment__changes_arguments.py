"""You subtract the mean of the points from both arrays in place, so the caller's points and centres have moved after the call.

loses: [update_assignment_keeps_input]
may_lose: [kmeans_call_two_blobs, kmeans_image_5_colors, kmeans_image_16_colors]
"""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        middle = points.mean(axis=0)
        points -= middle
        centers -= middle
        return np.argmin(pairwise_dist(points, centers), axis=1)
