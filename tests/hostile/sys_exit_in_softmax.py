"""Tries: sys.exit(0) inside softmax. Sound: run_time_error there, every other question keeps its points."""

import sys


def softmax(logits):
    sys.exit(0)
