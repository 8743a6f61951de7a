"""Tries: prints without end in softmax. Sound: output_limit_exceeded there, the others keep their points."""


def softmax(logits):
    while True:
        print("x" * 10_000)
