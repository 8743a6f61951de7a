"""You return the logarithms of the probabilities; softmax asks for the probabilities themselves.

loses: []
"""
import numpy as np


def softmax(logits):
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
