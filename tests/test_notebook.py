"""Percent text to a notebook, and the notebook of hw2 run from top to bottom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder import config, solved
from autograder.marks import HandoutError
from autograder.notebook import cells, hidden_lines, to_notebook

ROOT = Path(__file__).parents[1]

SOURCE = '''\
"""About this text."""
# a comment

# %% [markdown]
# # Title
#
# Prose with $x^2$:
#   - indented

# %%
# %matplotlib inline
# %%time
import toy
# 100% plain

# %% tags=["given", "plot"]
def f(x):
    """Do it."""

    ### BEGIN SOLUTION
    return 1
    ### END SOLUTION


# %%
### BEGIN SOLUTION
print("all of it")
### END SOLUTION

# %% {"collapsed": true, "tags": []}
# %% A title [raw]
# as it is
# %% [markdown] tags=["solution"]
# The model answer.

# %% tags=["solution"]
print("only for staff")
'''


def sources(text: str) -> list[tuple[str, str]]:
    """Kind and source of every cell of the student's notebook."""
    notebook = json.loads(to_notebook(text, "n.py"))
    return [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]


def test_cells_magics_tags_and_marks() -> None:
    """Prose loses its #, magics come alive, answers and cells tagged solution stay behind."""
    assert sources(SOURCE) == [
        ("markdown", "# Title\n\nProse with $x^2$:\n  - indented"),
        ("code", "%matplotlib inline\n%%time\nimport toy\n# 100% plain"),
        ("code", 'def f(x):\n    """Do it."""\n\n    raise NotImplementedError("f: Do it")'),
        ("code", ""),
        ("code", ""),
        ("raw", "as it is"),
    ]
    metadata = [cell["metadata"] for cell in json.loads(to_notebook(SOURCE, "n.py"))["cells"]]
    assert metadata == [
        {},
        {},
        {"tags": ["given", "plot"]},
        {},
        {"collapsed": True, "tags": []},
        {"title": "A title"},
    ]


def test_the_notebook_is_valid_and_has_no_outputs() -> None:
    """nbformat accepts it, in the version that it claims to be."""
    notebook = nbformat.reads(to_notebook(SOURCE, "n.py"), as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_cell_ids_are_stable_and_unique() -> None:
    """The same text gives the same bytes; a new cell leaves the other cells' ids alone."""

    def ids(text: str) -> list[str]:
        return [cell["id"] for cell in json.loads(to_notebook(text, "n.py"))["cells"]]

    assert to_notebook(SOURCE, "n.py") == to_notebook(SOURCE, "n.py")
    before = ids(SOURCE)
    assert len(set(before)) == len(before)
    after = ids(SOURCE.replace("# %%\n# %matplotlib", "# %%\nnew = 1\n\n# %%\n# %matplotlib"))
    assert [i for i in after if i in before] == before


def test_hidden_lines_are_those_that_no_cell_shows() -> None:
    """Marked lines and whole cells tagged solution, with the line of the text."""
    assert [(n, line.strip()) for n, line in hidden_lines(SOURCE, "n.py")] == [
        (21, "return 1"),
        (27, 'print("all of it")'),
        (34, "The model answer."),
        (37, 'print("only for staff")'),
    ]
    shown = to_notebook(SOURCE, "n.py")
    assert all(line.strip() not in shown for _, line in hidden_lines(SOURCE, "n.py"))


def test_windows_line_ends_make_no_difference() -> None:
    """A text with \\r\\n gives the same notebook."""
    assert to_notebook(SOURCE.replace("\n", "\r\n"), "n.py") == to_notebook(SOURCE, "n.py")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("x = 1\n", 1, "no cell"),
        ("import os\n# %%\nx = 1\n", 1, "code before the first cell"),
        ("(\n# %%\nx = 1\n", 1, "not valid Python"),
        ("# %% [md]\n# a\nb\n", 3, "prose stands behind"),
        ("# %% [prose]\n", 1, "a cell begins with"),
        ("# %%\n# %% tags=answer\n", 2, "cannot read"),
        ("# %%\n# %% tags\n", 2, ""),
        ("# %% [markdown]\n# ### BEGIN SOLUTION\n", 2, "work in code cells only"),
        ("# %%\n\nx = 1\n# BEGIN SOLUTION\n\n# %%\n# END SOLUTION\n", 4, "without END SOLUTION"),
        ("# %%\nx = = 1\n", 2, "not valid Python"),
    ],
)
def test_mistakes_are_named_with_file_and_line(text: str, line: int, message: str) -> None:
    """Every mistake is one sentence that begins with file and line of the text."""
    if not message:  # a word alone is a title
        assert [cell.metadata for cell in cells(text, "n.py")] == [{}, {"title": "tags"}]
        return
    with pytest.raises(HandoutError) as caught:
        to_notebook(text, "n.py")
    assert str(caught.value).startswith(f"n.py:{line}: ")
    assert message in str(caught.value)


# --- the notebook of hw2 --------------------------------------------------------------------


@pytest.fixture(scope="module")
def executed() -> Any:
    """The notebook of hw2, run as in its handout, with the reference for the stub."""
    pytest.importorskip("ipykernel")
    course = config.load(ROOT / "grading_config.yaml")
    return solved.execute(config.assignment(course, "hw2_clustering"), ROOT, minutes=5)


def printed(notebook: Any, word: str) -> str:
    """What the cells whose source holds ``word`` print."""
    return "".join(
        output["text"]
        for cell in notebook.cells
        if cell.cell_type == "code" and word in cell.source
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    )


def test_the_notebook_of_hw2_runs_from_top_to_bottom(executed: Any) -> None:
    """With a right solution no cell fails, and all pictures are drawn."""
    outputs = [o for c in executed.cells if c.cell_type == "code" for o in c.outputs]
    assert sum("image/png" in o.get("data", {}) for o in outputs) == 3


@pytest.mark.parametrize("word", ["pairwise_dist(x, y)", "softmax(logits)", "logsumexp(logits)"])
def test_the_printed_examples_of_hw2_are_those_of_the_solution(executed: Any, word: str) -> None:
    """What the notebook announces is what a right solution prints, digit for digit."""
    expected, _, yours = printed(executed, word).partition("yours\n")
    numbers = expected.removeprefix("expected\n").replace("[", "").replace("]", "").split()
    got = yours.replace("[", "").replace("]", "").split()
    assert len(got) == len(numbers)
    assert [float(g) for g in got] == pytest.approx([float(n) for n in numbers], abs=1e-4)


def test_hw2_tells_kmeans_from_gmm(executed: Any) -> None:
    """On the sampled mixture the GMM finds the components, and K-means does not."""
    lines = printed(executed, "renumbered(gmm_ids").splitlines()
    share = {line.split(":")[0]: float(line.split()[1].rstrip("%")) for line in lines}
    assert share["GMM"] > 95
    assert share["GMM"] > share["K-means"] + 10
