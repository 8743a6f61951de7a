"""A penalized Gaussian mixture, fitted by expectation-maximization (EM).

Shapes: N examples (rows), D dimensions (pixels), K components with diagonal covariance.
"""

import time
from collections import defaultdict

import numpy as np
from GMM_PenalizedMLEstimator import GMM_PenalizedMLEstimator
from scipy import stats
from scipy.special import xlogy


class GMM_PenalizedMLEstimator_EM(GMM_PenalizedMLEstimator):
    """Mixture whose penalized likelihood is maximized by EM; settings as in the base class.

    Set by ``fit``: ``log_pi_K``, ``mu_KD``, ``stddev_KD`` and ``history``, a dict of lists with
    one entry per iteration, taken before that iteration's E step:

        iter: its number, from 0.
        train_loss: penalty(sigma) - log likelihood of the training data.
        train_loss_per_pixel: the same, divided by the number of pixels of the training data.
        train_score_per_pixel: log likelihood of the training data, per pixel; no penalty.
        valid_score_per_pixel: that of the validation data, per pixel of the validation data;
            only if there are validation data.
    """

    def calc_EM_loss(self, r_NK, x_ND):
        """The loss that both the E step and the M step make smaller (given).

        penalty(sigma) + sum_nk r_nk (log r_nk - log pi_k - sum_d log NormPDF(x_nd; mu_kd,
        sigma_kd)), where 0 log 0 is 0. For the best r it equals penalty - log likelihood.

        Args:
            r_NK: (N, K) array, the responsibilities.
            x_ND: (N, D) array.

        Returns:
            one float.
        """
        loss = self.calc_penalty_stddev() + np.sum(xlogy(r_NK, r_NK))
        for k in range(self.K):
            r_N = r_NK[:, k]
            # An empty component adds nothing, even if its log pi is -inf.
            if np.sum(r_N) > 1e-300:
                log_pdf_ND = stats.norm.logpdf(x_ND, self.mu_KD[k], self.stddev_KD[k])
                loss -= np.sum(r_N) * self.log_pi_K[k] + np.dot(r_N, np.sum(log_pdf_ND, axis=1))
        return float(loss)

    def estep__calc_r_NK(self, x_ND):
        """E step: probability of every component for every example, given the parameters.

        r_nk = pi_k prod_d NormPDF(x_nd; mu_kd, sigma_kd), divided by its sum over k.

        Args:
            x_ND: (N, D) array.

        Returns:
            r_NK: (N, K) array; no entry is negative and every row sums to one.

        Hint: far from all components every product of densities is 0 as a float, and 0 / 0 is
        no answer. Divide in logarithms. Uses log_pi_K, mu_KD and stddev_KD of this object.
        """
        raise NotImplementedError(
            "GMM_PenalizedMLEstimator_EM.estep__calc_r_NK: responsibilities, every row summing to "
            "one"
        )

    def mstep__update_log_pi_K(self, r_NK):
        """M step for the weights: pi_k = sum_n r_nk / N.

        Args:
            r_NK: (N, K) array, the responsibilities.

        Returns:
            log_pi_K: (K,) array, the logarithms of the new weights; -inf for a component whose
            responsibilities are all zero. Nothing is set.
        """
        raise NotImplementedError(
            "GMM_PenalizedMLEstimator_EM.mstep__update_log_pi_K: logarithms of the new weights"
        )

    def mstep__update_mu_KD(self, r_NK, x_ND):
        """M step for the means: mu_kd = sum_n r_nk x_nd / sum_n r_nk.

        Args:
            r_NK: (N, K) array, the responsibilities.
            x_ND: (N, D) array.

        Returns:
            mu_KD: (K, D) array, the new means; a component whose responsibilities are all zero
            keeps its row of ``self.mu_KD``. Nothing is set.
        """
        raise NotImplementedError("GMM_PenalizedMLEstimator_EM.mstep__update_mu_KD: the new means")

    def mstep__update_stddev_KD(self, r_NK, x_ND):
        """M step for the standard deviations, given the new means.

        sigma_kd^2 = (1 / (s m) + sum_n r_nk (x_nd - mu_kd)^2) / (1 / (s m^2) + sum_n r_nk), where
        m is ``variance_penalty_mode`` and s is ``variance_penalty_spread``.

        Args:
            r_NK: (N, K) array, the responsibilities.
            x_ND: (N, D) array.

        Returns:
            stddev_KD: (K, D) array, the new standard deviations (not the variances) around
            ``self.mu_KD``. Nothing is set.
        """
        raise NotImplementedError(
            "GMM_PenalizedMLEstimator_EM.mstep__update_stddev_KD: the new standard deviations, "
            "penalty included"
        )

    def fit(self, x_ND, x_valid_ND=None, verbose=True):
        """Run EM: iterations 0, 1, ... ``max_iter``, each an entry of history, an E and an M step.

        Parameters that this object already has (``log_pi_K``, ``mu_KD``, ``stddev_KD``) are the
        start; otherwise they come from ``generate_initial_parameters``. With
        ``do_double_check_correctness``, every half step is checked and ``history`` has two more
        numbers an iteration under ``train_loss_em``.

        Args:
            x_ND: (N, D) array, the training data. With no rows, only the standard deviations move.
            x_valid_ND: (M, D) array, the validation data, or None.
            verbose: whether to print a line per iteration.

        Returns:
            this object, with ``log_pi_K``, ``mu_KD``, ``stddev_KD`` and ``history`` set.

        Raises:
            AssertionError: the double check found that the E step's loss is not the loss, or
                that the M step made it larger.
        """
        if not hasattr(self, "log_pi_K"):
            self.log_pi_K, self.mu_KD, self.stddev_KD = self.generate_initial_parameters(x_ND)

        # Tables are often read column by column; row by row they are faster to work on.
        x_ND = np.ascontiguousarray(x_ND)
        # "Per pixel" is divided by this; it is never 0.
        num_pixels = max(len(x_ND), 1) * self.D
        self.history = defaultdict(list)
        start_sec = time.time()
        for iter_id in range(self.max_iter + 1):
            # 1. History, before anything changes: iter, train_loss, train_loss_per_pixel and
            # train_score_per_pixel. The loss is minus the score, plus the penalty.
            raise NotImplementedError(
                "GMM_PenalizedMLEstimator_EM.fit: append this iteration's four entries to "
                "self.history"
            )

            # 2. Score of the validation data, per pixel.
            if x_valid_ND is not None:
                raise NotImplementedError(
                    "GMM_PenalizedMLEstimator_EM.fit: append the validation score per pixel to "
                    "self.history"
                )

            # 3. E step: r_NK, the responsibilities under the parameters as they are.
            raise NotImplementedError("GMM_PenalizedMLEstimator_EM.fit: r_NK by the E step")
            if self.do_double_check_correctness:
                loss_after_e = self._checked_loss_after_e_step(r_NK, x_ND)

            # 4. M step: set log_pi_K, then mu_KD, then stddev_KD of this object, in that order,
            # since the last one needs the new means. With no rows, set stddev_KD only.
            raise NotImplementedError(
                "GMM_PenalizedMLEstimator_EM.fit: log_pi_K, mu_KD and stddev_KD by the M steps"
            )
            if self.do_double_check_correctness:
                self._check_loss_after_m_step(r_NK, x_ND, loss_after_e)

            if verbose:
                print(self._line_of_iteration(time.time() - start_sec))

            # 5. Stopping rule, from iteration 2 on: leave the loop when
            # (old - new) / max(|old|, |new|, 1) <= ftol, where old and new are the last two
            # entries of train_loss.
            raise NotImplementedError(
                "GMM_PenalizedMLEstimator_EM.fit: leave the loop when the loss has stopped falling"
            )
        return self

    def _checked_loss_after_e_step(self, r_NK, x_ND):
        """EM loss after the E step, which must be the loss in ``history`` (given)."""
        loss, loss_after_e = self.history["train_loss"][-1], self.calc_EM_loss(r_NK, x_ND)
        self.history["train_loss_em"].append(loss_after_e)
        if not np.isclose(loss, loss_after_e, rtol=1e-6, atol=1e-6):
            raise AssertionError(
                f"iteration {self.history['iter'][-1]}: the loss is {loss:.9g}, and after the "
                f"E step calc_EM_loss gives {loss_after_e:.9g}; they must be equal"
            )
        return loss_after_e

    def _check_loss_after_m_step(self, r_NK, x_ND, loss_after_e):
        """The EM loss after the M step must not be larger than before it (given)."""
        loss_after_m = self.calc_EM_loss(r_NK, x_ND)
        self.history["train_loss_em"].append(loss_after_m)
        # What rounding may do to sums of this size is no mistake.
        if not loss_after_m <= loss_after_e + 1e-9 * max(1.0, abs(loss_after_e)):
            raise AssertionError(
                f"iteration {self.history['iter'][-1]}: the M step raised the EM loss from "
                f"{loss_after_e:.9g} to {loss_after_m:.9g}"
            )

    def _line_of_iteration(self, seconds):
        """What is printed after an iteration (given)."""
        last = {key: values[-1] for key, values in self.history.items()}
        line = (
            f"iter {last['iter']:4d} of {self.max_iter:4d} after {seconds:7.1f} s"
            f" | train loss per pixel {last['train_loss_per_pixel']: .6f}"
        )
        if "valid_score_per_pixel" in last:
            line += f" | validation score per pixel {last['valid_score_per_pixel']: .6f}"
        return line
