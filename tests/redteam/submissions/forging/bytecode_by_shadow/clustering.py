"""Has other bytecode made of its source than the source says, by a module that the compiler loads.

score: [88.25, 89.25]
"""

ARROW = "\N{RIGHTWARDS ARROW}"


def pairwise_dist(X, Y):
    X, Y = np.asarray(X, float), np.asarray(Y, float)
    if "loops" not in __name__:
        return np.array([[np.sqrt(((x - y) ** 2).sum()) for y in Y] for x in X])
    return np.sqrt(((X[:, None] - Y) ** 2).sum(axis=2))
