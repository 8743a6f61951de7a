"""A sum of 50,000 terms: the grader reads the source, and its reader is recursive.

score: [0, 90]
verdict: [accepted, run_time_error]
build: true
"""


def build(folder, solution, course):
    text = solution + "\n\ndef unused(x):\n    return " + "+".join(["x"] * 50_000) + "\n"
    (folder / "clustering.py").write_text(text)
