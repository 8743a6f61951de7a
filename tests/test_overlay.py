"""Overlays: a reference with one thing changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import overlay

BASE = '''"""Doc."""

import numpy as np

GIVEN = 1


@staticmethod
def first(x):
    # why
    return x


class Thing:
    """A thing."""

    def one(self):
        return 1

    def two(self):
        return 2


def last():
    return "last"
'''


def names(text: str) -> dict[str, object]:
    space: dict[str, object] = {}
    exec(compile(text, "made", "exec"), space)
    return space


def test_a_function_is_replaced_whole() -> None:
    """Decorators go with it; everything else stays byte for byte."""
    made = overlay.apply(BASE, '"""S."""\n\ndef first(x):\n    return -x\n')
    assert made == BASE.replace(
        "@staticmethod\ndef first(x):\n    # why\n    return x\n", "def first(x):\n    return -x\n"
    )


def test_methods_are_replaced_and_added() -> None:
    """A class of the same name keeps its other methods."""
    change = '''"""S."""
class Thing:
    K = 3
    def two(self):
        return 22
    def three(self):
        return self.K
'''
    made = overlay.apply(BASE, change)
    thing = names(made)["Thing"]()  # type: ignore[operator]
    assert (thing.one(), thing.two(), thing.three()) == (1, 22, 3)
    assert thing.__doc__ == "A thing."


def test_new_names_come_after_the_imports() -> None:
    """Imports, constants and helpers of the overlay can be used by what it replaces."""
    made = overlay.apply(BASE, '"""S."""\nimport os\nC = os.sep\ndef helper():\n    return C\n')
    assert names(made)["helper"]() == __import__("os").sep  # type: ignore[operator]
    assert made.index("import numpy") < made.index("import os") < made.index("GIVEN")


def test_a_new_class_may_inherit_from_the_references(tmp_path: Path) -> None:
    """It comes last, when all of the reference is defined."""
    made = overlay.apply(BASE, '"""S."""\nclass More(Thing):\n    pass\n')
    assert names(made)["More"]().two() == 2  # type: ignore[operator]


def read(tmp_path: Path, text: str) -> overlay.Overlay:
    path = tmp_path / "thing__wrong.py"
    path.write_text(text)
    return overlay.read(path)


def test_the_docstring_says_sentence_and_cases(tmp_path: Path) -> None:
    """First paragraph: the sentence, on one line. Second: what it loses."""
    found = read(tmp_path, '"""You are\nwrong.\n\nloses: [a, b]\nmay_lose: [c]\n"""\n')
    assert (found.name, found.sentence) == ("thing__wrong", "You are wrong.")
    assert (found.loses, found.may_lose, found.module) == (("a", "b"), ("c",), None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1\n", "no docstring"),
        ('"""S."""\ndef f(:\n', "line 2: not valid Python"),
        ('"""S.\n\nloses: [\n"""\n', "not YAML"),
        ('"""S.\n\nMore prose.\n"""\n', "holds only module, loses, may_lose"),
        ('"""S.\n\nlooses: [a]\n"""\n', "holds only module, loses, may_lose"),
        ('"""S.\n\nloses: a\n"""\n', "loses is a list of case names"),
    ],
)
def test_a_bad_overlay_is_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    """File and fact."""
    with pytest.raises(overlay.OverlayError, match=words) as caught:
        read(tmp_path, text)
    assert "thing__wrong.py" in str(caught.value)


def test_what_an_overlay_defines_is_listed() -> None:
    """Functions and methods by their whole names, in order; values and imports are no functions."""
    one = "import os\nA = 1\n\ndef one(x):\n    def inner(): ...\n"
    text = f"{one}\nclass T:\n    B = 2\n    def two(self): ...\n"
    assert overlay.defined(text) == ("one", "T.two")
    assert overlay.defined('"""Only words."""') == ()
