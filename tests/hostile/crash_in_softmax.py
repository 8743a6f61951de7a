"""Tries: a segmentation fault in softmax. Sound: run_time_error there, the others keep their points."""

import ctypes


def softmax(logits):
    return ctypes.string_at(1)
