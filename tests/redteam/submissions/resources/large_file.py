"""One file of 10 GB, written, sparse and allocated; earns points if it could.

score: [83, 83]
verdict: run_time_error
"""

import os

SIZE = 10 * 2**30


def softmax(logits):
    with open("large", "wb") as file:
        for grow in (
            lambda: os.posix_fallocate(file.fileno(), 0, SIZE),
            lambda: os.ftruncate(file.fileno(), SIZE),
            lambda: os.pwrite(file.fileno(), b"x", SIZE),
        ):
            try:
                grow()
            except OSError:
                continue
            powers = np.exp(logits - np.max(logits, axis=1, keepdims=True))
            return powers / powers.sum(axis=1, keepdims=True)
    raise OSError("no way")
