"""You divide the validation score by the pixels of the training data; the validation data have a number of rows of their own.

module: GMM_PenalizedMLEstimator_EM
loses: [fit_valid_score]
seen: 1
"""
from collections import defaultdict


class GMM_PenalizedMLEstimator_EM:
    def fit(self, x_ND, x_valid_ND=None, verbose=True):
        if not hasattr(self, "log_pi_K"):
            self.log_pi_K, self.mu_KD, self.stddev_KD = self.generate_initial_parameters(x_ND)
        num_pixels = max(len(x_ND), 1) * self.D
        self.history = defaultdict(list)
        for iter_id in range(self.max_iter + 1):
            score = self.score(x_ND)
            loss = self.calc_penalty_stddev() - score
            self.history["iter"].append(iter_id)
            self.history["train_loss"].append(loss)
            self.history["train_loss_per_pixel"].append(loss / num_pixels)
            self.history["train_score_per_pixel"].append(score / num_pixels)
            if x_valid_ND is not None:
                valid_score = self.score(x_valid_ND) / num_pixels
                self.history["valid_score_per_pixel"].append(valid_score)
            r_NK = self.estep__calc_r_NK(x_ND)
            if self.do_double_check_correctness:
                loss_after_e = self._checked_loss_after_e_step(r_NK, x_ND)
            if len(x_ND) > 0:
                self.log_pi_K = self.mstep__update_log_pi_K(r_NK)
                self.mu_KD = self.mstep__update_mu_KD(r_NK, x_ND)
            self.stddev_KD = self.mstep__update_stddev_KD(r_NK, x_ND)
            if self.do_double_check_correctness:
                self._check_loss_after_m_step(r_NK, x_ND, loss_after_e)
            if verbose:
                print(self._line_of_iteration(0.0))
            if iter_id >= 2:
                old, new = self.history["train_loss"][-2:]
                if (old - new) / max(abs(old), abs(new), 1.0) <= self.ftol:
                    break
        return self
