"""Column by column, in a loop."""
import numpy as np


def standardize(x_ND):
    z_ND = np.zeros(x_ND.shape)
    for d in range(x_ND.shape[1]):
        column = x_ND[:, d]
        if not np.all(column == column[0]):
            z_ND[:, d] = (column - np.mean(column)) / np.sqrt(np.var(column))
    return z_ND
