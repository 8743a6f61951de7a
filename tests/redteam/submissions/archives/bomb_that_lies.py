"""A bomb whose directory says that it is small.

score: [0, 0]
verdict: not_implemented
build: true
"""

import struct
import zipfile

REAL, CLAIMED = 400_000_000, 1_000


def build(folder, solution, course):
    path = folder / "work.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        with made.open("clustering.py", "w") as file:
            for _ in range(REAL // 1_000_000):
                file.write(bytes(1_000_000))
    data = path.read_bytes()
    assert data.count(struct.pack("<I", REAL)) >= 1
    path.write_bytes(data.replace(struct.pack("<I", REAL), struct.pack("<I", CLAIMED)))
    return path
