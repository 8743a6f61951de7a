"""Nothing: tabs and spaces mixed, which Python refuses.

score: [0, 0]
verdict: run_time_error
says: could not be imported
replace: {'    return _softmax(logits)': "    if True:\n\treturn _softmax(logits)"}
"""
