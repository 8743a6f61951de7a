"""A regular expression that backtracks for years, inside one C call.

score: [83, 83]
verdict: time_limit_exceeded
slow: true
"""

import re


def softmax(logits):
    re.match(r"(a|a)*$", "a" * 60 + "b")
    return logits
