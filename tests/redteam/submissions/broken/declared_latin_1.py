"""Nothing: Latin-1, and it says so; right.

score: [90, 90]
verdict: accepted
base: none
build: true
"""


def build(folder, solution, course):
    text = "# -*- coding: latin-1 -*-\n" + solution.replace("\u00b2", "^2")
    (folder / "clustering.py").write_bytes((text + "# \u00e9\u00fc\u00df\n").encode("latin-1", "replace"))
