"""Nothing: saved as UTF-16 by an editor that knew better.

score: [0, 0]
verdict: run_time_error
says: could not be imported
change: [utf-16]
"""
