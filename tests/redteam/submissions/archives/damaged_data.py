"""A zip with a sound directory and flipped bytes in its data.

score: [0, 0]
verdict: not_implemented
build: true
says: is damaged
"""

import zipfile


def build(folder, solution, course):
    path = folder / "work.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("clustering.py", solution)
    data = bytearray(path.read_bytes())
    for at in range(200, 400):
        data[at] ^= 0xFF
    path.write_bytes(bytes(data))
    return path
