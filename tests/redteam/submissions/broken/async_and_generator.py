"""Nothing: one function is a coroutine, one a generator, one raises StopIteration.

score: [70, 70]
verdict: wrong_answer
"""


async def softmax(logits):
    return np.exp(logits - logsumexp(logits))


def pairwise_dist(X, Y):
    yield np.zeros((len(X), len(Y)))


def logsumexp(logits):
    raise StopIteration(logits)
