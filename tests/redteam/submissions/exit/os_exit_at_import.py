"""os._exit(0) at import: the process is gone with a good status and no word.

score: [0, 0]
verdict: run_time_error
says: ended the Python process
"""

import os

os._exit(0)
