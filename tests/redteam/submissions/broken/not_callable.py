"""Nothing: softmax is a number and logsumexp an array.

score: [77, 77]
verdict: [run_time_error, wrong_answer, not_implemented]
replace: {'def softmax(logits):': "softmax = 0.5\n\n\ndef _other(logits):", 'def logsumexp(logits):': "logsumexp = np.zeros(3)\n\n\ndef _another(logits):"}
"""
