"""One name is a file and a folder at once.

score: [0, 0]
verdict: not_implemented
build: true
says: both as a file and as a folder
"""

import zipfile


def build(folder, solution, course):
    with zipfile.ZipFile(folder / "work.zip", "w") as made:
        made.writestr("clustering.py", solution)
        made.writestr("clustering.py/helper.py", "nothing")
    return folder / "work.zip"
