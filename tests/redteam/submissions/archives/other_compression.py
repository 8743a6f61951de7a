"""A bomb in LZMA, which cannot be unpacked in bounded steps.

score: [0, 0]
verdict: not_implemented
build: true
says: compression that is not read
"""

import zipfile


def build(folder, solution, course):
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_LZMA) as made:
        made.writestr("clustering.py", bytes(40_000_000))
    return folder / "work.zip"
