"""You return the negative of the score of the L-BFGS mixture; the score is the log likelihood itself, and higher is better.

module: train_LBFGS_gmm_with_many_runs
loses: [lbfgs_score_per_pixel, lbfgs_score_per_pixel_values]
"""


def score_per_pixel(gmm, x_ND):
    return -gmm.score(x_ND) / x_ND.size
