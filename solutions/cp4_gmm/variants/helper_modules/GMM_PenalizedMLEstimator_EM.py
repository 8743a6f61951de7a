"""EM; its formulas are in gmm_math.py."""

import numpy as np

import gmm_math
from GMM_PenalizedMLEstimator import GMM_PenalizedMLEstimator


class GMM_PenalizedMLEstimator_EM(GMM_PenalizedMLEstimator):
    def calc_EM_loss(self, r_NK, x_ND):
        joint_NK = gmm_math.log_joint_NK(x_ND, self.log_pi_K, self.mu_KD, self.stddev_KD)
        used_NK = r_NK > 0
        r_M = r_NK[used_NK]
        return self.calc_penalty_stddev() + np.sum(r_M * (np.log(r_M) - joint_NK[used_NK]))

    def estep__calc_r_NK(self, x_ND):
        return gmm_math.responsibilities_NK(x_ND, self.log_pi_K, self.mu_KD, self.stddev_KD)

    def mstep__update_log_pi_K(self, r_NK):
        with np.errstate(divide="ignore"):
            return np.log(r_NK.mean(axis=0))

    def mstep__update_mu_KD(self, r_NK, x_ND):
        sum_KD = gmm_math.weighted_sums_KD(r_NK, lambda k: x_ND)
        N_K1 = r_NK.sum(axis=0)[:, None]
        return np.where(N_K1 > 0, sum_KD / np.maximum(N_K1, 1e-300), self.mu_KD)

    def mstep__update_stddev_KD(self, r_NK, x_ND):
        square_KD = gmm_math.weighted_sums_KD(r_NK, lambda k: (x_ND - self.mu_KD[k]) ** 2)
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        N_K1 = r_NK.sum(axis=0)[:, None]
        return np.sqrt(gmm_math.penalized_variance_KD(square_KD, N_K1, m, s))

    def fit(self, x_ND, x_valid_ND=None, verbose=True):
        if getattr(self, "log_pi_K", None) is None:
            self._set(*self.generate_initial_parameters(x_ND))
        self.history = {"iter": [], "train_loss": []}
        self.history.update({"train_loss_per_pixel": [], "train_score_per_pixel": []})
        if x_valid_ND is not None:
            self.history["valid_score_per_pixel"] = []
        for iter_id in range(self.max_iter + 1):
            self._append(iter_id, x_ND, x_valid_ND)
            if verbose:
                print(iter_id, self.history["train_loss"][-1])
            r_NK = self.estep__calc_r_NK(x_ND)
            loss = self.calc_EM_loss(r_NK, x_ND) if self.do_double_check_correctness else None
            if len(x_ND):
                self.log_pi_K = self.mstep__update_log_pi_K(r_NK)
                self.mu_KD = self.mstep__update_mu_KD(r_NK, x_ND)
            self.stddev_KD = self.mstep__update_stddev_KD(r_NK, x_ND)
            if loss is not None and self.calc_EM_loss(r_NK, x_ND) > loss + 1e-6 * abs(loss):
                raise AssertionError("the M step raised the loss")
            if iter_id >= 2 and self._relative_drop() <= self.ftol:
                break
        return self

    def _set(self, log_pi_K, mu_KD, stddev_KD):
        self.log_pi_K, self.mu_KD, self.stddev_KD = log_pi_K, mu_KD, stddev_KD

    def _relative_drop(self):
        old, new = self.history["train_loss"][-2:]
        return (old - new) / max(abs(old), abs(new), 1.0)

    def _append(self, iter_id, x_ND, x_valid_ND):
        score, pixels = self.score(x_ND), max(len(x_ND), 1) * self.D
        loss = self.calc_penalty_stddev() - score
        self.history["iter"].append(iter_id)
        self.history["train_loss"].append(loss)
        self.history["train_loss_per_pixel"].append(loss / pixels)
        self.history["train_score_per_pixel"].append(score / pixels)
        if x_valid_ND is not None:
            valid_pixels = max(len(x_valid_ND), 1) * self.D
            self.history["valid_score_per_pixel"].append(self.score(x_valid_ND) / valid_pixels)
