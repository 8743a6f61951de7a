"""The class keeps its mixture in one tuple and works in logarithms of responsibilities."""
import numpy as np
from scipy.special import logsumexp


class GaussianMixture:
    def _log_joint(self, x_ND, mixture):
        weights, means, covariances = mixture
        with np.errstate(divide="ignore"):
            return np.log(weights) + log_gaussian(x_ND, means, covariances, self.covariance_type)

    def _start(self, x_ND):
        rng = np.random.default_rng(self.random_state)
        if self.init_params == "random":
            r = rng.dirichlet(np.ones(self.n_components), size=len(x_ND))
        else:
            r = np.zeros((len(x_ND), self.n_components))
            r[np.arange(len(x_ND)), kmeans_labels(x_ND, self.n_components, rng)] = 1
        found = list(m_step(x_ND, r, self.covariance_type, self.reg_covar))
        if self.weights_init is not None:
            found[0] = np.array(self.weights_init)
        if self.means_init is not None:
            found[1] = np.array(self.means_init)
        if self.precisions_init is not None:
            given = np.asarray(self.precisions_init)
            if self.covariance_type in ("diag", "spherical"):
                found[2] = given**-1.0
            else:
                found[2] = np.linalg.solve(given, np.broadcast_to(np.eye(given.shape[-1]), given.shape))
        return tuple(found)

    def fit(self, x_ND):
        x = np.array(x_ND, dtype=float)
        again = self.warm_start and getattr(self, "n_iter_", None) is not None
        if again:
            mixture, bounds = (self.weights_, self.means_, self.covariances_), [self.lower_bound_]
        else:
            mixture, bounds = self._start(x), []
        self.converged_ = False
        for iteration in range(1, self.max_iter + 1):
            joint = self._log_joint(x, mixture)
            total = logsumexp(joint, axis=1, keepdims=True)
            bounds.append(np.mean(total))
            mixture = m_step(x, np.exp(joint - total), self.covariance_type, self.reg_covar)
            if len(bounds) > 1 and abs(bounds[-1] - bounds[-2]) < self.tol:
                self.converged_ = True
                break
        self.n_iter_, self.lower_bound_ = iteration, bounds[-1]
        self.weights_, self.means_, self.covariances_ = mixture
        return self

    def predict_proba(self, x_ND):
        joint = self._log_joint(x_ND, (self.weights_, self.means_, self.covariances_))
        return np.exp(joint - logsumexp(joint, axis=1, keepdims=True))

    def predict(self, x_ND):
        joint = self._log_joint(x_ND, (self.weights_, self.means_, self.covariances_))
        return np.argmax(joint, axis=1)

    def score(self, x_ND):
        joint = self._log_joint(x_ND, (self.weights_, self.means_, self.covariances_))
        return np.mean(logsumexp(joint, axis=1))


def compare_types(x_train, y_train, x_test, y_test, max_iter=20):
    def accuracy(mixture, classes, x, y):
        return np.count_nonzero(classes[mixture.predict(x)] == y) / len(y)

    classes = np.unique(y_train)
    truth = (y_train[:, None] == classes).astype(float)
    result = {}
    for covariance_type in ["spherical", "diag", "tied", "full"]:
        mixture = GaussianMixture(len(classes), covariance_type, max_iter=max_iter, random_state=0)
        w, m, s = m_step(x_train, truth, covariance_type)
        mixture.weights_init, mixture.means_init = w, m
        if s.ndim > 1 and covariance_type != "diag":
            mixture.precisions_init = np.linalg.inv(s)
        else:
            mixture.precisions_init = 1 / s
        mixture.fit(x_train)
        order = match_components(mixture.means_, x_train, y_train)
        pairs = ((x_train, y_train), (x_test, y_test))
        result[covariance_type] = tuple(accuracy(mixture, order, *pair) for pair in pairs)
    return result


def map_fit(x_ND, start, prior, max_iter=100, tol=1e-6):
    w, m, s = start
    objective = log_likelihood(x_ND, w, m, s) + log_prior(w, m, s, prior)
    history, gain = [objective], np.inf
    while gain >= tol and len(history) <= max_iter:
        w, m, s = map_m_step(x_ND, responsibilities(x_ND, w, m, s), prior)
        objective = log_likelihood(x_ND, w, m, s) + log_prior(w, m, s, prior)
        gain = objective - history[-1]
        history.append(objective)
    return [w, m, s, np.asarray(history)]
