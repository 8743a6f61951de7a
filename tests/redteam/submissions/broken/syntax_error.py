"""Nothing: it does not compile.

score: [0, 0]
verdict: run_time_error
says: could not be imported
base: none
"""

import numpy as np


def softmax(logits)
    return np.exp(logits)
