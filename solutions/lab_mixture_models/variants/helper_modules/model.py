"""The class."""
import numpy as np

from steps import _check_type, _factors, kmeans_labels, log_likelihood, m_step, responsibilities


class GaussianMixture:
    """A mixture of Gaussians fitted by EM, with the words of scikit-learn's class.

    After ``fit``, an object has:

        weights_: (K,) array.
        means_: (K, D) array.
        covariances_: as said at the top of this file for its type.
        lower_bound_: float, the bound after the last E step, divided by N.
        converged_: bool, whether the bound changed by less than tol.
        n_iter_: int, the number of iterations.

    ``predict``, ``predict_proba``, ``score`` and ``sample`` read ``weights_``, ``means_`` and
    ``covariances_`` and nothing else that ``fit`` leaves: they work for whoever sets these three.
    """

    def __init__(
        self,
        n_components=1,
        covariance_type="full",
        init_params="kmeans",
        warm_start=False,
        reg_covar=1e-6,
        max_iter=100,
        tol=1e-3,
        random_state=None,
        weights_init=None,
        means_init=None,
        precisions_init=None,
    ):
        """Keep the settings (given; leave it as it is).

        Args:
            n_components: number of components (K).
            covariance_type: "full", "tied", "diag" or "spherical".
            init_params: "kmeans" or "random", where the start comes from.
            warm_start: whether a second ``fit`` goes on from the result of the first.
            reg_covar: added to every variance.
            max_iter: at most this many iterations.
            tol: stop once the bound, divided by N, changes by less than this.
            random_state: seed of the random numbers: an int, None or a numpy Generator.
            weights_init: (K,) array, the weights to start from.
            means_init: (K, D) array, the means to start from.
            precisions_init: the inverses of the covariances to start from, in the form of the
                covariances: (K, D, D), (D, D), (K, D) or (K,).
        """
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.init_params = init_params
        self.warm_start = warm_start
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init

    def _start(self, x_ND):
        """The mixture to start from.

        Responsibilities, then one M step: with ``init_params="kmeans"`` those of the clusters
        that ``kmeans_labels`` finds (0 or 1), with ``"random"`` random ones (uniform numbers,
        each row divided by its sum). Whatever was given as ``weights_init``, ``means_init`` or
        ``precisions_init`` takes the place of what came out of it.

        Args:
            x_ND: (N, D) array.

        Returns:
            weights_K, means_KD, covariances: as from ``m_step``.
        """
        N, K = len(x_ND), self.n_components
        if N < K:
            raise ValueError(f"{N} points are too few for {K} components")
        rng = np.random.default_rng(self.random_state)
        if self.init_params == "kmeans":
            r_NK = np.eye(K)[kmeans_labels(x_ND, K, rng)]
        elif self.init_params == "random":
            r_NK = rng.uniform(size=(N, K))
            r_NK /= r_NK.sum(axis=1, keepdims=True)
        else:
            raise ValueError(f"init_params is {self.init_params!r}; legal are kmeans, random")
        weights_K, means_KD, covariances = m_step(x_ND, r_NK, self.covariance_type, self.reg_covar)
        if self.weights_init is not None:
            weights_K = np.array(self.weights_init, dtype=np.float64)
        if self.means_init is not None:
            means_KD = np.array(self.means_init, dtype=np.float64)
        if self.precisions_init is not None:
            precisions = np.asarray(self.precisions_init, dtype=np.float64)
            matrices = self.covariance_type in ("full", "tied")
            covariances = np.linalg.inv(precisions) if matrices else 1.0 / precisions
        return weights_K, means_KD, covariances

    def fit(self, x_ND):
        """Fit the mixture to the points by EM.

        An iteration is an E step, the bound after it (at that moment it is the log-likelihood),
        divided by N, and an M step. The first iteration has no bound to compare with.

        Args:
            x_ND: (N, D) array.

        Returns:
            the object itself.

        Hint: with ``warm_start``, an object that was fitted before goes on from its own
        ``weights_``, ``means_`` and ``covariances_``; its ``lower_bound_`` counts as the bound
        before the first iteration.
        """
        x_ND = np.asarray(x_ND, dtype=np.float64)
        kind = self.covariance_type
        _check_type(kind)
        if self.warm_start and hasattr(self, "converged_"):
            mixture, bound = (self.weights_, self.means_, self.covariances_), self.lower_bound_
        else:
            mixture, bound = self._start(x_ND), -np.inf
        self.converged_, self.n_iter_ = False, 0
        while self.n_iter_ < self.max_iter and not self.converged_:
            r_NK = responsibilities(x_ND, *mixture, kind)
            before, bound = bound, log_likelihood(x_ND, *mixture, kind) / len(x_ND)
            mixture = m_step(x_ND, r_NK, kind, self.reg_covar)
            self.n_iter_ += 1
            self.converged_ = bool(abs(bound - before) < self.tol)
        self.weights_, self.means_, self.covariances_ = mixture
        self.lower_bound_ = bound
        return self

    def predict_proba(self, x_ND):
        """Responsibilities of the fitted mixture.

        Args:
            x_ND: (N, D) array.

        Returns:
            r_NK: (N, K) array; every row sums to one.
        """
        mixture = self.weights_, self.means_, self.covariances_
        return responsibilities(x_ND, *mixture, self.covariance_type)

    def predict(self, x_ND):
        """The most probable component of every point.

        Args:
            x_ND: (N, D) array.

        Returns:
            labels_N: (N,) array of integers 0 .. K - 1.
        """
        return self.predict_proba(x_ND).argmax(axis=1)

    def score(self, x_ND):
        """Log-likelihood per point, the mean over the points.

        Args:
            x_ND: (N, D) array.

        Returns:
            one float.
        """
        mixture = self.weights_, self.means_, self.covariances_
        return log_likelihood(x_ND, *mixture, self.covariance_type) / len(x_ND)

    def sample(self, n_samples=1):
        """Draw points: for each, first the component by the weights, then the point from it.

        Args:
            n_samples: how many points to draw (N).

        Returns:
            x_ND: (N, D) array, the points in the order drawn: not sorted by component.
            z_N: (N,) array of integers; x_ND[n] comes from component z_N[n].

        Hint: with S = L L^T and standard normal e, L e has covariance S.
        """
        rng = np.random.default_rng(self.random_state)
        weights_K = np.asarray(self.weights_, dtype=np.float64)
        means_KD = np.asarray(self.means_, dtype=np.float64)
        K, D = means_KD.shape
        z_N = rng.choice(K, size=n_samples, p=weights_K / weights_K.sum())
        noise_ND = rng.standard_normal((n_samples, D))
        for k, factor in enumerate(_factors(self.covariances_, self.covariance_type, K, D)):
            own = noise_ND[z_N == k]
            noise_ND[z_N == k] = own @ factor.T if factor.ndim == 2 else own * factor
        return means_KD[z_N] + noise_ND, z_N
