"""Nothing: a relative import, as in a package, which a lone module is not.

score: [0, 0]
verdict: run_time_error
says: could not be imported
"""

from .helper import scale
