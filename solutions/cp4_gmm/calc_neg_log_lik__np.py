"""Negative log likelihood of a Gaussian mixture with diagonal covariance, in numpy.

Shapes: N examples (rows), D dimensions (pixels), K components.
"""

import numpy as np

### BEGIN SOLUTION
CHUNK_ROWS = 4096
"""Rows whose log densities are held at a time."""

BLOCK_NUMBERS = 25600
"""Numbers of x that are worked on at a time: 0.2 megabytes, so that they stay in the cache."""

SAFE_SIZE = 1e6
"""A sum of terms up to this size is off by less than 1e-9 in float64."""


def row_blocks(num_rows, step):
    """Slices of at most ``step`` rows that together cover every row once."""
    return [slice(start, min(start + step, num_rows)) for start in range(0, num_rows, step)]


def block_rows(D):
    """How many rows of D numbers make a block: at least 64, for the matrix products' sake."""
    return max(64, BLOCK_NUMBERS // max(D, 1))


def log_joint_chunks(x_ND, log_pi_K, mu_KD, stddev_KD):
    """Yield (rows, log_joint_KC): log of weight times density, for C rows at a time.

    sum_d ((x - mu) / sigma)² is expanded around an origin near the means, so that two matrix
    products, with x - origin and with its square, do the work. Where its terms cancel (sigma
    small beside the way from the origin to both x and mu), the differences themselves are summed.
    """
    x_ND, log_pi_K = np.asarray(x_ND), np.asarray(log_pi_K, dtype=np.float64)
    mu_KD, stddev_KD = np.asarray(mu_KD, np.float64), np.asarray(stddev_KD, np.float64)
    (N, D), K = x_ND.shape, len(mu_KD)
    peak_K1 = (log_pi_K - np.log(stddev_KD).sum(axis=1) - 0.5 * D * np.log(2 * np.pi))[:, None]

    # What overflows is no safe size and is computed again; what still does is infinitely far.
    with np.errstate(over="ignore", invalid="ignore"):
        precision_KD = stddev_KD**-2.0
        # The narrower a component, the closer to its mean the origin must be.
        origin_D = (precision_KD * mu_KD).sum(axis=0) / precision_KD.sum(axis=0)
        linear_KD = (mu_KD - origin_D) * precision_KD
        constant_K1 = ((mu_KD - origin_D) * linear_KD).sum(axis=1)[:, None]

    step = block_rows(D)
    # The origin once for every row of a block: numpy is fastest where nothing is broadcast.
    origin_BD = np.tile(origin_D, (min(N, step), 1))
    buffer_BD = np.empty_like(origin_BD)
    for rows in row_blocks(N, max(CHUNK_ROWS, step)):
        x_CD = x_ND[rows]
        cross_KC, size_KC = np.empty((K, len(x_CD))), np.empty((K, len(x_CD)))
        with np.errstate(over="ignore", invalid="ignore"):
            for block in row_blocks(len(x_CD), step):
                B = block.stop - block.start
                y_BD = np.subtract(x_CD[block], origin_BD[:B], out=buffer_BD[:B])
                np.matmul(linear_KD, y_BD.T, out=cross_KC[:, block])
                np.square(y_BD, out=y_BD)
                np.matmul(precision_KD, y_BD.T, out=size_KC[:, block])
            # Half of the size bounds the cross term. The rounding error is a few eps times it.
            size_KC += constant_K1
            distance_KC = size_KC - 2.0 * cross_KC
            cancels_KC = ~(size_KC <= np.maximum(SAFE_SIZE, 8.0 * distance_KC))
            for k in np.flatnonzero(cancels_KC.any(axis=1)):
                for block in row_blocks(len(x_CD), step):
                    again_B = np.flatnonzero(cancels_KC[k, block])
                    z_BD = (x_CD[block][again_B] - mu_KD[k]) / stddev_KD[k]
                    distance_KC[k, block.start + again_B] = np.einsum("bd,bd->b", z_BD, z_BD)
        distance_KC *= -0.5
        distance_KC += peak_K1
        yield rows, distance_KC


def exp_below_peak(log_KC):
    """Turn ``log_KC`` into exp(log - peak), in place, and return the peak of every column.

    What would be smaller than 1e-304 stays at about that and does not go to 0: beside a sum of at
    least 1 it is nothing, and processors take many times as long below the normal floats.
    """
    peak_C = log_KC.max(axis=0)
    log_KC -= np.maximum(peak_C, np.finfo(np.float64).min)  # -inf - -inf would be NaN
    np.maximum(log_KC, -700.0, out=log_KC)
    np.exp(log_KC, out=log_KC)
    return peak_C


### END SOLUTION


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    """Negative log likelihood of all examples under the mixture.

    -sum_n log sum_k pi_k prod_d NormPDF(x_nd; mu_kd, sigma_kd), where
    log NormPDF(x; mu, sigma) = -log(sigma) - log(2 pi) / 2 - (x - mu)^2 / (2 sigma^2).

    Args:
        x_ND: (N, D) array, one example a row; N may be 0.
        log_pi_K: (K,) array, logarithms of the weights; a weight of zero is -inf here.
        mu_KD: (K, D) array, the means.
        stddev_KD: (K, D) array, the standard deviations (not the variances), all above zero.

    Returns:
        one float: the sum over all examples; 0.0 when there are none.

    Hint: in 400 dimensions a product of densities is soon 0 or infinite as a float, so stay in
    logarithms all the way; look up the logsumexp trick. No loop over examples.
    """
    ### BEGIN SOLUTION: minus the log likelihood, summed over all examples
    log_lik = 0.0
    for _, joint_KC in log_joint_chunks(x_ND, log_pi_K, mu_KD, stddev_KD):
        peak_C = exp_below_peak(joint_KC)
        log_lik += np.sum(peak_C + np.log(joint_KC.sum(axis=0)))
    return -float(log_lik)
    ### END SOLUTION
