"""Nothing: right, a folder that holds only a zip, as some systems deliver it.

score: [90, 90]
verdict: accepted
build: true
"""

import zipfile


def build(folder, solution, course):
    with zipfile.ZipFile(folder / "work.zip", "w") as made:
        made.writestr("clustering.py", solution)
