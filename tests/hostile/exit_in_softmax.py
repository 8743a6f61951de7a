"""Tries: os._exit(0) inside softmax. Sound: run_time_error there, every other question keeps its points."""

import os


def softmax(logits):
    os._exit(0)
