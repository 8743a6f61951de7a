"""Right, among names with control characters, of 300 letters, reserved, or in two spellings.

score: [90, 90]
verdict: accepted
build: true
"""

import zipfile


def build(folder, solution, course):
    with zipfile.ZipFile(folder / "work.zip", "w") as made:
        made.writestr("clustering.py", solution)
        for name in (
            "\x1b[2J\x07.py", "new\nline.py", "n" * 300, "CON.txt", "ab:c", "dot.", " ", "caf\u00e9",
            "cafe\u0301", "\u202egnp.py", "\U0001f600.py", "d/" * 60 + "deep.py", "-rf", "$(id)",
            "<script>alert(1)</script>.py", "CLUSTERING.PY",
        ):  # fmt: skip
            made.writestr(name, "nothing")
    return folder / "work.zip"
