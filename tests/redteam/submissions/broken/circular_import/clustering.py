"""Nothing: two modules that import from each other before either is ready.

score: [0, 0]
verdict: run_time_error
says: could not be imported
"""

from helper import scale

SHIFT = 0.0
