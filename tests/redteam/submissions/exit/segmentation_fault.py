"""Reads and writes address 8 through ctypes, in softmax and in pairwise_dist.

score: [76, 76]
verdict: run_time_error
says: crashed the Python process
"""

import ctypes


def softmax(logits):
    return ctypes.string_at(8)


def pairwise_dist(X, Y):
    ctypes.memset(8, 0, 4096)
    return X
