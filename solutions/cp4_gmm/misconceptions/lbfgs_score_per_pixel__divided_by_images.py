"""You divide the score of the L-BFGS mixture by the number of images only; an image has D pixels, so divide by N times D.

module: train_LBFGS_gmm_with_many_runs
loses: [lbfgs_score_per_pixel, lbfgs_score_per_pixel_values]
"""


def score_per_pixel(gmm, x_ND):
    return gmm.score(x_ND) / len(x_ND)
