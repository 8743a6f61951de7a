'''
GMM trained with EM, one loop over the components in each step
'''
import numpy as np
import scipy.stats as stats
import time

from collections import defaultdict
from scipy.special import logsumexp

from GMM_PenalizedMLEstimator import GMM_PenalizedMLEstimator
from GMM_PenalizedMLEstimator import calc_neg_log_lik


class GMM_PenalizedMLEstimator_EM(GMM_PenalizedMLEstimator):

    def calc_EM_loss(self, r_NK, x_ND):
        ''' Loss of EM for any responsibilities r_NK '''
        eps = 1e-14
        loss = np.sum(r_NK * np.log(r_NK + eps))
        for k in range(self.K):
            r_N = r_NK[:, k]
            keep = r_N > 0
            logpdf_N = np.sum(stats.norm.logpdf(x_ND, self.mu_KD[k], self.stddev_KD[k]), axis=1)
            loss -= np.sum(r_N[keep] * (self.log_pi_K[k] + logpdf_N[keep]))
        return loss + self.calc_penalty_stddev()

    def estep__calc_r_NK(self, x_ND):
        N = x_ND.shape[0]
        log_r_NK = np.zeros((N, self.K))
        for k in range(self.K):
            logpdf_ND = stats.norm.logpdf(x_ND, loc=self.mu_KD[k, :], scale=self.stddev_KD[k, :])
            log_r_NK[:, k] = self.log_pi_K[k] + np.sum(logpdf_ND, axis=1)
        log_norm_N1 = logsumexp(log_r_NK, axis=1, keepdims=True)
        r_NK = np.exp(log_r_NK - log_norm_N1)
        return r_NK

    def mstep__update_log_pi_K(self, r_NK):
        N = r_NK.shape[0]
        pi_K = np.sum(r_NK, axis=0) / N
        return np.log(pi_K + 1e-13)

    def mstep__update_mu_KD(self, r_NK, x_ND):
        mu_KD = np.zeros((self.K, self.D))
        for k in range(self.K):
            N_k = np.sum(r_NK[:, k])
            mu_KD[k, :] = np.sum(r_NK[:, k][:, np.newaxis] * x_ND, axis=0) / (N_k + 1e-16)
        return mu_KD

    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m = self.variance_penalty_mode
        s = self.variance_penalty_spread
        stddev_KD = np.zeros((self.K, self.D))
        for k in range(self.K):
            diff_ND = x_ND - self.mu_KD[k, :]
            numer_D = 1 / (s * m) + np.sum(r_NK[:, k][:, np.newaxis] * diff_ND**2, axis=0)
            denom = 1 / (s * m**2) + np.sum(r_NK[:, k])
            stddev_KD[k, :] = np.sqrt(numer_D / denom)
        return stddev_KD

    def fit(self, x_ND, x_valid_ND=None, verbose=True):
        N = np.maximum(x_ND.shape[0], 1)

        if not hasattr(self, 'log_pi_K'):
            self.log_pi_K, self.mu_KD, self.stddev_KD = self.generate_initial_parameters(x_ND)

        self.history = defaultdict(list)
        start_time_sec = time.time()
        for iter_id in range(self.max_iter + 1):
            ## Loss of the parameters as they are
            neg_log_lik = calc_neg_log_lik(x_ND, self.log_pi_K, self.mu_KD, self.stddev_KD)
            loss = neg_log_lik + self.calc_penalty_stddev()
            self.history['iter'].append(iter_id)
            self.history['train_loss'].append(loss)
            self.history['train_loss_per_pixel'].append(loss / (N * self.D))
            self.history['train_score_per_pixel'].append(-1 * neg_log_lik / (N * self.D))

            ## Validation
            if x_valid_ND is not None:
                M = np.maximum(x_valid_ND.shape[0], 1)
                self.history['valid_score_per_pixel'].append(
                    self.score(x_valid_ND) / (M * self.D))

            if verbose:
                if iter_id < 10 or iter_id % 10 == 0:
                    print("iter %4d / %4d after %8.1f sec | train loss/pixel % 9.4f" % (
                        iter_id, self.max_iter, time.time() - start_time_sec,
                        self.history['train_loss_per_pixel'][-1]))

            ## E step
            r_NK = self.estep__calc_r_NK(x_ND)
            if self.do_double_check_correctness:
                loss_e = self.calc_EM_loss(r_NK, x_ND)
                assert np.allclose(loss, loss_e), "loss after E step %f, before %f" % (loss_e, loss)
                self.history['train_loss_em'].append(loss_e)

            ## M step
            if x_ND.shape[0] > 1:
                self.log_pi_K = self.mstep__update_log_pi_K(r_NK)
                self.mu_KD = self.mstep__update_mu_KD(r_NK, x_ND)
            self.stddev_KD = self.mstep__update_stddev_KD(r_NK, x_ND)
            if self.do_double_check_correctness:
                loss_m = self.calc_EM_loss(r_NK, x_ND)
                assert loss_m <= loss_e + 1e-6, "M step raised the loss"
                self.history['train_loss_em'].append(loss_m)

            ## Converged?
            if iter_id >= 2:
                old_loss = self.history['train_loss'][-2]
                new_loss = self.history['train_loss'][-1]
                denom = np.max([np.abs(old_loss), np.abs(new_loss), 1])
                if (old_loss - new_loss) / denom <= self.ftol:
                    break
        if verbose:
            print("done after %d iterations" % iter_id)


if __name__ == '__main__':
    prng = np.random.RandomState(0)
    x_ND = np.vstack([prng.randn(50, 2) - 3, prng.randn(50, 2) + 3])
    gmm = GMM_PenalizedMLEstimator_EM(K=2, D=2, seed=42, do_double_check_correctness=True)
    gmm.fit(x_ND)
    print(gmm.mu_KD)
