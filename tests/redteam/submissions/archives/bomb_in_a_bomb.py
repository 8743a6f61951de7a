"""A right solution, and beside it zips in zips in zips, which somebody might open.

score: [90, 90]
verdict: accepted
build: true
"""

import io
import zipfile


def build(folder, solution, course):
    inner = bytes(1_000_000)
    for _ in range(6):
        room = io.BytesIO()
        with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as made:
            for number in range(10):
                made.writestr(f"{number}.zip", inner)
        inner = room.getvalue()
    with zipfile.ZipFile(folder / "work.zip", "w") as made:
        made.writestr("clustering.py", solution)
        made.writestr("more.zip", inner)
    return folder / "work.zip"
