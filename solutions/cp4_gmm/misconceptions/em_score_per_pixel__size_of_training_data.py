"""You divide by 3000 images of 400 pixels, the size of the training set; divide by the size of the images that are scored.

module: train_EM_gmm_with_many_runs
loses: [em_score_per_pixel, em_score_per_pixel_values]
"""


def score_per_pixel(gmm, x_ND):
    return gmm.score(x_ND) / (3000 * 400)
