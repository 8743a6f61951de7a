"""A folder 90 deep with the solution at its end, and 600 files beside it.

score: [0, 0]
verdict: not_implemented
build: true
"""

def build(folder, solution, course):
    deep = folder.joinpath(*["d"] * 90)
    deep.mkdir(parents=True)
    (deep / "clustering.py").write_text(solution)
    for number in range(600):
        (folder / f"{number}.txt").write_text("nothing")
