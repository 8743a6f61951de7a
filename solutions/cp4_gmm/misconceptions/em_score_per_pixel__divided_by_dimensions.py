"""You divide by the pixels of one image only; the score is the sum over all N images, so divide by N times D.

module: train_EM_gmm_with_many_runs
loses: [em_score_per_pixel, em_score_per_pixel_values]
"""


def score_per_pixel(gmm, x_ND):
    return gmm.score(x_ND) / x_ND.shape[1]
