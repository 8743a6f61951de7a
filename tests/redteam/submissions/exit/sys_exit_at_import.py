"""sys.exit(0) at import, before any check has run.

score: [0, 0]
verdict: run_time_error
says: clustering.py could not be imported
"""

import sys

sys.exit(0)
