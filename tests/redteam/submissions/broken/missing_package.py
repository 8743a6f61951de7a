"""Nothing: imports a package that nobody has.

score: [0, 0]
verdict: run_time_error
says: could not be imported
"""

import no_such_package_anywhere
