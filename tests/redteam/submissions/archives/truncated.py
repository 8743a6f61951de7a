"""A zip whose upload broke off.

score: [0, 0]
verdict: not_implemented
build: true
says: is not a zip
"""

import zipfile


def build(folder, solution, course):
    path = folder / "work.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("clustering.py", solution)
    path.write_bytes(path.read_bytes()[:-60])
    return path
