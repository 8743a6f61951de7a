"""The loops call the steps by keyword and keep their state in attributes of the instance."""
import numpy as np


class KMeans:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        self.points = np.array(points, dtype=float)
        self.history = []
        self.centers = self._init_centers(points=self.points, K=K, **kwargs)
        while len(self.history) < max_iters:
            self.ids = self._update_assignment(points=self.points, centers=self.centers)
            self.centers = self._update_centers(
                points=self.points, cluster_idx=self.ids, old_centers=self.centers
            )
            loss = self._get_loss(points=self.points, cluster_idx=self.ids, centers=self.centers)
            self.history.append(loss)
            if len(self.history) > 1 and converged(*self.history[-2:], abs_tol, rel_tol):
                break
        return self._update_assignment(centers=self.centers, points=self.points), self.centers


class GMM:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        self.points = np.array(points, dtype=float)
        self.history = []
        start = self._init_components(points=self.points, K=K, **kwargs)
        self.parameters = dict(zip(("pi", "mu", "sigma"), start))
        while len(self.history) < max_iters:
            self.gamma = self._E_step(points=self.points, **self.parameters)
            found = self._M_step(gamma=self.gamma, points=self.points)
            self.parameters = dict(zip(("pi", "mu", "sigma"), found))
            joint = self._ll_joint(points=self.points, **self.parameters)
            self.history.append(-float(np.sum(logsumexp(logits=joint))))
            if len(self.history) > 1 and converged(*self.history[-2:], abs_tol, rel_tol):
                break
        self.gamma = self._E_step(points=self.points, **self.parameters)
        return self.gamma, tuple(self.parameters.values())
