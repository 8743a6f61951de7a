"""A module that makes its functions when asked for them, and takes for ever.

score: [65, 83]
verdict: time_limit_exceeded
slow: true
replace: {'def softmax(logits):': 'def _other(logits):'}
"""

def __getattr__(name):
    while True:
        pass
