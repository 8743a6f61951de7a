"""A whole course small enough to read: one assignment, two functions, five cases."""

from __future__ import annotations

from pathlib import Path

CONFIG = """\
course: A small course
assignments:
  mini:
    title: Small sums
    points: 6
    files: [mini.py]
    allowed_imports: [numpy]
    preload: [numpy]
    seed: 7
    limits: {call_seconds: 2, case_seconds: 10}
    questions:
      "1":
        title: Doubling
        points: 4
        functions: [double]
        cases:
          double_by_hand: {points: 1, visibility: visible}
          double_values: {points: 2}
          double_keeps_input: {points: 1, requires: double_values}
      "2":
        title: Total
        points: 2
        functions: [Sums.total]
        cases:
          total_by_hand: {points: 1, visibility: visible}
          total_uses_double: {points: 1}
      "3":
        title: Why
        points: 2
        written: true
"""

REFERENCE = '''\
"""Small sums."""

import numpy as np


def double(x):
    """Twice every element of x."""
    ### BEGIN SOLUTION: twice every element
    twice_of_every_element = 2 * np.asarray(x)
    return twice_of_every_element
    ### END SOLUTION


class Sums:
    """Sums of things."""

    def total(self, x):
        """Sum of the doubled elements of x."""
        ### BEGIN SOLUTION
        doubled_elements = double(x)
        return float(doubled_elements.sum())
        ### END SOLUTION
'''

PUBLIC = '''\
"""Public checks of the small course."""

import numpy as np

from autograder.compare import as_scalar, assert_close, assert_true


def test_double_by_hand(student, tolerance):
    """Every element is doubled."""
    got = student.double(np.array([1.0, 2.0]))
    assert_close(got, np.array([2.0, 4.0]), **tolerance, hint="Multiply by two.")


def test_total_by_hand(student):
    """The total of 1 and 2 is 6."""
    total = as_scalar(student.Sums().total(np.array([1.0, 2.0])))
    assert_true(total == 6, "The total is not right.", detail=f"got {total}, wanted 6")
'''

HIDDEN = '''\
"""Hidden checks of the small course."""

import numpy as np

from autograder.compare import as_scalar, assert_close, assert_true, assert_unchanged


def test_double_values(student, reference, rng, tolerance, part):
    """Doubling works for rows and for tables."""
    row = rng.normal(size=4) + 1234.5
    with part(0.5, "a row"):
        assert_close(student.double(row), reference.double(row), **tolerance)
    with part(0.5, "a table"):
        table = rng.normal(size=(3, 2)) + 1234.5
        assert_close(student.double(table), reference.double(table), **tolerance)


def test_double_keeps_input(student):
    """The input is left as it was."""
    before = np.array([1.0, 2.0])
    kept = student.put(before)
    student.double(kept)
    assert_unchanged(student.fetch(kept), before)
    assert_close(student.double(before), 2 * before, rtol=0, atol=0)


def test_total_uses_double(student, reference):
    """The total is of the doubled elements, whatever doubling is."""
    student.replace("double", lambda x: 10 * np.asarray(x))
    total = as_scalar(student.Sums().total(np.array([1.0, 2.0])))
    assert_true(total == 30, "The total does not call double.")
'''

NOTEBOOK = """\
# %% [markdown]
# # Small sums

# %%
from mini import double

print(double([1, 2]))
"""

SQUARES = '''\
"""You square the elements; twice an element is something else.

loses: [double_by_hand, double_values, double_keeps_input]
may_lose: [total_by_hand]
"""


def double(x):
    return np.asarray(x) ** 2
'''

ADDS = '''\
"""Adds the array to itself."""


def double(x):
    x = np.asarray(x)
    return x + x
'''


def write(root: Path) -> Path:
    """Write the course below ``root`` and return ``root``."""
    files = {
        "grading_config.yaml": CONFIG,
        "solutions/mini/README.md": "# Small sums\n\nDouble, then add.\n",
        "solutions/mini/mini.py": REFERENCE,
        "solutions/mini/notebook.py": NOTEBOOK,
        "solutions/mini/checks/public/test_mini_public.py": PUBLIC,
        "solutions/mini/checks/hidden/test_mini_hidden.py": HIDDEN,
        "solutions/mini/misconceptions/double__squares.py": SQUARES,
        "solutions/mini/variants/adds.py": ADDS,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "data").mkdir(exist_ok=True)
    return root
