"""A source of 8 MB of short statements, each of which is an object in the grader that reads it.

score: [0, 90]
verdict: [accepted, run_time_error, memory_limit_exceeded, time_limit_exceeded]
slow: true
build: true
"""


def build(folder, solution, course):
    text = solution + "\n\ndef unused(a):\n" + "    a = a\n" * 800_000
    (folder / "clustering.py").write_text(text)
