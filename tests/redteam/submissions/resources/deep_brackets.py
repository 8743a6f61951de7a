"""Brackets, minus signs and attributes nested by the ten thousand, against the parser's stack.

score: [0, 90]
verdict: [accepted, run_time_error]
build: true
"""


def build(folder, solution, course):
    text = solution
    for opening, closing, number in (("[", "]", 150), ("-", "", 20_000), ("not ", "", 20_000)):
        text += f"\n\nX = lambda x: {opening * number}x{closing * number}\n"
    text += "\n\nY = lambda x: x" + ".a" * 20_000 + "\n"
    text += "\n\nZ = lambda x: x" + "()" * 20_000 + "\n"
    (folder / "clustering.py").write_text(text)
