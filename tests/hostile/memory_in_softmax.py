"""Tries: allocates without end in softmax. Sound: memory_limit_exceeded there, the others keep their points."""


def softmax(logits):
    held = []
    while True:
        held.append(np.ones(10_000_000))
