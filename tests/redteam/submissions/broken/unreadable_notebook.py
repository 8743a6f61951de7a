"""Nothing: a notebook that is no notebook.

score: [0, 0]
verdict: not_implemented
says: is not a readable notebook
base: none
file: clustering.ipynb
"""
