"""Nothing: right, three folders deep, with the leavings of a Macintosh.

score: [90, 90]
verdict: accepted
build: true
"""

import zipfile


def build(folder, solution, course):
    with zipfile.ZipFile(folder / "work.zip", "w") as made:
        made.writestr("__MACOSX/hw2/._clustering.py", b"\0\5\x16\7")
        made.writestr("hw2/.DS_Store", b"x")
        made.writestr("hw2/final/really/clustering.py", solution)
    return folder / "work.zip"
