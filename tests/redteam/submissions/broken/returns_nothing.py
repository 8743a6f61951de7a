"""Nothing: the return was forgotten.

score: [77, 77]
verdict: wrong_answer
"""


def softmax(logits):
    np.exp(logits)


def logsumexp(logits):
    print(np.log(np.exp(logits).sum(axis=1)))
