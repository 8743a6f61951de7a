"""Random bytes that are called a zip.

score: [0, 0]
verdict: not_implemented
build: true
says: is not a zip
"""

import random


def build(folder, solution, course):
    (folder / "work.zip").write_bytes(b"PK\x03\x04" + random.Random(0).randbytes(10_000))
    return folder / "work.zip"
