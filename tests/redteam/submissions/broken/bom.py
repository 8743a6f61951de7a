"""Nothing: right, with a byte order mark in front.

score: [90, 90]
verdict: accepted
change: [bom]
"""
