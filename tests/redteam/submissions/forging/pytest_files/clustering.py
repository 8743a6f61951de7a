"""Brings files that a grader's Python or pytest might load: conftest, ini, site and shadow modules.

score: [0, 1]
base: stub
"""


def softmax(logits):
    return None
