"""One assignment's source to what its students get: a folder and a notebook.

``contents`` says what every file holds; ``build`` writes that and ``fresh`` compares with it.
Made, from ``solutions/<name>/`` unless said otherwise::

    assignments/<name>/
        README.md               the statement
        <file>.py               what is handed in, with stubs for answers; given files as they are
        <name>.ipynb            the notebook, from notebook.py (if there is one)
        checks/public/          as they are
        data/                   from data/, the files that the assignment names
        handout.json            the public part of the configuration
        autograder/             the modules in ENGINE, from autograder/
        conftest.py  pytest.ini  requirements.txt
    notebooks/<name>.ipynb      the same notebook

Runs nothing of an assignment and reads no YAML: the caller has loaded the configuration.
"""

from __future__ import annotations

import ast
import dataclasses
import json
import tempfile
from collections.abc import Collection
from pathlib import Path

from autograder.marks import HandoutError
from autograder.model import Assignment, Visibility, to_plain
from autograder.notebook import to_notebook
from autograder.stubs import strip

__all__ = ["ENGINE", "HandoutError", "build", "contents", "fresh", "strip"]

ENGINE = (
    "__init__",
    "__main__",
    "answers",
    "budget",
    "check",
    "compare",
    "describe",
    "grade",
    "model",
    "plugin",
    "proxy",
    "rules",
    "sandbox",
    "submission",
    "terminal",
    "wire",
    "worker",
    "zygote",
)
"""Modules that the student's check needs; those that exist are copied."""

MINIMUMS = {
    "imageio": "2.31",
    "matplotlib": "3.7",
    "numpy": "1.24",
    "pandas": "2.0",
    "pytest": "7.4",
    "scipy": "1.10",
    "tqdm": "4.65",
}
"""The oldest version that is known to do; any other package comes without one."""

DISTRIBUTIONS = {"PIL": "pillow", "cv2": "opencv-python", "sklearn": "scikit-learn"}
"""Packages that are installed under another name than they are imported by."""

CONFTEST = 'pytest_plugins = ["autograder.check"]\n'

PYTEST_INI = """\
[pytest]
testpaths = checks/public
pythonpath = .
addopts = -q --import-mode=importlib -p no:cacheprovider
"""


def build(assignment: Assignment, root: Path, into: Path) -> None:
    """Write ``into/assignments/<name>/`` and ``into/notebooks/<name>.ipynb``, whole or not at all.

    ``root`` is the course's folder (``solutions/``, ``data/``, ``autograder/``); usually
    ``into`` is the same. Raises HandoutError for a source that is missing or wrong; then
    nothing has changed.
    """
    files = contents(assignment, root)
    home = f"assignments/{assignment.name}"
    (into / "assignments").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{assignment.name}-", dir=into / "assignments", ignore_cleanup_errors=True
    ) as temporary:
        for name, data in files.items():
            path = Path(temporary) / "new" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        _swap(Path(temporary) / "new" / home, into / home, Path(temporary) / "old")
        notebook = _notebook(assignment)
        if notebook in files:
            (into / notebook).parent.mkdir(parents=True, exist_ok=True)
            (Path(temporary) / "new" / notebook).replace(into / notebook)
        else:
            (into / notebook).unlink(missing_ok=True)


def fresh(assignment: Assignment, root: Path) -> list[str]:
    """What keeps the generated files under ``root`` from being what ``build`` would write now.

    One sentence for every file that is missing, stray or changed; none: all is fresh.
    """
    wanted = contents(assignment, root)
    mend = f"run: python -m autograder handout {assignment.name}"
    faults = []
    for name, data in wanted.items():
        path = root / name
        if path.is_symlink() or not path.is_file():
            faults.append(f"{name} is missing; {mend}")
        elif path.read_bytes() != data:
            faults.append(f"{name} is not what its source makes now; {mend}")
    folders = {parent.as_posix() for name in wanted for parent in Path(name).parents}
    home = root / "assignments" / assignment.name
    for path in [*sorted(home.rglob("*")), *root.glob(_notebook(assignment))]:
        name = path.relative_to(root).as_posix()
        if name not in wanted and name not in folders:
            faults.append(f"{name} is no part of the handout; delete it, or {mend}")
    return faults


def contents(assignment: Assignment, root: Path) -> dict[str, bytes]:
    """Every generated file of one assignment: its path under the root and its bytes."""
    solution = root / "solutions" / assignment.name
    public = solution / "checks" / "public"
    checks = {
        f"checks/public/{path.relative_to(public).as_posix()}": path.read_bytes()
        for path in sorted(public.rglob("*"))
        if path.is_file() and path.suffix != ".pyc" and "__pycache__" not in path.parts
    }
    handout = {"README.md": _read(root, solution / "README.md")}
    for name in assignment.files:
        source = _text(root, solution / name)
        handout[name] = strip(source, _shown(root, solution / name)).encode()
    handout |= {name: _read(root, solution / name) for name in assignment.given}
    handout |= checks
    handout |= {f"data/{name}": _read(root, root / "data" / name) for name in assignment.data}
    for module in ENGINE:
        path = root / "autograder" / f"{module}.py"
        if path.is_file():
            handout[f"autograder/{module}.py"] = path.read_bytes()
    record = to_plain(public_part(assignment, _case_names(checks)))
    handout["handout.json"] = (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode()
    handout["conftest.py"] = CONFTEST.encode()
    handout["pytest.ini"] = PYTEST_INI.encode()
    handout["requirements.txt"] = requirements(assignment).encode()
    notebooks = {}
    if (solution / "notebook.py").is_file():
        source = _text(root, solution / "notebook.py")
        made = to_notebook(source, _shown(root, solution / "notebook.py")).encode()
        handout[f"{assignment.name}.ipynb"] = made
        notebooks[_notebook(assignment)] = made
    return {f"assignments/{assignment.name}/{k}": handout[k] for k in sorted(handout)} | notebooks


def public_part(assignment: Assignment, shipped: Collection[str]) -> Assignment:
    """``assignment`` with only the cases named in ``shipped``; the others are counted.

    Whoever has the check may see its result, whatever the visibility after submitting.
    """
    questions = tuple(
        dataclasses.replace(
            question,
            cases=tuple(
                dataclasses.replace(case, visibility=Visibility.VISIBLE)
                for case in question.cases
                if case.name in shipped
            ),
        )
        for question in assignment.questions
    )
    public = dataclasses.replace(assignment, questions=questions)
    hidden = len(assignment.cases) - len(public.cases)
    return dataclasses.replace(public, hidden_cases=assignment.hidden_cases + hidden)


def requirements(assignment: Assignment) -> str:
    """The handout's ``requirements.txt``."""
    packages = {"numpy", "pytest"} | {
        DISTRIBUTIONS.get(name.split(".")[0], name.split(".")[0])
        for name in assignment.allowed_imports
    }
    return "".join(
        f"{name}>={MINIMUMS[name]}\n" if name in MINIMUMS else f"{name}\n"
        for name in sorted(packages)
    )


def _notebook(assignment: Assignment) -> str:
    return f"notebooks/{assignment.name}.ipynb"


def _case_names(checks: dict[str, bytes]) -> set[str]:
    names: set[str] = set()
    for name, data in checks.items():
        if name.endswith(".py"):
            try:
                tree = ast.parse(data, name)
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None) or 1
                raise HandoutError(f"{name}:{line}: not valid Python ({error}).") from None
            names |= {
                node.name.removeprefix("test_")
                for node in tree.body
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            }
    return names


def _shown(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _read(root: Path, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise HandoutError(f"{_shown(root, path)}:1: cannot be read ({reason}).") from None


def _text(root: Path, path: Path) -> str:
    try:
        return _read(root, path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise HandoutError(f"{_shown(root, path)}:{line}: not UTF-8; save it as UTF-8.") from None


def _swap(new: Path, place: Path, old: Path) -> None:
    """Put folder ``new`` in ``place``; what was there moves to ``old``, or back on failure."""
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists() and not place.exists():
            old.rename(place)
        raise
