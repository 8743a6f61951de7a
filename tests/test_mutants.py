"""Automatic mutants: every kind is made where it can be, and nothing else is touched."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder import mutants, overlay, reach
from autograder.model import Assignment, Question
from tests import mini

KINDS = {
    "operator": ("a / b", "a * b"),
    "sign": ("b = -a", "b = a"),
    "comparison": ("a < b", "a <= b"),
    "axis": ("a.sum(axis=0)", "a.sum(axis=1)"),
    "constant": ("0.5 * a", "1.0 * a"),
    "missing_term": ("a - b", "a"),
    "reduction": ("np.argmin(a)", "np.argmax(a)"),
    "function": ("np.log(a)", "np.log1p(a)"),
    "transpose": ("a @ b.T", "a @ b"),
    "index": ("a[0]", "a[-1]"),
    "dtype": ("np.asarray(a, dtype=np.float64)", "np.asarray(a, dtype=np.float32)"),
    "inplace": ("a[0] + (a - b)", "a[0] + np.subtract(a, b, out=a)"),
    "state": ("a.copy()", "a"),
    "boolean": ("a and b", "a or b"),
    "statement": ("a[0] = b", "pass"),
}

MORE = [
    ("axis", "a.sum(axis=0)", "a.sum()"),
    ("axis", "a.sum(0)", "a.sum(1)"),
    ("axis", "np.sum(a, 0)", "np.sum(a, 1)"),
    ("axis", "a.max(axis=1, keepdims=True)", "a.max(axis=1)"),
    ("axis", "a[:, None]", "a[None, :]"),
    ("constant", "a + 2", "a + 1"),
    ("constant", "a < 1e-6", "a < 0.0"),
    ("constant", "a.reshape(K)", "a.reshape(K - 1)"),
    ("missing_term", "np.log(2 * np.pi)", "np.log(np.pi)"),
    ("missing_term", "1.0 / a", "a"),
    ("operator", "a += b", "a -= b"),
    ("operator", "a += b", "a = b"),
    ("reduction", "a.std()", "a.std(ddof=1)"),
    ("reduction", "a.var(ddof=1)", "a.var()"),
    ("reduction", "a.sum()", "a.mean()"),
    ("function", "a**2", "a"),
    ("function", "np.maximum(a, 1)", "a"),
    ("function", "np.where(a, b, 0)", "b"),
    ("transpose", "np.dot(a, b)", "np.dot(b, a)"),
    ("index", "a[1:]", "a[2:]"),
    ("index", "range(b)", "range(b - 1)"),
    ("index", "a.shape[0]", "a.shape[1]"),
    ("dtype", "a.astype(int)", "a"),
    ("dtype", "a.sum() - (a - b)", "a.sum() - (np.float32(a) - b)"),
    ("inplace", "a = a - a[0]", "a -= a[0]"),
    ("inplace", "np.exp(a)", "np.exp(a, out=a)"),
    ("state", "np.array(a)", "a"),
    ("state", "np.array(a, order='F')", "np.asarray(a, order='F')"),
    ("boolean", "not a", "a"),
    ("boolean", "a and b", "b"),
    ("boolean", "draw(replace=False)", "draw(replace=True)"),
    ("comparison", "a is None", "a is not None"),
]


def text_of(line: str) -> str:
    return f'import numpy as np\n\n\ndef f(a, b, K=3):\n    """Words: 1 + 1."""\n    {line}\n'


def bodies(found: list[mutants.Mutant], kind: str) -> list[str]:
    """The changed line of every mutant of a kind, written in one way."""
    chosen = [m for m in found if m.kind == kind]
    return [ast.unparse(ast.parse(m.text).body[-1].body[-1]) for m in chosen]  # type: ignore[attr-defined]


def as_statement(text: str) -> str:
    """An expression by itself would be no place for a mistake."""
    return f"c = {text}" if isinstance(ast.parse(text).body[0], ast.Expr) else text


@pytest.mark.parametrize(
    ("kind", "line", "changed"), [(k, *v) for k, v in KINDS.items()] + MORE
)  # fmt: skip
def test_a_kind_makes_its_mistake(kind: str, line: str, changed: str) -> None:
    """Every kind of mistake is made where there is room for it."""
    line, changed = (as_statement(text) for text in (line, changed))
    found = mutants.every(text_of(line), ["f"])
    assert ast.unparse(ast.parse(changed)) in bodies(found, kind)


def test_every_kind_is_tried_here() -> None:
    """A new kind comes with an example."""
    assert set(KINDS) == set(mutants.KINDS)


def test_precedence_is_kept() -> None:
    """What binds weaker than its surroundings gets brackets."""
    found = mutants.every(text_of("c = a - a * b"), ["f"])
    assert "c = a - a / b" in bodies(found, "operator")
    found = mutants.every(text_of("c = (a + b) * K"), ["f"])
    assert "c = (a - b) * K" in bodies(found, "operator")


REFERENCE = '''\
"""A module."""

import numpy as np

LIMIT = 1 + 1


def given(x):
    return x + 5


def other(x):
    return x - 7


def f(x: int = 2 + 2):
    """Gives 1 + 1."""
    ### BEGIN SOLUTION
    assert x + 1
    if x < 0:
        raise ValueError(x * 2)
    print(x * 3)
    return helper(given(x)) * 4  # four
    ### END SOLUTION


### BEGIN SOLUTION
def helper(x):
    return x / 9


### END SOLUTION
class A:
    def g(self, x):
        y = x + 11
        ### BEGIN SOLUTION
        y = y + 12
        ### END SOLUTION
        return y + 13

    def unused(self, x):
        return x + 14
'''


def test_only_what_students_write_is_changed() -> None:
    """No docstring, hint, default, assert, raise or print, and nothing that is given or unused."""
    lines = {m.line for m in mutants.every(REFERENCE, ["f", "A.g"])}
    text = REFERENCE.splitlines()
    assert {text[line - 1].strip() for line in lines} == {
        "return helper(given(x)) * 4  # four",
        "return x / 9",
        "y = y + 12",
    }


def test_without_marks_everything_counts() -> None:
    """Of a text without marks all of a graded function may be changed, and what it calls."""
    plain = "\n".join(line for line in REFERENCE.splitlines() if "###" not in line)
    changed = {m.function for m in mutants.every(plain, ["f", "A.g"])}
    assert changed == {"f", "given", "helper", "A.g"}


def test_a_graded_function_that_is_given_is_changed() -> None:
    """A graded function without marks is handed out whole and may be rewritten."""
    assert {m.function for m in mutants.every(REFERENCE, ["A.unused"])} == {"A.unused"}


def test_mutants_compile_differ_and_change_one_function() -> None:
    """Every mutant is valid, another program than the reference, and the same elsewhere."""
    found = mutants.every(REFERENCE, ["f", "A.g"])
    programs = [ast.dump(ast.parse(overlay.apply(REFERENCE, m.text))) for m in found]
    assert len({*programs, ast.dump(ast.parse(REFERENCE))}) == len(found) + 1
    for mutant in found:
        assert reach.touched(REFERENCE, mutant.text, ["numpy"]) == {mutant.function}
        compile(overlay.apply(REFERENCE, mutant.text), "<mutant>", "exec")
        old, new = REFERENCE.splitlines(), overlay.apply(REFERENCE, mutant.text).splitlines()
        assert [a == b for a, b in zip(old, new, strict=True)].count(False) == 1
        assert old[mutant.line - 1] != new[mutant.line - 1]


def test_an_overlay_is_read_like_any_other(tmp_path: Path) -> None:
    """A mutant's text is an overlay whose sentence says what was changed."""
    (mutant,) = [m for m in mutants.every(REFERENCE, ["f"], "mod") if m.sentence.endswith("/ 4`")]
    (tmp_path / "m.py").write_text(mutant.text, encoding="utf-8")
    read = overlay.read(tmp_path / "m.py")
    assert read.module == "mod"
    assert read.sentence == (
        "The reference, but in line 23: `helper(given(x)) * 4` became `helper(given(x)) / 4`."
    )
    assert mutant.name == "f__operator_1"


def test_long_sentences_are_cut_to_what_differs() -> None:
    """A sentence quotes the place of a change, not a whole page."""
    terms = " + ".join(f"name_of_term_{i}" for i in range(30))
    for mutant in mutants.every(text_of(f"c = {terms}"), ["f"]):
        assert len(mutant.sentence) < 200


def test_quotes_and_backslashes_stay_out_of_the_docstring() -> None:
    """Whatever the source holds, the overlay is valid Python."""
    found = mutants.every(text_of(r'c = [a, r"""x\d"""] + [b]'), ["f"])
    assert found
    for mutant in found:
        assert ast.get_docstring(ast.parse(mutant.text))


def test_the_same_seed_gives_the_same_mutants() -> None:
    """Text and seed decide; another seed chooses others; all of them when there are too few."""
    chosen = [mutants.mutants(REFERENCE, ["f", "A.g"], 5, seed) for seed in (0, 0, 1)]
    assert chosen[0] == chosen[1] != chosen[2]
    assert len(chosen[0]) == 5
    every = mutants.every(REFERENCE, ["f", "A.g"])
    assert mutants.mutants(REFERENCE, ["f", "A.g"], 1000, 0) == every
    assert set(chosen[0]) <= set(every)


def test_mutants_are_spread_over_functions_and_kinds() -> None:
    """No function and no kind takes the places of the others."""
    body = "".join(f"    a = a * {i} + b\n" for i in range(40))
    text = f"def f(a, b):\n{body}    return a\n\n\ndef g(a, b):\n    return a < b and a - b\n"
    found = mutants.mutants(text, ["f", "g"], 8, 0)
    assert sum(m.function == "g" for m in found) == 4
    assert len({m.kind for m in found if m.function == "g"}) >= 3
    assert len({m.kind for m in found if m.function == "f"}) >= 3


def test_numpy_is_called_by_its_name() -> None:
    """Under whatever name; a module without it gets no call of it."""
    body = "def f(a_N):\n    return a_N - a_N[0]\n"
    for line, called in [
        ("import numpy", "numpy"),
        ("import numpy as xp", "xp"),
        ("import autograd.numpy as ag_np", "ag_np"),
        ("from numpy import sum", None),
    ]:
        texts = [m.text for m in mutants.every(f"{line}\n\n\n{body}", ["f"])]
        made = [text for text in texts if "float32" in text or "out=" in text]
        assert bool(made) == (called is not None)
        assert all(f"{called}.float32(" in t or f"{called}.subtract(" in t for t in made)


def test_functions_that_are_not_there_are_left_out() -> None:
    """A method that another module's class defines has no mutant here."""
    assert mutants.every(REFERENCE, ["A.inherited", "nothing"]) == []


def _assignment(**questions: tuple[str | None, str]) -> Assignment:
    return Assignment(
        name="two",
        title="Two",
        files=("one.py", "two.py"),
        questions=tuple(
            Question(key, key, 1, functions=(function,), module=module)
            for key, (module, function) in questions.items()
        ),
    )


def test_modules_of_an_assignment_are_told_apart() -> None:
    """Of an assignment of several files each mutant names its module, and no two share a name."""
    text = "def f(a):\n    return a + 1\n"
    assignment = _assignment(a=(None, "f"), b=("two", "f"), c=("two", "g"))
    sources = {"one.py": text, "two.py": text + text.replace("f", "g", 1).replace("deg", "def")}
    found = mutants.of_assignment(assignment, sources, 100, 0)
    assert len({m.name for m in found}) == len(found)
    assert {m.module for m in found} == {None, "two"}
    assert "one.f__operator_1" in {m.name for m in found}
    assert "two.f__operator_1" in {m.name for m in found}
    assert mutants.of_assignment(assignment, sources, 4, 3) == mutants.of_assignment(
        assignment, sources, 4, 3
    )


def test_the_small_course_has_mutants() -> None:
    """The reference of the small course gives overlays that its misconceptions could be."""
    found = mutants.mutants(mini.REFERENCE, ["double", "Sums.total"], 6, 0)
    assert {m.function for m in found} == {"double", "Sums.total"}
    assert any(
        "`2 * np.asarray(x)`" in m.sentence for m in mutants.every(mini.REFERENCE, ["double"])
    )
