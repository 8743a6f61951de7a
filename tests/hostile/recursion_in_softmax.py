"""Tries: endless recursion in softmax. Sound: run_time_error there, the others keep their points."""


def softmax(logits):
    return softmax(logits)
