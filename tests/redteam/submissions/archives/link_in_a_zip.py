"""An entry that is a symbolic link to the solution on the grader's disk.

score: [0, 0]
verdict: not_implemented
build: true
says: a link
"""

import stat
import zipfile


def build(folder, solution, course):
    with zipfile.ZipFile(folder / "work.zip", "w") as made:
        for name in ("clustering.py", "helper.py"):
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            made.writestr(info, f"{course}/solutions/hw2_clustering/clustering.py")
    return folder / "work.zip"
