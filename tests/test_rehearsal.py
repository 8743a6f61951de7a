"""A notebook, restarted and run from top to bottom in the sandbox; errors are named by cell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import check, config, grade, handout, verify
from autograder.model import Assignment, Limits, Verdict
from autograder.rehearsal import Rehearsal
from autograder.sandbox import Sandbox
from autograder.session import CallFailed
from tests import mini

ASSIGNMENT = Assignment("hw2", "Homework", ("clustering.py",), (), data=("deep/numbers.txt",))
OWN = "def half(x):\n    return 1 / x\n\n\ndef todo():\n    raise NotImplementedError('todo')\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(("numpy", "matplotlib.pyplot")) as made:
        yield made


def notebook(*code: str) -> str:
    cells = [{"cell_type": "code", "metadata": {}, "source": text} for text in code]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def rehearsed(
    sandbox: Sandbox, tmp_path: Path, *code: str, limits: Limits | None = None, **files: str
) -> Rehearsal:
    folder, data = tmp_path / "submission", tmp_path / "data"
    (data / "deep").mkdir(parents=True)
    (data / "deep" / "numbers.txt").write_text("1 2 3")
    folder.mkdir()
    (folder / "clustering.py").write_text(OWN)
    books = {name.replace("_", " ") + ".ipynb": text for name, text in files.items()}
    if code:
        books["work.ipynb"] = notebook(*code)
    for name, text in books.items():
        (folder / name).write_text(text)
    assignment = replace(ASSIGNMENT, limits=limits or Limits())
    made = Rehearsal(assignment, sandbox, folder, data, lambda worker: None)
    before = sorted(folder.rglob("*"))
    try:
        made.run()
    finally:
        assert sorted(folder.rglob("*")) == before
    return made


def failed(
    sandbox: Sandbox, tmp_path: Path, *code: str, limits: Limits | None = None
) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        rehearsed(sandbox, tmp_path, *code, limits=limits)
    return caught.value


def test_a_notebook_that_uses_what_notebooks_have(sandbox: Sandbox, tmp_path: Path) -> None:
    """Magics, display, figures, files of its own, data and the submission beside it."""
    made = rehearsed(
        sandbox,
        tmp_path,
        "%matplotlib inline\n%load_ext autoreload\n!pip install numpy\nimport os, sys, pickle",
        "from IPython.display import clear_output",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.tight_layout()\nplt.show()",
        "assert plt.get_fignums() == []\nassert plt.get_backend().lower() == 'agg'",
        "from IPython.display import Image, display as show\nshow(Image('x.png'))\ndisplay(1)",
        "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().system('ls')",
        "%%writefile helper.py\nONE = 1",
        "import helper\nassert helper.ONE == 1",
        "from clustering import half\nassert half(2) == 0.5",
        "assert open('data/deep/numbers.txt').read() == '1 2 3'\nopen('out.txt', 'w').write('x')",
        "assert __name__ == '__main__'\nassert os.path.exists('clustering.py')",
        "class Point:\n    pass\nassert type(pickle.loads(pickle.dumps(Point()))) is Point",
        "import __main__\nassert __main__.Point is Point",
        "try:\n    import google.colab\n    there = True\nexcept ImportError:\n    there = False",
        "assert not there\nassert 'google.colab' not in sys.modules",
        "",
        "%%bash\nrm -r /",
    )
    assert made.note == "All 17 code cells of 'work.ipynb' ran."


def test_colab_is_stood_in_for_where_it_is_taken_for_granted(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """An import of it at the top of a cell does nothing; one that is tried fails, as elsewhere."""
    code = (
        "from google.colab import drive, files\ndrive.mount('/content/drive')\n"
        "for name in files.upload():\n    1 / 0\nwith drive as d:\n    d['x'].y"
    )
    assert rehearsed(sandbox, tmp_path, code).note == "All 1 code cells of 'work.ipynb' ran."


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("\n\nx = 1 / 0", "Code cell 2 (line 3): ZeroDivisionError raised."),
        (
            "import clustering\nclustering.half(0)",
            "Code cell 2 (line 2): ZeroDivisionError raised at clustering.py line 2.",
        ),
        ("\nearlier()", "Code cell 2 (line 2): KeyError raised at code cell 1 line 2."),
        ("name = input('? ')", "Code cell 2 (line 1): EOFError raised."),
        ("x = 1\nif x\n", "Code cell 2 (line 2): SyntaxError raised."),
        ("undefined", "Code cell 2 (line 1): NameError raised."),
        ("import sys\nsys.exit()", "Code cell 2 (line 2): SystemExit raised."),
        ("import torch_nowhere", "Code cell 2 (line 1): ModuleNotFoundError raised."),
        ("open('nowhere.png')", "Code cell 2 (line 1): FileNotFoundError raised."),
        (
            "import os\nos._exit(0)",
            "Code cell 2: Your code ended the Python process instead of returning.",
        ),
    ],
)
def test_the_first_cell_that_raises_is_named(
    code: str, message: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """By the number and the line that the student sees; later cells do not run."""
    earlier = "def earlier():\n    return {}['secret text']"
    failure = failed(sandbox, tmp_path, earlier, code, "import os\nos._exit(7)")
    assert (failure.verdict, failure.message) == (Verdict.RUN_TIME_ERROR, message)
    assert "secret text" not in failure.message
    assert "No module named" not in failure.message


def test_what_is_not_written_yet_is_told_as_that(sandbox: Sandbox, tmp_path: Path) -> None:
    """A stub that the notebook calls is no mistake of the notebook's."""
    failure = failed(sandbox, tmp_path, "from clustering import todo", "todo()")
    assert failure.verdict is Verdict.NOT_IMPLEMENTED
    assert failure.message == "Code cell 2: Not implemented yet at clustering.py line 6."


def test_the_whole_notebook_has_one_limit(sandbox: Sandbox, tmp_path: Path) -> None:
    """However many cells it is spread over, and the cell that was running is named."""
    limits = Limits(notebook_seconds=2)
    failure = failed(sandbox, tmp_path, "import time", *["time.sleep(0.9)"] * 9, limits=limits)
    assert failure.verdict is Verdict.TIME_LIMIT_EXCEEDED
    assert failure.message in (
        "Code cell 3: No answer within 2 s, the limit of the whole notebook.",
        "Code cell 4: No answer within 2 s, the limit of the whole notebook.",
    )


def test_without_a_notebook_nothing_is_run(sandbox: Sandbox, tmp_path: Path) -> None:
    """It is no fault to hand in files alone."""
    assert rehearsed(sandbox, tmp_path).note == "No notebook was handed in, so none was run."


def test_of_several_notebooks_the_assignments_is_run(sandbox: Sandbox, tmp_path: Path) -> None:
    """By its name; where none has it, the note says how to name one."""
    made = rehearsed(sandbox, tmp_path / "1", HW2=notebook("1"), other=notebook("1 / 0"))
    assert made.note == "All 1 code cells of 'HW2.ipynb' ran."
    made = rehearsed(sandbox, tmp_path / "2", a=notebook("1 / 0"), b_2=notebook("1 / 0"))
    assert made.note == (
        "None of 2 notebooks ('a.ipynb', 'b 2.ipynb') was run: call one of them hw2.ipynb."
    )


def test_a_notebook_that_cannot_be_read_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    """The words are those of the hand-in."""
    with pytest.raises(CallFailed) as caught:
        rehearsed(sandbox, tmp_path, hw2="{")
    assert caught.value.message == (
        "'hw2.ipynb' is not a readable notebook: open it, save it and hand it in again."
    )


def test_the_notebook_is_shut_in(sandbox: Sandbox, tmp_path: Path) -> None:
    """It is a submission like any other."""
    failure = failed(sandbox, tmp_path, "import socket\nsocket.create_connection(('127.0.0.1', 9))")
    assert failure.message.startswith("Code cell 1 (line 2): ")


# --- as a case of an assignment -------------------------------------------------------------

CASE = '''
def test_notebook_runs(notebook):
    """The notebook runs from top to bottom."""
    notebook.run()
'''


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Assignment]:
    root = mini.write(tmp_path_factory.mktemp("course"))
    path = root / "grading_config.yaml"
    question = '      "N":\n        title: Notebook\n        points: 0\n        cases:\n'
    case = "          notebook_runs: {points: 0, visibility: visible}\n"
    path.write_text(path.read_text() + question + case)
    with (root / "solutions/mini/checks/public/test_mini_public.py").open("a") as file:
        file.write("\n" + CASE)
    assignment = config.load(path).assignments[0]
    handout.build(assignment, root, root / "assignments" / "mini")
    return root, assignment


def test_a_case_without_points_informs(course: tuple[Path, Assignment], tmp_path: Path) -> None:
    """It takes nothing from the score, and its message names the cell."""
    root, assignment = course
    (tmp_path / "mini.py").write_text(mini.REFERENCE)
    room = grade.course_room(root, assignment)
    words = []
    with Sandbox() as sandbox:
        for text in (None, notebook("import mini", "mini.double([1])"), notebook("1", "2\n1 / 0")):
            if text is not None:
                (tmp_path / "mini.ipynb").write_text(text)
            result = grade.grade(assignment, room, tmp_path, sandbox)
            assert (result.score, result.max_score) == (6, 6)
            words.append((result.cases[-1].verdict, result.cases[-1].message))
    assert words == [
        (Verdict.ACCEPTED, "No notebook was handed in, so none was run."),
        (Verdict.ACCEPTED, "All 2 code cells of 'mini.ipynb' ran."),
        (Verdict.RUN_TIME_ERROR, "Code cell 2 (line 2): ZeroDivisionError raised."),
    ]


def test_a_notebook_alone_is_graded_and_run(
    course: tuple[Path, Assignment], tmp_path: Path
) -> None:
    """Functions in its cells get their points though another cell raises, which is told."""
    root, assignment = course
    cells = ["%matplotlib inline", mini.REFERENCE, "input('? ')", "1 / 0"]
    (tmp_path / "my work.ipynb").write_text(notebook(*cells))
    with Sandbox() as sandbox:
        room = grade.course_room(root, assignment)
        result = grade.grade(assignment, room, tmp_path / "my work.ipynb", sandbox)
    assert result.score == 6
    assert result.notices == ("mini.py was made of the code cells of 'my work.ipynb'.",)
    assert result.cases[-1].message == "Code cell 3 (line 1): EOFError raised."


def test_verify_and_check_agree(course: tuple[Path, Assignment]) -> None:
    """The untouched handout's notebook is not implemented; the grader is right."""
    root, assignment = course
    report = verify.verify(assignment, root, jobs=1, rounds=1)
    assert report.problems == []
    result = check.check(root / "assignments" / "mini")
    assert result.cases[-1].verdict is Verdict.NOT_IMPLEMENTED
    assert result.cases[-1].message.startswith("Code cell 1: Not implemented yet at")
