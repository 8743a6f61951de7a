"""A right solution beside 48 MB of zeros in 48 kB.

score: [0, 0]
verdict: not_implemented
build: true
says: times its size
"""

import zipfile


def build(folder, solution, course):
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("clustering.py", solution)
        made.writestr("data.bin", bytes(48_000_000))
    return folder / "work.zip"
