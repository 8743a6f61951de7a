"""The oracles: what is kept is what they give, and other ways to the same numbers agree."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import special, stats
from scipy.spatial.distance import cdist

from autograder import bundle, config, digits, handout
from autograder.digits import Array, Condition
from autograder.gradescope import Settings

ROOT = Path(__file__).parent.parent
ASSIGNMENTS = ("hw2_clustering", "cp4_gmm")
KEPT = "checks/hidden/exact_digits.json"


def _file(assignment: str) -> Path:
    return ROOT / "solutions" / assignment / KEPT


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def oracle(request: pytest.FixtureRequest) -> ModuleType:
    """The oracle of each assignment, as a module."""
    pytest.importorskip("mpmath")
    path = ROOT / "solutions" / request.param / "oracle.py"
    spec = importlib.util.spec_from_file_location(f"oracle_of_{request.param}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_is_what_the_oracle_gives(oracle: ModuleType) -> None:
    """Nobody changed an input or an answer without working them out anew: run `make oracle`."""
    assert oracle.FILE.read_text(encoding="utf-8") == digits.text(oracle.sweeps())


def test_more_digits_change_nothing(oracle: ModuleType) -> None:
    """50 digits are enough: with 700, which hold 1e300 and 1e-300 in one sum, all is the same."""
    assert digits.text(oracle.sweeps(700)) == digits.text(oracle.sweeps())


def _conditions(case: str) -> Iterator[tuple[Condition, int]]:
    for assignment in ASSIGNMENTS:
        for sweep in digits.read(_file(assignment)).get(case, ()):
            for condition in sweep.conditions:
                for i in range(len(condition.exact)):
                    yield condition, i


def _harmless(*arrays: Array) -> bool:
    """Whether float64 by the book, without any care, is good for some ten digits."""
    finite = [a.astype(np.float64)[np.isfinite(a)] for a in arrays]
    sizes = np.concatenate([np.abs(a).ravel() for a in finite])
    return bool(sizes.max(initial=0.0) <= 1e4)


def _log_joint(points: Array, log_pi: Array, mu: Array, sigma: Array) -> Array:
    points, log_pi, mu, sigma = (a.astype(np.float64) for a in (points, log_pi, mu, sigma))
    return log_pi + stats.norm.logpdf(points[:, None, :], mu, sigma).sum(axis=2)


def _sigma(args: tuple[Array, ...], reading: int) -> Array:
    """The deviations, where sigma is read as them (0) or as variances (1)."""
    return np.sqrt(args[3].astype(np.float64)) if reading else args[3].astype(np.float64)


def _by_scipy(case: str, args: tuple[Array, ...], reading: int) -> Array:
    if case == "pairwise_dist_digits":
        return cdist(args[0].astype(np.float64), args[1].astype(np.float64))
    if case == "softmax_digits":
        return special.softmax(args[0].astype(np.float64), axis=1)
    if case == "logsumexp_digits":
        return special.logsumexp(args[0].astype(np.float64), axis=1, keepdims=True)
    if case in ("ll_joint_digits", "e_step_digits"):
        log_pi = np.log(args[1].astype(np.float64))
        joint = _log_joint(args[0], log_pi, args[2], _sigma(args, reading))
    else:
        joint = _log_joint(*args)
    if case == "ll_joint_digits":
        return joint
    if case.endswith("step_digits"):
        return special.softmax(joint, axis=1)
    return np.asarray(-special.logsumexp(joint, axis=1).sum())


CASES = {
    "pairwise_dist_digits": 14,
    "softmax_digits": 15,
    "logsumexp_digits": 15,
    "ll_joint_digits": 20,
    "e_step_digits": 16,
    "neg_log_lik_digits": 10,
    "ag_neg_log_lik_digits": 10,
    "estep_digits": 14,
}
"""Every sweeping case, and a number of its conditions that are harmless, readings counted."""


def test_every_sweeping_case_has_its_sweeps() -> None:
    """Config, file and the list above speak of the same cases."""
    course = config.load(ROOT / "grading_config.yaml")
    asked = {case.name for a in course.assignments for case in a.cases if case.digits}
    kept = {name for assignment in ASSIGNMENTS for name in digits.read(_file(assignment))}
    assert asked == kept == set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_scipy_agrees_where_inputs_are_harmless(case: str) -> None:
    """Formulas of another hand, in float64, give the exact answers to ten digits."""
    compared = 0
    for condition, i in _conditions(case):
        if _harmless(*condition.args):
            got = _by_scipy(case, condition.args, i)
            assert got.shape == condition.exact[i].shape
            kept = digits.kept(got, condition.exact[i], condition.scale[i])
            # At 1e4 deviations a log density is 5e7: half of the digits of its exp are gone.
            assert kept > (7.0 if case.endswith("step_digits") else 10.0), condition.name
            compared += 1
    assert compared >= CASES[case]


@pytest.mark.parametrize("case", CASES)
def test_a_sweep_asks_something_and_zero_is_not_right(case: str) -> None:
    """Scales are above zero and not so large that an answer of zeros would keep digits."""
    for condition, i in _conditions(case):
        exact, scale = condition.exact[i], condition.scale[i]
        assert np.isfinite(exact).all()
        assert np.isfinite(scale).all()
        assert (scale > 0).all()
        assert len({e.shape for e in condition.exact}) == 1
        worth = digits.kept(np.zeros(exact.shape), exact, scale)
        assert worth < 3, condition.name


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_graders_get_the_file_and_students_do_not(name: str) -> None:
    """The bundle has the exact answers, and not the oracle; the handout has neither."""
    assignment = config.assignment(config.load(ROOT / "grading_config.yaml"), name)
    bundled = bundle.contents(assignment, ROOT, Settings(name))
    assert bundled[f"solutions/{name}/{KEPT}"] == _file(name).read_bytes()
    assert not [path for path in bundled if "oracle" in path]
    handed_out = handout.contents(assignment, ROOT)
    assert not [path for path in handed_out if "exact" in path or "oracle" in path]
