"""An archive that says it is encrypted.

score: [0, 0]
verdict: not_implemented
build: true
says: is encrypted
"""

import zipfile


def build(folder, solution, course):
    path = folder / "work.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("clustering.py", solution)
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(bytes(data))
    return path
