"""A plain Python loop over the K clusters or components in every method."""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        best = np.full(len(points), np.inf)
        idx = np.zeros(len(points), dtype=int)
        for k, center in enumerate(centers):
            square = np.sum((points - center) ** 2, axis=1)
            idx[square < best] = k
            best = np.minimum(best, square)
        return idx

    def _update_centers(self, old_centers, cluster_idx, points):
        rows = []
        for k, old in enumerate(old_centers):
            members = points[cluster_idx == k]
            rows.append(members.mean(axis=0) if len(members) else old)
        return np.array(rows, dtype=float)

    def _get_loss(self, centers, cluster_idx, points):
        total = 0
        for k, center in enumerate(centers):
            total += np.sum((points[cluster_idx == k] - center) ** 2)
        return total / len(points)


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        columns = []
        for weight, m, s in zip(pi, mu, sigma):
            log_pdf = -np.square((points - m) / s) / 2 - np.log(s) - np.log(2 * np.pi) / 2
            log_weight = np.log(weight) if weight > 0 else -np.inf
            columns.append(log_weight + log_pdf.sum(axis=1))
        return np.column_stack(columns)

    def _E_step(self, points, pi, mu, sigma):
        log_joint = self._ll_joint(points, pi, mu, sigma)
        return np.exp(log_joint - logsumexp(log_joint))

    def _M_step(self, points, gamma):
        K, D = gamma.shape[1], points.shape[1]
        pi, mu, sigma = np.zeros(K), np.zeros((K, D)), np.ones((K, D))
        for k in range(K):
            mass = gamma[:, k].sum()
            pi[k] = mass / len(points)
            if mass > 0:
                weights = gamma[:, k] / mass
                mu[k] = weights @ points
                sigma[k] = np.maximum(np.sqrt(weights @ (points - mu[k]) ** 2), 1e-6)
        return pi, mu, sigma
