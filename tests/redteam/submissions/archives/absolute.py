"""An absolute name: the course's own check.

score: [0, 0]
verdict: not_implemented
build: true
says: leaves the folder
"""

import zipfile


def build(folder, solution, course):
    with zipfile.ZipFile(folder / "work.zip", "w") as made:
        made.writestr("clustering.py", solution)
        made.writestr(f"{course}/solutions/hw2_clustering/checks/hidden/test_softmax_hidden.py", "")
    return folder / "work.zip"
