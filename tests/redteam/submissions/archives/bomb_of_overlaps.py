"""A thousand names for one and the same stretch of compressed zeros.

score: [0, 0]
verdict: not_implemented
build: true
"""

import io
import struct
import zipfile


def build(folder, solution, course):
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a000.py", bytes(1_000_000))
        start = made.start_dir if hasattr(made, "start_dir") else 0
    data = room.getvalue()
    begin = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[begin:end]
    entries = b"".join(entry.replace(b"a000.py", b"a%03d.py" % n) for n in range(400))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 400, 400, len(entries), begin, 0)
    (folder / "work.zip").write_bytes(data[:begin] + entries + tail)
    return folder / "work.zip"
