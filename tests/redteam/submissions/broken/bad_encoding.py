"""Nothing: accented letters in Latin-1, and no word about it.

score: [0, 0]
verdict: run_time_error
says: could not be imported
change: [latin-1]
replace: {'|x - y|² = |x|² - 2 x·y + |y|²': 'é', '|x|², |y|² and x·y': 'ü'}
"""
