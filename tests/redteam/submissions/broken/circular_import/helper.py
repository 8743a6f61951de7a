from clustering import SHIFT


def scale(x):
    return x + SHIFT
