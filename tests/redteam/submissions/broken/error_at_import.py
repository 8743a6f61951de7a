"""Nothing: a name is misspelt at module level.

score: [0, 0]
verdict: run_time_error
says: NameError
"""

START = nmupy.zeros(3)
