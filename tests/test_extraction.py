"""What of a notebook is taken for a module: definitions by name, and what they read."""

from __future__ import annotations

import ast
import json
import random
import types
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder import cells, extraction
from autograder.model import Assignment, Question
from autograder.submission import SubmissionError, collect

ROOT = Path(__file__).parents[1]
ASKED = ("softmax", "KMeans")


def book(*code: str, name: str = "hw.ipynb", version: int = 4) -> cells.Notebook:
    """A notebook of these code cells, written by nbformat and read by us."""
    if version == 4:
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in code])
        raw = nbformat.writes(made)
    else:
        sheet = nbformat.v3.new_worksheet([nbformat.v3.new_code_cell(text) for text in code])
        raw = nbformat.v3.writes_json(nbformat.v3.new_notebook(worksheets=[sheet]))
    return cells.read(raw.encode(), name)


def made(*code: str, asked: tuple[str, ...] = ASKED, notices: list[str] | None = None) -> str:
    """The module made of these cells; our own code, so it may be run here."""
    plain = ("numpy",)
    notices = [] if notices is None else notices
    result = extraction.module(book(*code), "clustering", asked, plain=plain, notices=notices)
    assert result is not None
    ast.parse(result.text)
    return result.text


def run(*code: str, asked: tuple[str, ...] = ASKED) -> types.SimpleNamespace:
    """The names of the module, once it has run."""
    names: dict[str, object] = {"__name__": "clustering"}
    exec(compile(made(*code, asked=asked), "clustering.py", "exec", dont_inherit=True), names)
    return types.SimpleNamespace(**names)


IMPORT = "import numpy as np"
SOFTMAX = "def softmax(x):\n    return np.exp(x) / total(x)"
TOTAL = "def total(x):\n    return SCALE * np.exp(x).sum()"
SCALE = "SCALE = 1.0"
STUB = 'def softmax(x):\n    """Rows."""\n    raise NotImplementedError("softmax: rows")'


@pytest.mark.parametrize("seed", range(5))
def test_cells_may_stand_in_any_order(seed: int) -> None:
    """Moved cells do no harm: what is needed comes first, wherever it stood."""
    code = [IMPORT, SOFTMAX, TOTAL, SCALE, "class Base:\n    K = SIZES[0]", "SIZES = [3]"]
    code += ["class KMeans(Base):\n    default = total(0.0)"]
    random.Random(seed).shuffle(code)
    module = run(*code)
    assert module.softmax(np.zeros(2)).tolist() == [0.5, 0.5]
    assert (module.KMeans.K, module.KMeans.default) == (3, 1.0)


def test_the_whole_solution_of_hw2_in_shuffled_copied_cells(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every definition in a cell of its own, twice, after the stubs, among experiments."""
    source = (ROOT / "solutions/hw2_clustering/clustering.py").read_text(encoding="utf-8")
    parts = [ast.get_source_segment(source, node) or "" for node in ast.parse(source).body]
    stubs = (ROOT / "assignments/hw2_clustering/clustering.py").read_text(encoding="utf-8")
    experiment = "%matplotlib inline\nids, centers = KMeans()(np.zeros((3, 2)), 2)\n1 / 0"
    code = [stubs, *parts, *parts, experiment, "name = input()", "import nowhere.plot as p"]
    random.Random(1).shuffle(code)
    names = ("pairwise_dist", "softmax", "logsumexp", "KMeans", "GMM", "gmm_sampling")
    notices: list[str] = []
    made(*code, asked=names, notices=notices)
    assert notices == []
    module = run(*code, asked=names)
    assert module.softmax(np.zeros((1, 2))).tolist() == [[0.5, 0.5]]
    ids, _ = module.KMeans()(np.array([[0.0], [1.0], [9.0], [10.0]]), 2)
    assert len(set(ids)) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "experiment",
    [
        "1 / 0",
        "input('name? ')",
        "while True:\n    pass",
        "x = softmax(np.zeros(10**12))",
        "sizes = [KMeans()(big, K) for K in (5, 16)]",
        "import matplotlib.pyplot as plt\nplt.show()",
        "raise SystemExit",
        "exit()",
        "softmax = softmax(np.zeros(3))",
        "for softmax in range(3):\n    pass",
        "if __name__ == '__main__':\n    import nowhere\n    def softmax(x): return 1",
        "%%time\nSCALE2 = total([1])",
        "del softmax",
        "assert False",
        "from clustering import *\nfrom clustering import softmax",
        "import clustering as c",
        "def plot():\n    plt.plot(loss)\nloss = 1 / 0",
        "@nowhere.memory\ndef helper():\n    pass",
        "class Net(torch.nn.Module):\n    pass",
        "import torch\nclass Net(torch.nn.Module):\n    pass",
    ],
)
def test_experiments_do_not_run(experiment: str) -> None:
    """A cell that raises, asks, shows or never ends does not reach the functions."""
    code = [IMPORT, TOTAL, SCALE, SOFTMAX]
    for order in ([*code, experiment], [experiment, *code]):
        assert run(*order).softmax(np.zeros(2)).tolist() == [0.5, 0.5]


def test_what_a_function_reads_comes_along() -> None:
    """Assignments, also in several steps, and functions that they call, in time."""
    module = run(
        "from math import log as ln, pi\nimport scipy.special\nimport scipy.stats",
        "def softmax(x):\n    return x * table[-1] + offset + ln(1) + scipy.special.gamma(1)",
        "table = make_table()\ntable[-1] = 5\noffset = 1\noffset = offset + 1\noffset += 1",
        "def make_table():\n    return [n_steps for _ in range(3)]",
        "n_steps = 2\nunused = nowhere()",
        asked=("softmax",),
    )
    assert module.softmax(1.0) == 5 + 3 + 1
    assert not hasattr(module, "unused")


def test_methods_may_be_put_into_a_class_later() -> None:
    """``Class.method = function`` and a class that goes on in another cell."""
    module = run(
        "KMeans.loss = loss",
        "def loss(self):\n    return self.K",
        "class KMeans:\n    K = 3",
        "class KMeans(KMeans):\n    def twice(self):\n        return 2 * self.K",
        asked=("KMeans",),
    )
    assert (module.KMeans().twice(), module.KMeans().loss()) == (6, 3)


@pytest.mark.parametrize(
    "stub",
    [
        STUB,
        "def softmax(x):\n    pass",
        "def softmax(x):\n    ...",
        'def softmax(x):\n    """Doc."""',
        "def softmax(x):\n    return None",
        "def softmax(x):\n    raise NotImplementedError",
        'def softmax(x):\n    y = 1\n    raise NotImplementedError("softmax: the rest")',
    ],
)
def test_a_stub_further_down_does_not_count(stub: str) -> None:
    """The last definition counts that is written; of an untouched copy nothing is said."""
    notices: list[str] = []
    text = made(IMPORT, SCALE, TOTAL, SOFTMAX, stub, notices=notices)
    assert ("np.exp(x) / total(x)" in text, notices) == (True, [])
    assert stub in made(stub)


def test_of_two_classes_the_untouched_one_does_not_count() -> None:
    """A class of which less is written is the copy from the handout, though parts were given."""
    given = "    def run(self):\n        return 1\n"
    todo = '    def step(self):\n        raise NotImplementedError("KMeans.step: it")\n'
    done = "    def step(self):\n        return 7\n"
    notices: list[str] = []
    for code in ([done, todo], [todo, done]):
        text = made(*[f"class KMeans:\n{given}{part}" for part in code], notices=notices)
        assert "return 7" in text
    assert notices == []


def test_of_several_definitions_the_last_is_taken_and_told() -> None:
    """The notice counts code cells as the student does; equal copies need no word."""
    notices: list[str] = []
    text = made("def softmax(x):\n    return 1", "# note", "def softmax(x):\n    return 2",
                notices=notices)  # fmt: skip
    assert ("return 2" in text, "return 1" in text) == (True, False)
    assert notices == [
        "softmax is defined in code cells 1 and 3 of 'hw.ipynb': code cell 3 was taken."
    ]
    notices.clear()
    made("def softmax(x):\n    return 1", "def softmax(x):\n    return 1  # copy", notices=notices)
    assert notices == []


def test_every_piece_names_its_cell() -> None:
    """A line of a traceback can be found again in the notebook."""
    assert made("# nothing", IMPORT, SCALE + ";" + "A = 2", TOTAL, SOFTMAX) == (
        "# code cell 2\nimport numpy as np\n\n\n# code cell 3\nSCALE = 1.0\n\n\n"
        f"# code cell 4\n{TOTAL}\n\n\n# code cell 5\n{SOFTMAX}\n"
    )


def test_decorators_comments_and_long_texts_survive() -> None:
    """A definition is taken letter by letter."""
    definition = '@functools.cache  # once\ndef softmax(x):\n    """\nä\n"""  # b\n    return 1'
    assert definition in made(f"import functools\n{definition}  # c")


def test_a_package_that_is_missing_does_no_harm(capsys: pytest.CaptureFixture[str]) -> None:
    """It is named when the module is made, and whatever does without it works."""
    module = run(
        "import seaborn_nowhere as sns\nfrom nowhere import *\nfrom google.colab import drive",
        "class KMeans:\n    def plot(self):\n        sns.plot()\n    def one(self): return 1",
    )
    assert module.KMeans().one() == 1
    with pytest.raises(NameError):
        module.KMeans().plot()
    assert "code cell 1: ModuleNotFoundError No module named 'seaborn_nowhere'" in (
        capsys.readouterr().out
    )


def test_a_file_that_is_missing_does_no_harm(capsys: pytest.CaptureFixture[str]) -> None:
    """A global that cannot be made is told; functions that do without it work."""
    module = run(
        "image = open('nowhere.png').read()\ntext = f'''{image}\n'''",
        "def softmax(x):\n    return 1 if x else image + text",
    )
    assert module.softmax(True) == 1
    assert "code cell 1: FileNotFoundError" in capsys.readouterr().out


def test_a_cell_may_write_the_file() -> None:
    """``%%writefile`` makes the file itself; ``-a`` goes on; folders do not matter."""
    written = book("x", "%%writefile ./hw/clustering.py\n!no", "%%writefile -a clustering.py\nb")
    result = extraction.module(written, "clustering", ASKED, notices=[])
    assert result is not None
    assert result.text == "!no\nb\n"
    assert extraction.module(written, "other", ASKED, notices=[]) is None


def test_a_comment_says_whose_a_cell_is() -> None:
    """Where two files ask for one name, a comment with the file's name tells them apart."""
    both = book("# a.py\ndef f():\n    return 1", "# for b.py:\ndef f():\n    return 2")
    for name, other, value in (("a", "b", 1), ("b", "a", 2)):
        result = extraction.module(both, name, ["f"], others=[other], notices=[])
        assert result is not None
        assert f"return {value}" in result.text


def test_futures_come_first() -> None:
    """A notebook may import from the future in any cell, a module only at its top."""
    text = made(
        "x = 1", "from __future__ import annotations\ndef softmax(x: nowhere):\n    return 1"
    )
    assert text.startswith("from __future__ import annotations\n")


@pytest.mark.parametrize("code", [["x = 1"], ["from a import softmax"], [], ["import softmax"]])
def test_without_a_definition_there_is_no_module(code: list[str]) -> None:
    """A notebook that only uses the functions cannot stand for their file."""
    assert extraction.module(book(*code), "clustering", ASKED, notices=[]) is None


@pytest.mark.parametrize(
    "cell",
    [
        "def softmax(x):\n    return " + "(" * 5000 + "1" + ")" * 5000,
        "softmax = " + "-" * 100_000 + "1",
        "def softmax(x):\n    return x" + ".a" * 50_000,
        "def softmax(x):\n" + "".join(" " * n + "if x:\n" for n in range(1, 120)) + " " * 120 + "1",
        "def softmax(a, a):\n    pass",
        "nonlocal x",
        "x = 1\0",
        "def softmax(x):\n    return 1\n" + "a = 1\n" * 5000,
    ],
)
def test_odd_cells_do_not_stop_the_grader(cell: str) -> None:
    """Whatever a cell holds, there is a module or none, and no crash."""
    extraction.module(book(cell, "def KMeans():\n    pass"), "clustering", ASKED, notices=[])


def test_long_chains_of_definitions_are_laid_out() -> None:
    """Order is no matter of the stack's depth."""
    chain = [f"class A{n}(A{n + 1}):\n    pass" for n in range(3000)]
    assert "class A2999" in made(*chain, "class A3000:\n    pass", "softmax = A0")


# --- what handed in notebooks look like -----------------------------------------------------

ONE = Assignment(
    "hw2",
    "Homework",
    ("clustering.py",),
    (Question("1", "Functions", 1, functions=("softmax", "KMeans.run")),),
)


def take(
    tmp_path: Path, files: dict[str, bytes], assignment: Assignment = ONE
) -> tuple[str, list[str]]:
    """The main file and the notices."""
    for name, raw in files.items():
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_bytes(raw)
    notices = collect(tmp_path / "in", assignment, tmp_path / "out")
    path = tmp_path / "out" / assignment.files[0]
    return path.read_text() if path.is_file() else "", notices


def nb4(*code: object, **more: object) -> dict[str, object]:
    return {
        "cells": [
            cell if isinstance(cell, dict) else {
                "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [],
                "source": cell,
            }
            for cell in code
        ],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more,
    }  # fmt: skip


DEFINITION = "def softmax(x):\n    return x"

COLAB = nb4(
    {
        "cell_type": "code",
        "source": '#@title Setup { display-mode: "form" }\n%pip install -q numpy\n'
        "from google.colab import drive\ndrive.mount('/content/drive')\n"
        'K = 5 #@param {type:"integer"}',
        "metadata": {"id": "x", "cellView": "form", "colab": {"base_uri": "https://colab"}},
    },
    "def softmax(x):\n    return x + K",
    metadata={
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "accelerator": "GPU",
    },
    nbformat_minor=0,
)
VSCODE = nb4(
    "# %%\n" + DEFINITION,
    {
        "cell_type": "code",
        "metadata": {"vscode": {"languageId": "python"}},
        "outputs": [{"output_type": "display_data", "data": {"image/png": "A" * 5_000_000}}],
        "source": ["# %% plots\n", "%matplotlib widget\n", "softmax(1)\n"],
    },
)
OLD = {
    "metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0,
    "worksheets": [
        {"cells": [{"cell_type": "heading", "level": 1, "source": "Title"}]},
        {"cells": [{"cell_type": "code", "collapsed": False, "input": DEFINITION.splitlines(True),
                    "language": "python", "outputs": [], "prompt_number": 3}]},
    ],
}  # fmt: skip
ODD_CELLS = nb4(
    {"cell_type": "raw", "metadata": {}, "source": "not code ("},
    {"cell_type": "future-kind", "metadata": {}, "source": "also not ("},
    {"cell_type": "code"},
    "  def softmax(x):\n      return x",
)


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps(COLAB),
        json.dumps(VSCODE),
        json.dumps(OLD),
        json.dumps(ODD_CELLS),
        "\ufeff" + json.dumps(nb4(DEFINITION)),
        json.dumps(nb4(DEFINITION), indent=1).replace("\n", "\r\n"),
        json.dumps(nb4(DEFINITION.replace("\n", "\r\n"))),
        json.dumps(nb4(DEFINITION.replace("\n", "\r"))),
        json.dumps(nb4("s = '\ud83d'", DEFINITION + "  # größe \ud83d")),
        nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(DEFINITION)])),
    ],
    ids=[
        "colab",
        "vscode",
        "v3",
        "odd",
        "bom",
        "crlf",
        "crlf-cells",
        "cr-cells",
        "surrogate",
        "nb",
    ],
)
def test_every_programs_notebook_is_read(raw: str, tmp_path: Path) -> None:
    """Whatever wrote it, the function is found, and it works."""
    made_, notices = take(tmp_path, {"hw2.ipynb": raw.encode()})
    names: dict[str, object] = {}
    exec(made_, names)
    assert callable(names["softmax"])
    assert names["softmax"](1) in (1, 6)
    assert notices == ["clustering.py was made of the code cells of 'hw2.ipynb'."]


def test_a_notebook_in_utf_16_is_read(tmp_path: Path) -> None:
    """Some shells write it when output is redirected to a file."""
    assert (
        "def softmax"
        in take(tmp_path, {"a.ipynb": json.dumps(nb4(DEFINITION)).encode("utf-16")})[0]
    )


def test_a_notebook_of_another_assignment_gets_one_sentence(tmp_path: Path) -> None:
    """Nothing in it was asked for: it says so, and what to hand in."""
    text, notices = take(
        tmp_path, {"lab1.ipynb": json.dumps(nb4("def other(): return 1")).encode()}
    )
    assert text == ""
    assert notices == [
        "'lab1.ipynb' defines nothing of what is missing (softmax, KMeans): hand in clustering.py, "
        "or this assignment's notebook with the definitions."
    ]


def test_a_function_in_a_text_cell_gets_one_sentence(tmp_path: Path) -> None:
    """A cell whose type was changed by a slip of the hand is named by what it defines."""
    cell = {"cell_type": "markdown", "metadata": {}, "source": DEFINITION}
    assert take(tmp_path, {"a.ipynb": json.dumps(nb4(cell)).encode()})[1] == [
        "softmax stands in a cell of 'a.ipynb' that is no code cell: make it one."
    ]


def test_a_broken_notebook_beside_the_file_does_no_harm(tmp_path: Path) -> None:
    """The file counts; the notebook is named as unreadable."""
    text, notices = take(tmp_path, {"clustering.py": b"x = 1\n", "notes.ipynb": b"{"})
    assert text == "x = 1\n"
    assert notices == [
        "'notes.ipynb' is not a readable notebook: open it, save it and hand it in again."
    ]


def test_a_broken_notebook_alone_is_refused(tmp_path: Path) -> None:
    """There is nothing else to grade."""
    with pytest.raises(SubmissionError, match="is not a readable notebook"):
        take(tmp_path, {"notes.ipynb": b"no JSON"})


def test_the_file_counts_before_the_notebook(tmp_path: Path) -> None:
    """Who wrote the function into the notebook and handed in the file too is told."""
    text, notices = take(
        tmp_path,
        {"clustering.py": STUB.encode(), "hw2.ipynb": json.dumps(nb4(DEFINITION)).encode()},
    )
    assert text == STUB
    assert notices == [
        "clustering.py was taken for softmax, and not what 'hw2.ipynb' defines under the same name."
    ]


def test_two_notebooks_that_define_it_are_not_guessed(tmp_path: Path) -> None:
    """Both are named; one that has the assignment's name comes first."""
    raw = json.dumps(nb4(DEFINITION)).encode()
    assert take(tmp_path, {"a.ipynb": raw, "b.ipynb": raw})[1] == [
        "'a.ipynb' and 'b.ipynb' may each stand for clustering.py: hand in only one of them."
    ]
    assert take(tmp_path / "in", {"a.ipynb": raw, "HW2.ipynb": raw})[1] == [
        "clustering.py was made of the code cells of 'HW2.ipynb'."
    ]


TWO = Assignment(
    "cp",
    "Two files",
    ("lik_np.py", "em.py", "lik_ag.py"),
    (
        Question("1", "Likelihood", 1, functions=("lik",)),
        Question("2", "EM", 1, functions=("EM.fit", "best"), module="em"),
        Question("3", "Gradient", 1, functions=("lik",), module="lik_ag"),
    ),
    given=("base.py",),
)


def test_one_notebook_stands_for_several_files(tmp_path: Path) -> None:
    """Every file that is not there is made of the names that it has to hold."""
    notebook = nb4(
        "from base import Base\nfrom lik_np import lik\nfrom em import EM",
        "def lik(x):\n    return np.sum(x)",
        "import numpy as np\nclass EM(Base):\n    def fit(self):\n        return lik([1])",
        "def best(runs):\n    return max(runs)",
    )
    files = {"work.ipynb": json.dumps(notebook).encode(), "lik_ag.py": b"def lik(x): return 3\n"}
    text, notices = take(tmp_path, files, TWO)
    assert "def lik" in text
    assert "class EM(Base)" in (tmp_path / "out/em.py").read_text()
    assert (tmp_path / "out/lik_ag.py").read_bytes() == files["lik_ag.py"]
    assert notices == [
        "lik_np.py was made of the code cells of 'work.ipynb'.",
        "em.py was made of the code cells of 'work.ipynb'.",
    ]


def test_a_name_that_two_files_ask_for_is_told(tmp_path: Path) -> None:
    """One definition serves both, and the student learns how to tell them apart."""
    raw = json.dumps(nb4("def lik(x):\n    return 1")).encode()
    notices = take(tmp_path, {"work.ipynb": raw}, TWO)[1]
    assert notices[2] == (
        "lik of code cell 1 of 'work.ipynb' was taken for lik_np.py and lik_ag.py: if it is for "
        "one of them, write that file's name into a comment of the cell."
    )
    assert notices[3:] == [
        "'work.ipynb' defines nothing of what is missing (EM, best): hand in em.py, or this "
        "assignment's notebook with the definitions."
    ]
