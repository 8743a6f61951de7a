"""Names with .. that would be written beside the grader's files.

score: [0, 0]
verdict: not_implemented
build: true
says: leaves the folder
"""

import zipfile


def build(folder, solution, course):
    with zipfile.ZipFile(folder / "work.zip", "w") as made:
        made.writestr("clustering.py", solution)
        for depth in range(1, 8):
            made.writestr("../" * depth + "slipped.py", "was here")
        made.writestr("a/../../autograder/worker.py", "was here")
    return folder / "work.zip"
