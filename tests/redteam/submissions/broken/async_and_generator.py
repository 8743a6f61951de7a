"""Nothing: one function is a coroutine, one a generator, one raises StopIteration.

score: [70, 70]
verdict: wrong_answer
"""


async def softmax(logits):
    powers = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def pairwise_dist(X, Y):
    yield np.zeros((len(X), len(Y)))


def logsumexp(logits):
    raise StopIteration(logits)
