"""You take one mean and one standard deviation of the whole table; each column has its own.

loses: [standardize_by_hand, standardize_values, standardize_constant_column, standardize_keeps_input]
"""
import numpy as np


def standardize(x_ND):
    return (x_ND - x_ND.mean()) / x_ND.std()
