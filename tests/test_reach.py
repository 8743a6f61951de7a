"""Which cases can see a change: read from the two texts and a trace, and never too few."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import reach

REFERENCE = '''
"""A module."""
import numpy as np

LIMIT = 3


def double(x):
    def inner(y):
        return 2 * y
    return inner(x)


@staticmethod
def total(x):
    return np.sum(double(x))


class Model:
    size = 1

    def fit(self, x):
        return self.step(x)

    def step(self, x):
        return min(x, LIMIT)
'''
ALLOWED = ["numpy"]


@pytest.mark.parametrize(
    ("overlay", "found"),
    [
        ("def double(x):\n    return x\n", {"double"}),
        ('"""Words."""\nimport numpy as np\ndef total(x):\n    return helper(x)\n'
         "def helper(x):\n    return x\n", {"total"}),
        ("class Model:\n    def step(self, x):\n        return x\n", {"Model.step"}),
        ("TINY = 1\nclass Model:\n    def fit(self, x):\n        return TINY\n", {"Model.fit"}),
        ("import numpy.linalg as la\ndef double(x):\n    return la.norm(x)\n", {"double"}),
        ("class Helper:\n    pass\ndef double(x):\n    return Helper()\n", {"double"}),
    ],
)  # fmt: skip
def test_what_a_change_touches(overlay: str, found: set[str]) -> None:
    """Only functions that stand in both; what is new is reached through them alone."""
    assert reach.touched(REFERENCE, overlay, ALLOWED) == found


@pytest.mark.parametrize(
    "overlay",
    [
        "LIMIT = 4\n",
        "def min(a, b):\n    return a\n",
        "from numpy import sum as np\ndef double(x):\n    return x\n",
        "import math as min\ndef double(x):\n    return x\n",
        "import scipy\ndef double(x):\n    return x\n",
        "def double(x):\n    import scipy\n    return x\n",
        "def double(x):\n    from scipy import special\n    return x\n",
        "class Model:\n    size = 2\n",
        "class Model:\n    def __init__(self):\n        self.size = 3\n",
        "class min:\n    pass\n",
        "print('at import')\n",
        "LIMIT, other = 1, 2\n",
        "for i in range(3):\n    LIMIT = i\n",
        "Model.step = None\n",
    ],
)
def test_what_may_reach_everything(overlay: str) -> None:
    """A name that the program uses, a statement at the top, another package: nothing is known."""
    assert reach.touched(REFERENCE, overlay, ALLOWED) is None


def test_what_ran_is_read_from_first_lines() -> None:
    """A nested function is its owner's; a decorated one begins at the decorator."""
    lines = REFERENCE.splitlines()
    inner = 1 + next(i for i, line in enumerate(lines) if "def inner" in line)
    decorator = 1 + lines.index("@staticmethod")
    step = 1 + next(i for i, line in enumerate(lines) if "def step" in line)
    trace = frozenset({("m.py", inner), ("m.py", decorator), ("m.py", step), ("other.py", step)})
    assert reach.ran(trace, {"m.py": REFERENCE}) == {
        "m.py:double",
        "m.py:total",
        "m.py:Model.step",
    }


def test_checks_that_read_the_source(tmp_path: Path) -> None:
    """They see every change."""
    path = tmp_path / "test_a.py"
    path.write_text(
        "def test_one(student, source):\n    pass\n\n\ndef test_two(student):\n    pass\n\n\n"
        "def helper(source):\n    pass\n"
    )
    assert reach.readers([path]) == {"one"}
