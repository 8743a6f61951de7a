"""You divide by the number of images only; an image has D pixels, so the score per pixel is divided by N times D.

module: train_EM_gmm_with_many_runs
loses: [em_score_per_pixel, em_score_per_pixel_values]
"""


def score_per_pixel(gmm, x_ND):
    return gmm.score(x_ND) / len(x_ND)
