"""Nothing: the file is empty.

score: [0, 0]
verdict: not_implemented
says: clustering.py is empty
change: [empty]
"""
