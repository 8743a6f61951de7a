"""Tries: answers that claim to equal everything. Sound: wrong_answer, no points for softmax."""


class Liar(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __sub__(self, other):
        return np.zeros(self.shape)

    def __array_ufunc__(self, *args, **kwargs):
        return np.zeros(self.shape)

    def __array_function__(self, *args, **kwargs):
        return True


class Everything:
    shape = (2, 2)
    dtype = np.dtype(float)
    ndim = 2

    def __eq__(self, other):
        return True

    def __array__(self, *args, **kwargs):
        return np.full((2, 2), 0.5)

    def __float__(self):
        return 0.5

    def __len__(self):
        return 2


def softmax(logits):
    if logits.shape[0] % 2:
        return np.zeros(logits.shape).view(Liar)
    return Everything()
