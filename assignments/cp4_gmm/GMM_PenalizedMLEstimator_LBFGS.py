"""A penalized Gaussian mixture, fitted by gradient descent with L-BFGS.

Shapes: N examples (rows), D dimensions (pixels), K components with diagonal covariance;
M = K + 2 K D numbers in a vector of all parameters.
"""

import time
from collections import defaultdict

import autograd
import autograd.numpy as ag_np
import numpy as np
import scipy.optimize
import transform__all_positive_arr
import transform__probability_vector
from calc_neg_log_lik__ag import calc_neg_log_lik
from calc_penalty_stddev import calc_penalty_stddev
from GMM_PenalizedMLEstimator import GMM_PenalizedMLEstimator


def to_unconstrained_parameters(log_pi_K, mu_KD, stddev_KD):
    """Parameters as free real numbers: rho_K, mu_KD, nu_KD, of the same shapes (given)."""
    return (
        transform__probability_vector.to_unconstrained_arr(log_pi_K),
        mu_KD,
        transform__all_positive_arr.to_unconstrained_arr(stddev_KD),
    )


def to_common_parameters(rho_K, mu_KD, nu_KD):
    """Back again: log_pi_K, mu_KD, stddev_KD; autograd can differentiate it (given)."""
    return (
        transform__probability_vector.to_common_arr(rho_K),
        mu_KD,
        transform__all_positive_arr.to_common_arr(nu_KD),
    )


class GMM_PenalizedMLEstimator_LBFGS(GMM_PenalizedMLEstimator):
    """Mixture whose penalized likelihood is maximized by L-BFGS; settings as in the base class.

    Set by ``fit``: ``log_pi_K``, ``mu_KD``, ``stddev_KD``; ``result``, what scipy returned, and
    ``message``, why it stopped; ``history``, a dict of lists with an entry for the start and one
    for every iteration:

        iter: its number, from 0.
        train_loss_per_pixel: (penalty(sigma) - log likelihood of the training data) / pixels.
        grad_norm: mean absolute entry of that loss's gradient in the unconstrained parameters.
        valid_score_per_pixel: log likelihood of the validation data, per pixel of these; only if
            there are validation data.
    """

    def to_flat_array_of_unconstrained_parameters(self, log_pi_K, mu_KD, stddev_KD):
        """All parameters as one vector (M,) of free real numbers: rho_K, mu_KD, nu_KD (given)."""
        arrays = to_unconstrained_parameters(log_pi_K, mu_KD, stddev_KD)
        return ag_np.hstack([ag_np.reshape(array, (-1,)) for array in arrays])

    def to_common_parameters_from_flat_array(self, vec_M):
        """log_pi_K, mu_KD, stddev_KD from such a vector; autograd can differentiate it (given)."""
        K, D = self.K, self.D
        mu_KD = ag_np.reshape(vec_M[K : K + K * D], (K, D))
        nu_KD = ag_np.reshape(vec_M[K + K * D :], (K, D))
        return to_common_parameters(vec_M[:K], mu_KD, nu_KD)

    def fit(self, x_ND, x_valid_ND=None, verbose=True):
        """Run at most ``max_iter`` iterations of L-BFGS from ``generate_initial_parameters``.

        Args:
            x_ND: (N, D) array, the training data; N may be 0.
            x_valid_ND: (M, D) array, the validation data, or None.
            verbose: whether to print a line per iteration.

        Returns:
            this object, with the parameters, ``history``, ``result`` and ``message`` set.
        """
        # "Per pixel" is divided by this; it is never 0.
        num_pixels = max(len(x_ND), 1) * self.D

        def calc_loss(vec_M):
            """Loss per pixel of a vector of unconstrained parameters, one float."""
            log_pi_K, mu_KD, stddev_KD = self.to_common_parameters_from_flat_array(vec_M)
            # The negative log likelihood of x_ND plus the penalty on stddev_KD, divided by
            # num_pixels. Both functions are imported above.
            raise NotImplementedError(
                "GMM_PenalizedMLEstimator_LBFGS.fit.calc_loss: loss per pixel, penalty included"
            )

        calc_loss_and_grad = autograd.value_and_grad(calc_loss)
        last = {}

        def evaluate(vec_M):
            """Loss and gradient in one pass; kept, since the callback asks for the same again."""
            if not np.array_equal(vec_M, last.get("vec_M")):
                last["loss"], last["grad_M"] = calc_loss_and_grad(vec_M)
                last["vec_M"] = vec_M.copy()
            return last["loss"], last["grad_M"]

        self.history = defaultdict(list)
        start_sec = time.time()

        def callback(vec_M):
            """Append to ``history``: called with the start and after every iteration."""
            loss, grad_M = evaluate(vec_M)
            self.history["iter"].append(len(self.history["iter"]))
            self.history["train_loss_per_pixel"].append(float(loss))
            self.history["grad_norm"].append(float(np.mean(np.abs(grad_M))))
            if x_valid_ND is not None:
                common = self.to_common_parameters_from_flat_array(vec_M)
                score = -1.0 * calc_neg_log_lik(x_valid_ND, *common)
                num_valid_pixels = max(len(x_valid_ND), 1) * self.D
                self.history["valid_score_per_pixel"].append(float(score) / num_valid_pixels)
            if verbose:
                print(self._line_of_iteration(time.time() - start_sec))

        start_M = self.to_flat_array_of_unconstrained_parameters(
            *self.generate_initial_parameters(x_ND)
        )
        callback(start_M)
        self.result = scipy.optimize.minimize(
            evaluate,
            start_M,
            jac=True,
            method="l-bfgs-b",
            callback=callback,
            options={"maxiter": self.max_iter, "ftol": self.ftol},
        )
        self.message = str(self.result.message)
        self.log_pi_K, self.mu_KD, self.stddev_KD = self.to_common_parameters_from_flat_array(
            self.result.x
        )
        return self

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
