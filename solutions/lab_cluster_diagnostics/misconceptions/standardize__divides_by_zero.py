"""You divide by the deviation of a column whose values are all equal: 0 / 0 is NaN.

loses: [standardize_constant]
"""


def standardize(points):
    mean, scale = points.mean(axis=0), points.std(axis=0)
    return (points - mean) / scale, mean, scale
