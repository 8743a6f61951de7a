"""Names that leave the folder by backslashes or a drive's letter.

score: [0, 0]
verdict: not_implemented
build: true
says: leaves the folder
"""

import zipfile


def build(folder, solution, course):
    with zipfile.ZipFile(folder / "work.zip", "w") as made:
        made.writestr("clustering.py", solution)
        for name in ("..\\..\\slipped.py", "C:\\slipped.py", "\\\\server\\share\\slipped.py"):
            info = zipfile.ZipInfo("x")
            info.filename = name
            made.writestr(info, "was here")
    return folder / "work.zip"
