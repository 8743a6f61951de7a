"""Arrays without end in softmax, every page of them touched.

score: [83, 83]
verdict: memory_limit_exceeded
"""

def softmax(logits):
    held = []
    while True:
        held.append(np.ones(4_000_000))
