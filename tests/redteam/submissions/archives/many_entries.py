"""30,000 empty files.

score: [0, 0]
verdict: not_implemented
build: true
says: holds more than
"""

import zipfile


def build(folder, solution, course):
    with zipfile.ZipFile(folder / "work.zip", "w") as made:
        made.writestr("clustering.py", solution)
        for number in range(30_000):
            made.writestr(f"{number}", "")
    return folder / "work.zip"
