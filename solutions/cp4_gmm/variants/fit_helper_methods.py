"""fit is cut into helper methods; the score per pixel is one of them.

module: GMM_PenalizedMLEstimator_EM
"""
from collections import defaultdict


class GMM_PenalizedMLEstimator_EM:
    def _score_per_pixel(self, x_ND):
        return self.score(x_ND) / (max(x_ND.shape[0], 1) * self.D)

    def _record(self, iter_id, x_ND, x_valid_ND):
        loss = self.calc_penalty_stddev() - self.score(x_ND)
        entries = {
            "iter": iter_id,
            "train_loss": loss,
            "train_loss_per_pixel": loss / (max(x_ND.shape[0], 1) * self.D),
            "train_score_per_pixel": self._score_per_pixel(x_ND),
        }
        if x_valid_ND is not None:
            entries["valid_score_per_pixel"] = self._score_per_pixel(x_valid_ND)
        for key, entry in entries.items():
            self.history[key].append(entry)

    def _m_step(self, r_NK, x_ND):
        if x_ND.shape[0] > 0:
            self.log_pi_K = self.mstep__update_log_pi_K(r_NK)
            self.mu_KD = self.mstep__update_mu_KD(r_NK, x_ND)
        self.stddev_KD = self.mstep__update_stddev_KD(r_NK, x_ND)

    def _has_converged(self):
        if len(self.history["train_loss"]) < 3:
            return False
        old, new = self.history["train_loss"][-2:]
        return (old - new) / max(abs(old), abs(new), 1.0) <= self.ftol

    def fit(self, x_ND, x_valid_ND=None, verbose=True):
        if not hasattr(self, "log_pi_K"):
            self.log_pi_K, self.mu_KD, self.stddev_KD = self.generate_initial_parameters(x_ND)
        self.history = defaultdict(list)
        for iter_id in range(self.max_iter + 1):
            self._record(iter_id, x_ND, x_valid_ND)
            r_NK = self.estep__calc_r_NK(x_ND)
            loss_after_e = None
            if self.do_double_check_correctness:
                loss_after_e = self._checked_loss_after_e_step(r_NK, x_ND)
            self._m_step(r_NK, x_ND)
            if self.do_double_check_correctness:
                self._check_loss_after_m_step(r_NK, x_ND, loss_after_e)
            if self._has_converged():
                break
        return self
