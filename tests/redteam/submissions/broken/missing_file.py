"""Nothing: only notes were handed in.

score: [0, 0]
verdict: not_implemented
says: clustering.py is missing
base: none
file: notes.txt
"""
