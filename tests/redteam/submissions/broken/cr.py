"""Nothing: right, with the line ends of an old Macintosh.

score: [0, 90]
verdict: [accepted, run_time_error]
change: [cr]
"""
