"""Exponentials that neither overflow nor underflow."""
import numpy as np


def shifted(logits):
    top = logits.max(axis=1, keepdims=True)
    return np.exp(logits - top), top


def softmax(logits):
    exps, _ = shifted(logits)
    return exps / exps.sum(axis=1, keepdims=True)


def logsumexp(logits):
    exps, top = shifted(logits)
    return np.log(exps.sum(axis=1, keepdims=True)) + top
