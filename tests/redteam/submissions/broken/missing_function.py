"""Nothing: softmax is spelt soft_max.

score: [83, 83]
verdict: not_implemented
says: clustering.py has no softmax
replace: {'def softmax(logits):': 'def soft_max(logits):'}
"""
