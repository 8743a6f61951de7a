"""Nothing: right, with Windows' line ends.

score: [90, 90]
verdict: accepted
change: [crlf]
"""
