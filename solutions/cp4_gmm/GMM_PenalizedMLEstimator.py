"""What both estimators of a penalized Gaussian mixture share (given).

Shapes: N examples (rows), D dimensions (pixels), K components with diagonal covariance.
"""

import csv
import os
from pathlib import Path

import calc_penalty_stddev as penalty
import numpy as np
from calc_neg_log_lik__np import calc_neg_log_lik


class GMM_PenalizedMLEstimator:
    """A Gaussian mixture that is fitted by minimizing penalty(sigma) - log likelihood.

    Subclasses have ``fit(x_ND, x_valid_ND=None, verbose=True)``, which sets:

        log_pi_K: (K,) array, logarithms of the weights.
        mu_KD: (K, D) array, the means.
        stddev_KD: (K, D) array, the standard deviations.
        history: dict of lists, one entry per iteration.
    """

    def __init__(
        self,
        K=1,
        D=1,
        seed=42,
        variance_penalty_mode=1.0,
        variance_penalty_spread=100.0,
        max_iter=1000,
        ftol=1e-9,
        do_double_check_correctness=False,
    ):
        """Keep the settings.

        Args:
            K: number of components.
            D: number of dimensions of an example.
            seed: of the random numbers that ``generate_initial_parameters`` draws.
            variance_penalty_mode: m > 0, the variance that the penalty alone would choose.
            variance_penalty_spread: s > 0; the larger, the weaker the penalty.
            max_iter: number of the last iteration (the first one is 0).
            ftol: stop when the loss falls by less than this fraction of its size.
            do_double_check_correctness: let EM check the loss after every half step.
        """
        self.K = int(K)
        self.D = int(D)
        self.seed = int(seed)
        self.variance_penalty_mode = float(variance_penalty_mode)
        self.variance_penalty_spread = float(variance_penalty_spread)
        self.max_iter = int(max_iter)
        self.ftol = float(ftol)
        self.do_double_check_correctness = bool(do_double_check_correctness)

    def get_params(self, deep=False):
        """Settings by name, as ``__init__`` takes them (``deep`` is there for scikit-learn)."""
        return {
            "K": self.K,
            "D": self.D,
            "seed": self.seed,
            "variance_penalty_mode": self.variance_penalty_mode,
            "variance_penalty_spread": self.variance_penalty_spread,
            "max_iter": self.max_iter,
            "ftol": self.ftol,
            "do_double_check_correctness": self.do_double_check_correctness,
        }

    def set_params(self, **params):
        """Change settings by name; returns this object.

        Raises:
            ValueError: a name is none of those of ``get_params``.
        """
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise ValueError(f"set_params: there is no {name}; there are {', '.join(known)}")
            setattr(self, name, value)
        return self

    def score(self, x_ND):
        """Log likelihood of all rows of ``x_ND`` together, one float: the higher, the better."""
        return -1.0 * calc_neg_log_lik(x_ND, self.log_pi_K, self.mu_KD, self.stddev_KD)

    def calc_penalty_stddev(self):
        """Penalty of the standard deviations as they are now, one float."""
        return penalty.calc_penalty_stddev(
            self.stddev_KD, self.variance_penalty_mode, self.variance_penalty_spread
        )

    def generate_initial_parameters(self, x_ND):
        """Parameters to start from; the same whenever ``seed`` and the data are the same.

        Equal weights; K different rows of ``x_ND`` as means; every standard deviation uniform
        between sqrt(m) and 2 sqrt(m). If there are fewer than K rows, the missing means are
        drawn from the standard normal distribution.

        Args:
            x_ND: (N, D) array; N may be 0.

        Returns:
            log_pi_K, mu_KD, stddev_KD: (K,), (K, D) and (K, D) arrays. Nothing is set.

        Raises:
            ValueError: ``x_ND`` does not have D columns.
        """
        if np.ndim(x_ND) != 2 or np.shape(x_ND)[1] != self.D:
            raise ValueError(f"x_ND must be (N, {self.D}), not {np.shape(x_ND)}")
        K, D, N = self.K, self.D, len(x_ND)
        # Scores in reports depend on the order of these draws.
        prng = np.random.RandomState(self.seed)
        chosen = prng.choice(N, min(N, K), replace=False)
        mu_KD = np.vstack([np.asarray(x_ND)[chosen], prng.randn(K - len(chosen), D)])
        stddev_KD = np.sqrt(self.variance_penalty_mode) * (1.0 + prng.rand(K, D))
        return np.log(np.full(K, 1.0 / K)), mu_KD.astype(np.float64), stddev_KD

    def write_history_to_csv(self, csv_path):
        """Write ``history`` as a table: a line per iteration, a column per key.

        Keys that have more or fewer entries than there were iterations are left out. The file
        appears whole or not at all.

        Args:
            csv_path: where to write; what is there is replaced.
        """
        num_rows = len(self.history["iter"])
        columns = {key: list_ for key, list_ in self.history.items() if len(list_) == num_rows}
        path = Path(csv_path)
        unfinished = path.with_name(path.name + ".part")
        with open(unfinished, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
        os.replace(unfinished, path)
