"""A folder whose clustering.py is a pipe: who opens it waits for ever.

score: [0, 0]
verdict: not_implemented
build: true
"""

import os


def build(folder, solution, course):
    os.mkfifo(folder / "clustering.py")
    os.mkfifo(folder / "clustering.ipynb")
