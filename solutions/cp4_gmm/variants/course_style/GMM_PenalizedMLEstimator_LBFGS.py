'''
GMM trained with L-BFGS, the gradient from autograd
'''
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
    rho_K = transform__probability_vector.to_unconstrained_arr(log_pi_K)
    nu_KD = transform__all_positive_arr.to_unconstrained_arr(stddev_KD)
    return rho_K, mu_KD, nu_KD


def to_common_parameters(rho_K, mu_KD, nu_KD):
    log_pi_K = transform__probability_vector.to_common_arr(rho_K)
    stddev_KD = transform__all_positive_arr.to_common_arr(nu_KD)
    return log_pi_K, mu_KD, stddev_KD


class GMM_PenalizedMLEstimator_LBFGS(GMM_PenalizedMLEstimator):

    def to_flat_array_of_unconstrained_parameters(self, log_pi_K, mu_KD, stddev_KD):
        rho_K, mu_KD, nu_KD = to_unconstrained_parameters(log_pi_K, mu_KD, stddev_KD)
        return ag_np.hstack([rho_K, mu_KD.flatten(), nu_KD.flatten()])

    def to_common_parameters_from_flat_array(self, vec_M):
        K, D = self.K, self.D
        rho_K = vec_M[:K]
        mu_KD = ag_np.reshape(vec_M[K:K + K * D], (K, D))
        nu_KD = ag_np.reshape(vec_M[K + K * D:], (K, D))
        return to_common_parameters(rho_K, mu_KD, nu_KD)

    def fit(self, x_ND, x_valid_ND=None, verbose=True):
        N = max(x_ND.shape[0], 1)

        def calc_loss(vec_M):
            log_pi_K, mu_KD, stddev_KD = self.to_common_parameters_from_flat_array(vec_M)
            neg_log_lik = calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD)
            penalty = calc_penalty_stddev(
                stddev_KD, self.variance_penalty_mode, self.variance_penalty_spread)
            return (neg_log_lik + penalty) / (N * self.D)

        calc_grad = autograd.grad(calc_loss)

        self.history = defaultdict(list)
        start_time_sec = time.time()

        def callback_func(vec_M):
            loss = calc_loss(vec_M)
            grad_norm = np.mean(np.abs(calc_grad(vec_M)))
            self.history['iter'].append(len(self.history['iter']))
            self.history['train_loss_per_pixel'].append(loss)
            self.history['grad_norm'].append(grad_norm)
            if x_valid_ND is not None:
                log_pi_K, mu_KD, stddev_KD = self.to_common_parameters_from_flat_array(vec_M)
                M = max(x_valid_ND.shape[0], 1)
                score = -1.0 * calc_neg_log_lik(x_valid_ND, log_pi_K, mu_KD, stddev_KD)
                self.history['valid_score_per_pixel'].append(score / (M * self.D))
            if verbose:
                print("iter %4d after %8.1f sec | train loss/pixel % 9.4f" % (
                    self.history['iter'][-1], time.time() - start_time_sec, loss))

        log_pi_K, mu_KD, stddev_KD = self.generate_initial_parameters(x_ND)
        init_vec_M = self.to_flat_array_of_unconstrained_parameters(log_pi_K, mu_KD, stddev_KD)
        callback_func(init_vec_M)
        self.result = scipy.optimize.minimize(
            calc_loss, init_vec_M, jac=calc_grad, method='l-bfgs-b', callback=callback_func,
            options=dict(maxiter=self.max_iter, ftol=self.ftol))
        self.message = str(self.result.message)
        self.log_pi_K, self.mu_KD, self.stddev_KD = self.to_common_parameters_from_flat_array(
            self.result.x)
