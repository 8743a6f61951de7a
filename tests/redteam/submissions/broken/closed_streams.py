"""Nothing: right, but it closes and replaces the streams it prints on.

score: [90, 90]
verdict: accepted
"""

import os
import sys

sys.stdout.close()
sys.stderr = open(os.devnull, "w")
sys.stdin = object()
for descriptor in (0, 1):
    try:
        os.close(descriptor)
    except OSError:
        pass
