"""You use the unconstrained numbers rho as log pi; unless the weights are made to sum to one, L-BFGS lets them grow for ever.

module: GMM_PenalizedMLEstimator_LBFGS
loses: [lbfgs_first_gradient]
may_lose: [lbfgs_three_blobs, lbfgs_loss_falls, lbfgs_stationary]
"""

class GMM_PenalizedMLEstimator_LBFGS:
    def fit(self, x_ND, x_valid_ND=None, verbose=True):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        num_pixels = max(len(x_ND), 1) * self.D

        def calc_loss(vec_M):
            log_pi_K, mu_KD, stddev_KD = self.to_common_parameters_from_flat_array(vec_M)
            log_pi_K = vec_M[: self.K]
            neg_log_lik = calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD)
            return (neg_log_lik + calc_penalty_stddev(stddev_KD, m, s)) / num_pixels

        calc_loss_and_grad = autograd.value_and_grad(calc_loss)
        self.history = defaultdict(list)

        def callback(vec_M):
            loss, grad_M = calc_loss_and_grad(vec_M)
            self.history["iter"].append(len(self.history["iter"]))
            self.history["train_loss_per_pixel"].append(float(loss))
            self.history["grad_norm"].append(float(np.mean(np.abs(grad_M))))
            if x_valid_ND is not None:
                common = self.to_common_parameters_from_flat_array(vec_M)
                score = -1.0 * calc_neg_log_lik(x_valid_ND, *common)
                num_valid_pixels = max(len(x_valid_ND), 1) * self.D
                self.history["valid_score_per_pixel"].append(float(score) / num_valid_pixels)
            if verbose:
                print(self._line_of_iteration(0.0))

        start_M = self.to_flat_array_of_unconstrained_parameters(
            *self.generate_initial_parameters(x_ND)
        )
        callback(start_M)
        self.result = scipy.optimize.minimize(
            calc_loss_and_grad,
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
