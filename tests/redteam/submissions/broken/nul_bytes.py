"""Nothing: a NUL byte at the end of the file.

score: [0, 0]
verdict: run_time_error
says: could not be imported
change: [nul]
"""
