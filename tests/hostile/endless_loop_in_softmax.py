"""Tries: an endless loop in softmax. Sound: time_limit_exceeded there, the others keep their points."""


def softmax(logits):
    while True:
        pass
