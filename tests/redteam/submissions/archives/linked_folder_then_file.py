"""An entry that is a link to a folder, and then a file below it: written through the link.

score: [0, 0]
verdict: not_implemented
build: true
"""

import stat
import zipfile


def build(folder, solution, course):
    with zipfile.ZipFile(folder / "work.zip", "w") as made:
        info = zipfile.ZipInfo("way")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, f"{course}/autograder")
        made.writestr("way/worker.py", "was here")
        made.writestr("notes.txt", "nothing")
    return folder / "work.zip"
