"""Nothing: the upload broke off in the middle of a line.

score: [0, 0]
verdict: [run_time_error, not_implemented]
change: [cut]
replace: {'### BEGIN SOLUTION: weights, means and standard deviations to start from': '(((('}
"""
