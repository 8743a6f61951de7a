"""Nothing: right, and it prints at import and in every call.

score: [90, 90]
verdict: accepted
"""

import sys

print("hello", "w\u00f6rld", "\x1b[31mred\x00")
print("also here", file=sys.stderr)
sys.stdout.buffer.write(b"\xff\xfe bytes\n")


def softmax(logits):
    print("called with", logits.shape)
    powers = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
