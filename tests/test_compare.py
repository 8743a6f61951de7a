"""What ``compare`` accepts and refuses, and the words it says."""

from __future__ import annotations

import pickle
import warnings
from collections import namedtuple
from fractions import Fraction
from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.compare import (
    Mismatch,
    as_array,
    as_labels,
    as_scalar,
    assert_close,
    assert_probabilities,
    assert_same_components,
    assert_same_partition,
    assert_true,
    assert_unchanged,
    unpack,
)

TIGHT = {"rtol": 1e-6, "atol": 1e-9}
quick = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


# Whatever a student may return ------------------------------------------------


class Liar:
    """Says yes to every question and breaks at every touch."""

    def __eq__(self, other):
        return True

    __hash__ = None

    def __getattribute__(self, name):
        raise RuntimeError(name)

    def __len__(self):
        raise RuntimeError

    def __iter__(self):
        raise RuntimeError

    def __repr__(self):
        raise RuntimeError

    def __array__(self, *args, **kwargs):
        return np.ones((2, 3))


class Meta(type):
    @property
    def __name__(cls):
        raise RuntimeError

    def __hash__(cls):
        raise RuntimeError


class OddClass(metaclass=Meta):
    pass


class OddFloat(float):
    def __float__(self):
        raise RuntimeError

    def __repr__(self):
        raise RuntimeError


class OddInt(int):
    def __index__(self):
        raise RuntimeError

    def bit_length(self):
        raise RuntimeError


class OddNumpyFloat(np.float64):
    def __array__(self, *args, **kwargs):
        raise RuntimeError


class OddStr(str):
    __slots__ = ()

    def __getitem__(self, key):
        raise RuntimeError


class OddTuple(tuple):
    __slots__ = ()

    def __iter__(self):
        raise RuntimeError

    def __len__(self):
        raise RuntimeError


class OddArray(np.ndarray):
    """A subclass that is equal to everything."""

    def __eq__(self, other):
        return np.ones(self.shape, dtype=bool)

    __hash__ = None

    def __array_finalize__(self, parent):
        if parent is not None and type(parent) is OddArray:
            raise RuntimeError

    def __array_ufunc__(self, *args, **kwargs):
        raise RuntimeError


def _itself():
    loop = [1.0]
    loop.append(loop)
    return loop


Pair = namedtuple("Pair", "a b")
STRANGE = [
    None,
    Liar(),
    OddClass(),
    OddClass,
    OddFloat(1.0),
    OddInt(1),
    OddNumpyFloat(1.0),
    OddStr("x" * 100),
    OddTuple((1.0, 2.0)),
    np.arange(6.0).view(OddArray),
    np.ones((2, 3)).view(OddArray),
    _itself(),
    Pair(np.ones(3), None),
    SimpleNamespace(kind_name="MaskedArray"),
    SimpleNamespace(kind_name="ndarray of object"),
    SimpleNamespace(kind_name="ndarray of datetime64[ns]"),
    SimpleNamespace(kind_name="line\nbreak \x1b[31m"),
    SimpleNamespace(kind_name=3),
    Fraction(1, 3),
    10**5000,
    -(2**63) - 1,
    True,
    b"\xff",
    "\ud800",
    {},
    {"a": np.ones(3)},
    set(),
    range(3),
    (x for x in "ab"),
    len,
    np,
    np.nan,
    1j,
    np.float16(np.inf),
    np.longdouble("1e4000"),
    np.datetime64("2020-01-01"),
    np.str_("text"),
    np.void(b"abc"),
    np.complex64(1j),
    np.ma.array([1.0, 2.0], mask=[True, False]),
    np.ma.masked,
    np.array([[1.0], [1.0, 2.0]], dtype=object),
    np.array([None, 1.0]),
    np.array(["a", "b"]),
    np.array([b"a"]),
    np.array([("a", 1.0)], dtype=[("name\nof student", "U3"), ("x", "f8")]),
    np.zeros(3, dtype="V4"),
    np.array([], dtype=float),
    np.zeros((0, 3)),
    np.zeros((2, 3), dtype=">f8"),
    np.full((2, 3), np.longdouble("1e4000")),
    np.array("NaT", dtype="m8[s]"),
    [[1, 2], [3]],
    [[], [[]], 1],
    [np.ones(2), np.ones(3), np.float64(3)],
    [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
    (np.ones(3), np.ones((3, 2)), "sigma"),
]

dtypes = st.one_of(
    hnp.scalar_dtypes(),
    hnp.byte_string_dtypes(),
    hnp.unicode_string_dtypes(),
    hnp.array_dtypes(allow_subarrays=False),
    st.just(np.dtype(object)),
    st.just(np.dtype(np.longdouble)),
)
shapes = st.one_of(
    hnp.array_shapes(min_dims=0, max_dims=6, min_side=0, max_side=4),
    st.sampled_from([(2, 3), (3,), (3, 1), (1, 3), (3, 3), ()]),
)
arrays = hnp.arrays(dtypes, shapes, elements=None, fill=st.nothing()) | hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.uint8, np.bool_]), shapes
)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=80),
    st.binary(max_size=5),
    hnp.from_dtype(np.dtype("f4")),
    arrays,
    arrays.filter(lambda a: a.dtype.names is None).map(lambda a: np.ma.array(a, mask=False)),
    # By number: not even Hypothesis may look at some of them.
    st.integers(0, len(STRANGE) - 1).map(lambda i: STRANGE[i]),
)
anything = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_leaves=6,
)

A_23 = np.array([[0.5, -2.0, 3.0], [1e-3, 7.0, 1e6]])
PI, MU, SIGMA = np.array([0.2, 0.3, 0.5]), np.arange(6.0).reshape(3, 2), np.full((3, 2), 0.1)
EVERY_JUDGE = [
    lambda got: as_array(got),
    lambda got: as_array(got, shape=(None, 3), kind="fi"),
    lambda got: as_array(got, shape=[(), (3,)], kind="b"),
    lambda got: as_scalar(got),
    lambda got: as_scalar(got, finite=False),
    lambda got: as_labels(got, 3, 2),
    lambda got: unpack(got, ("pi", "mu")),
    lambda got: unpack(got, ("pi", "mu", "sigma"), extra=2),
    lambda got: assert_close(got, A_23, **TIGHT),
    lambda got: assert_close(got, 1.0, **TIGHT),
    lambda got: assert_close(got, PI, shape=[(3,), (1, 3), (3, 1)], **TIGHT),
    lambda got: assert_close(got, PI, shape=(None, None), kind="fi", **TIGHT),
    lambda got: assert_close(got, [np.nan, np.inf, 0.0], nan_ok=True, float32_ok=True, **TIGHT),
    lambda got: assert_close(got, np.zeros((0, 3)), **TIGHT),
    lambda got: assert_close(got, np.array([1, 2, 2**62 + 1]), kind="i", **TIGHT),
    lambda got: assert_same_partition(got, np.array([0, 0, 1])),
    lambda got: assert_same_components(got, (PI, MU, SIGMA), **TIGHT),
    lambda got: assert_same_components((got, got), (PI, PI), **TIGHT),
    lambda got: assert_unchanged(got, A_23),
    lambda got: assert_unchanged(got, np.array([1, 2, 3])),
    lambda got: assert_probabilities(got),
    lambda got: assert_probabilities(got, axis=2),
    lambda got: assert_probabilities(got, axis=0, shape=(3, None)),
]


def judge_with_everything(got):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for judge in EVERY_JUDGE:
            failure = None
            try:
                judge(got)
            except Mismatch as wrong:
                failure = wrong
            if failure is not None:
                assert failure.message
                assert len(str(failure)) < 5000
                assert str(failure).startswith(failure.message)


@pytest.mark.parametrize("number", range(len(STRANGE)))
def test_strange_answers_are_wrong_or_right_and_nothing_else(number):
    """Whatever odd object comes back, a judge passes or raises Mismatch, without a warning."""
    judge_with_everything(STRANGE[number])


@settings(quick, max_examples=300)
@given(anything)
def test_any_answer_is_wrong_or_right_and_nothing_else(got):
    """Whatever data comes back, a judge passes or raises Mismatch, without a warning."""
    judge_with_everything(got)


@quick
@given(st.data())
def test_any_array_of_the_right_shape_is_judged(data):
    """Arrays that pass the shape test are judged down to their values, whatever the dtype."""
    shape = data.draw(st.sampled_from([(2, 3), (3,), (3, 3), ()]))
    judge_with_everything(data.draw(hnp.arrays(data.draw(dtypes), shape)))


def test_a_message_repeats_no_text_of_a_student():
    """Names that a student can choose never reach the message, which all may read."""
    secret = type("SecretValue", (), {})()
    strange = [
        secret,
        SimpleNamespace(kind_name="SecretValue"),
        np.zeros(3, dtype=[("SecretValue", "f8")]),
        SimpleNamespace(kind_name="ndarray of SecretValue"),
        "SecretValue",
        {"SecretValue": 1},
        ["SecretValue"],
    ]
    for got in strange:
        for judge in EVERY_JUDGE:
            with pytest.raises(Mismatch) as wrong:
                judge(got)
            assert "Secret" not in wrong.value.message


@quick
@given(hnp.arrays(np.float64, (2, 3), elements=st.floats(100, 999)), st.integers(0, 5))
def test_a_message_holds_no_values(want, i):
    """Numbers of inputs and answers stand in the detail, never in the message."""
    for got in (want * 2 + np.arange(6).reshape(2, 3), want.T, want + 5, want**2, want[0]):
        with pytest.raises(Mismatch) as wrong:
            assert_close(got, want, what="f", **TIGHT)
        numbers = {x for x in _numbers(wrong.value.message) if abs(x) > 9}
        assert not numbers


def _numbers(text):
    for word in text.replace("(", " ").replace(")", " ").replace(",", " ").split():
        try:
            yield float(word.rstrip(".:"))
        except ValueError:
            continue


# Right is right, wrong is wrong -------------------------------------------------

wants = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=0, max_dims=3), elements=st.floats(-1e9, 1e9)
)


@quick
@given(wants, st.floats(0, 1e-2), st.floats(0, 1e-2), st.sampled_from(["same", "order", "bytes"]))
def test_equal_values_always_pass(want, rtol, atol, form):
    """Equal values pass at any tolerance, zero included, in any memory order and byte order."""
    got = {
        "same": want.copy(),
        "order": want.copy(order="F"),
        "bytes": want.astype(">f8"),
    }[form]
    assert_close(got, want, rtol=rtol, atol=atol)


@quick
@given(wants, st.data())
def test_one_element_beyond_the_tolerance_always_fails(want, data):
    """One element further off than the tolerance fails, and is named as the first difference."""
    rtol, atol = data.draw(st.sampled_from([(0, 1e-6), (1e-6, 1e-9), (1e-3, 0.1)]))
    at = data.draw(st.integers(0, want.size - 1))
    index = np.unravel_index(at, want.shape)
    sign = data.draw(st.sampled_from([-1, 1]))
    got = want.copy()
    got[index] += sign * (1.01 * (atol + rtol * abs(want[index])) + 1e-6)
    with pytest.raises(Mismatch) as wrong:
        assert_close(got, want, rtol=rtol, atol=atol)
    if want.size > 1:
        assert f"1 of {want.size} values is wrong" in wrong.value.message
        assert f"[{', '.join(map(str, index))}]" in wrong.value.detail.splitlines()[0]


@quick
@given(wants, st.data())
def test_within_the_tolerance_always_passes(want, data):
    """Every element a little closer than the tolerance passes."""
    rtol, atol = data.draw(st.sampled_from([(0, 1e-6), (1e-6, 1e-9), (1e-3, 0.1)]))
    signs = data.draw(hnp.arrays(np.int8, want.shape, elements=st.sampled_from([-1, 1])))
    # Rounding of want + error may itself be about 1e-7 for values of 1e9.
    error = np.maximum(0.9 * (atol + rtol * np.abs(want)) - 3e-7 * (np.abs(want) > 1), 0)
    assert_close(want + signs * error, want, rtol=rtol, atol=atol)


@quick
@given(wants.filter(lambda a: a.size > 0), st.sampled_from([np.nan, np.inf, -np.inf]), st.data())
def test_not_a_number_never_passes_for_a_number(want, bad, data):
    """NaN and infinity are wrong where a finite value is expected, whatever the tolerance."""
    got = want.copy()
    got[np.unravel_index(data.draw(st.integers(0, want.size - 1)), want.shape)] = bad
    with pytest.raises(Mismatch, match=r"NaN|infinite"):
        assert_close(got, want, rtol=1e9, atol=1e9, nan_ok=True)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (0.0, np.zeros(3)),
        (np.float64(0), np.zeros(1)),
        (np.zeros(1), 0.0),
        (np.zeros(3), np.zeros((3, 1))),
        (np.zeros(3), np.zeros((2, 3))),
        (np.zeros((1, 3)), np.zeros((2, 3))),
        (np.zeros((2, 0)), np.zeros((2, 3))),
        ([0.0, 0.0], np.zeros(2)),
        (np.zeros(2, dtype=int), np.zeros(2)),
        (np.zeros(2, dtype=bool), np.zeros(2)),
        (np.zeros(2, dtype=complex), np.zeros(2)),
        (np.zeros(2, dtype=object), np.zeros(2)),
        (np.ma.zeros(2), np.zeros(2)),
        (0, 0.0),
    ],
)
def test_nothing_is_broadcast_or_converted_on_the_way(got, want):
    """A scalar is no array, a list no array, (3,) is no (3, 1), integers are no floats."""
    with pytest.raises(Mismatch):
        assert_close(got, want, **TIGHT)


def test_nan_and_infinity_match_only_themselves_and_only_where_allowed():
    """Expected infinities must come with their sign; NaN matches NaN with nan_ok only."""
    want = np.array([np.nan, np.inf, -np.inf, 0.0])
    assert_close(want.copy(), want, nan_ok=True, **TIGHT)
    for i, bad in ((0, 1.0), (0, np.inf), (1, -np.inf), (1, np.nan), (1, 1e308), (3, np.nan)):
        got = want.copy()
        got[i] = bad
        with pytest.raises(Mismatch):
            assert_close(got, want, nan_ok=True, **TIGHT)
    with pytest.raises(ValueError, match="nan_ok"):
        assert_close(want, want, **TIGHT)


def test_float32_is_compared_coarsely_only_where_allowed():
    """With float32_ok a float32 answer has rtol 1e-3; a float64 answer keeps its own."""
    want = np.array([1.0, 2.0, 4.5])
    assert_close((want * 1.0005).astype(np.float32), want, float32_ok=True, **TIGHT)
    for got, ok in (
        ((want * 1.0005).astype(np.float32), False),
        ((want * 1.002).astype(np.float32), True),
        (want * 1.0005, True),
    ):
        with pytest.raises(Mismatch):
            assert_close(got, want, float32_ok=ok, **TIGHT)


@quick
@given(hnp.arrays(np.int64, (4,)), st.integers(0, 3))
def test_whole_numbers_are_compared_exactly(want, i):
    """At tolerance zero integers that differ by one are different, beyond 2**53 as well."""
    assert_close(want.copy(), want, rtol=0, atol=0, kind="i")
    got = want.copy()
    got[i] ^= 1
    with pytest.raises(Mismatch):
        assert_close(got, want, rtol=0, atol=0, kind="i")


def test_the_listed_shapes_pass_and_no_others():
    """A list of shapes allows each of them, values compared in order; None allows any length."""
    either = [(3,), (1, 3)]
    for got in (PI, PI[None]):
        assert_close(got, PI, shape=either, **TIGHT)
    for got in (PI[:, None], PI[::-1], PI[None, ::-1]):
        with pytest.raises(Mismatch):
            assert_close(got, PI, shape=either, **TIGHT)
    assert_close(MU, MU, shape=(None, 2), **TIGHT)
    with pytest.raises(Mismatch, match=r"\(2, 2\).*\(3, 2\)"):
        assert_close(MU[:2], MU, shape=(None, 2), **TIGHT)
    with pytest.raises(Mismatch, match=r"\(any, 3\)"):
        as_array(MU, shape=(None, 3))


@pytest.mark.parametrize(
    ("got", "want", "remark"),
    [
        (MU.T.copy(), MU, "transpose"),
        (np.outer([1, 2.0], [1, 3]).T, np.outer([1, 2.0], [1, 3]), "transpose"),
        (PI, PI[:, None], "axes are not"),
        (PI[::-1], PI[:, None], None),
        (np.ones((3, 3)), PI[:, None], "broadcast"),
        (PI * 12, PI, "same factor"),
        (-PI, PI, "wrong sign"),
        (-3.5, 3.5, "wrong sign"),
        (PI + 3, PI, "same amount"),
        (PI**2, PI, "square of"),
        (np.sqrt(PI), PI, "root of"),
        (PI * (1 + 1e-5), PI, "same factor"),
        (PI + np.array([1e-5, 2e-5, -1e-5]), PI, "Close"),
        ((PI + np.array([1e-5, 2e-5, -1e-5])).astype(np.float32), PI, "compute in float64"),
        (np.array([2.0, 2.0]), np.array([1.0, 1.0]), None),
        (np.zeros(3), PI, None),
        (PI * [2, 2, 3], PI, None),
    ],
)
def test_answers_right_but_for_one_simple_change_are_told_so(got, want, remark):
    """The message says which one change would make all of the answer right, or says nothing."""
    with pytest.raises(Mismatch) as wrong:
        assert_close(got, want, **TIGHT)
    remarks = ("transpose", "axes", "broadcast", "factor", "sign", "amount", "square", "root")
    if remark is None:
        assert not any(word in wrong.value.message for word in (*remarks, "Close"))
    else:
        assert remark in wrong.value.message


def test_checked_values_come_out_plain():
    """What was vouched for is a plain array, float or tuple of the student's very values."""
    assert type(as_array(np.ones((2, 3)).view(OddArray))) is np.ndarray
    big_endian = as_array(np.arange(3, dtype=">i4"), kind="i")
    assert big_endian.dtype == np.dtype("=i4")
    assert big_endian.tolist() == [0, 1, 2]
    for got in (2, 2.0, np.float32(2), np.int8(2), np.array(2), OddFloat(2.0)):
        value = as_scalar(got)
        assert type(value) is float
        assert value == 2.0
    for bad in (True, np.True_, "2", [2.0], np.array([2.0]), None, 2j, Fraction(2), np.nan, np.inf):
        with pytest.raises(Mismatch):
            as_scalar(bad)
    for dtype in (np.int64, np.int8, np.uint64):
        labels = as_labels(np.array([2, 0, 1], dtype=dtype), 3, 3)
        assert labels.tolist() == [2, 0, 1]
    for bad in ([0, 0, 3], [-1, 0, 1], [3, 1, 2], [4, 1, 2]):
        with pytest.raises(Mismatch, match=r"outside 0\.\.2") as wrong:
            as_labels(np.array(bad), 3, 3)
        assert ("not from 1" in wrong.value.message) == (bad == [3, 1, 2])
    with pytest.raises(Mismatch, match="outside"):
        as_labels(np.full(3, 2**64 - 1, dtype=np.uint64), 3, 3)
    assert unpack([1, 2, 3], ("a", "b"), extra=1) == (1, 2)
    assert unpack(OddTuple((1, 2)), ("a", "b")) == (1, 2)
    for bad in ((1,), (1, 2, 3, 4), np.ones(2), "ab", None, {0: 1, 1: 2}):
        with pytest.raises(Mismatch):
            unpack(bad, ("a", "b"), extra=1)


# Up to another order ------------------------------------------------------------


@quick
@given(hnp.arrays(np.int64, st.integers(1, 30), elements=st.integers(0, 5)), st.randoms())
def test_a_partition_may_have_other_names_and_no_other_groups(want, random):
    """Renamed labels pass; moving one point to another group fails, unless it was alone."""
    names = random.sample(range(-50, 50), 7)
    got = np.array([names[label] for label in want])
    assert_same_partition(got, want)
    i = random.randrange(len(want))
    moved = got.copy()
    moved[i] = names[6]  # a label nobody has: the point is now alone
    if (want == want[i]).sum() > 1:
        with pytest.raises(Mismatch, match="grouped differently"):
            assert_same_partition(moved, want)
    others = want[want != want[i]]
    if len(others):
        moved[i] = names[others[0]]  # it joins another group
        if (want == want[i]).sum() > 1 or len(np.unique(want)) > 1:
            with pytest.raises(Mismatch, match="grouped differently"):
                assert_same_partition(moved, want)


@quick
@given(st.integers(1, 16), st.integers(1, 4), st.randoms())
def test_components_may_come_in_any_one_order(k, d, random):
    """Up to K = 16 any order that serves all arrays passes, however close the components lie."""
    rng = np.random.default_rng(random.randrange(2**32))
    # A chain: every component is within tolerance of its neighbours, so that
    # taking the first that fits goes astray.
    mu = 1.0 + 0.8e-3 * rng.permutation(k)[:, None] + np.zeros((k, d))
    pi, sigma = np.full(k, 1 / k), np.ones((k, d))
    order = rng.permutation(k)
    got = (pi[order], mu[order], sigma[order])
    loose = {"rtol": 0, "atol": 1e-3}
    assert_same_components(got, (pi, mu, sigma), **loose)
    bad = mu[order].copy()
    bad[rng.integers(k), rng.integers(d)] += 3.0
    with pytest.raises(Mismatch, match=f"1 of {k} components matches no"):
        assert_same_components((pi, bad, sigma), (pi, mu, sigma), **loose)


@quick
@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_the_matching_agrees_with_trying_every_order(k, seed):
    """Components pass exactly when one of all K! orders puts every value within tolerance."""
    rng = np.random.default_rng(seed)
    want = rng.integers(0, 4, (k, 1)).astype(float)
    got = want[rng.permutation(k)] + rng.integers(-1, 2, (k, 1))
    got = got + rng.integers(0, 2) * (np.arange(k) == 0)[:, None]
    possible = any((np.abs(got[list(p)] - want) <= 1).all() for p in permutations(range(k)))
    try:
        assert_same_components((got,), (want,), rtol=0, atol=1)
    except Mismatch:
        assert not possible
    else:
        assert possible


def test_one_order_serves_all_arrays():
    """Means in one order with weights in another are wrong."""
    assert_same_components((PI[[1, 2, 0]], MU[[1, 2, 0]], SIGMA), (PI, MU, SIGMA), **TIGHT)
    with pytest.raises(Mismatch):
        assert_same_components((PI, MU[[1, 2, 0]], SIGMA), (PI, MU, SIGMA), **TIGHT)
    # Nearest by its furthest coordinate, not by its closest one.
    got, want = np.array([[1.2, 1.2], [0.0, 9.0]]), np.array([[1.2, 7.0], [1.0, 1.0]])
    with pytest.raises(Mismatch) as wrong:
        assert_same_components((got,), (want,), **TIGHT)
    assert "component 0 comes nearest to the expected component 1" in wrong.value.detail
    two = np.array([[0.0], [1.0]])
    with pytest.raises(Mismatch, match="1 of 2 components matches no"):
        assert_same_components((np.zeros((2, 1)),), (two,), **TIGHT)


# Properties -----------------------------------------------------------------------


@quick
@given(hnp.arrays(st.sampled_from([np.float64, np.int8, np.float32]), (3, 2)), st.integers(0, 5))
def test_one_changed_bit_is_a_changed_input(before, i):
    """An untouched copy passes, NaN included; one flipped bit fails, the sign of zero included."""
    assert_unchanged(before.copy(), before)
    after = before.copy()
    raw = after.view(np.uint8).reshape(6, -1)
    raw[i, -1] ^= 0x80
    with pytest.raises(Mismatch, match=r"in place: 1 of 6 values is changed"):
        assert_unchanged(after, before)
    for other in (before.reshape(2, 3), before.astype(np.complex128), None, before.tolist()):
        with pytest.raises(Mismatch):
            assert_unchanged(other, before)


@quick
@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(0.01, 1)), st.sampled_from([0, 1, -1]))
def test_probabilities_sum_to_one_over_their_axis(weights, axis):
    """Normalised weights pass over their axis; a changed one, a negative one and NaN fail."""
    p = weights / weights.sum(axis=axis, keepdims=True)
    assert_probabilities(p, axis=axis)
    assert_probabilities(p, axis=axis, shape=(3, 4))
    for change in (1e-6, -2.0, 2.0, np.nan):
        bad = p.copy()
        bad[1, 2] += change
        with pytest.raises(Mismatch):
            assert_probabilities(bad, axis=axis)
    with pytest.raises(Mismatch):
        assert_probabilities(np.zeros((0, 4)), axis=axis)
    assert_probabilities(np.zeros((0, 4)), shape=(0, 4))
    assert_probabilities(np.array([0.0, 1.0, -1e-12, 1e-12]))
    assert_probabilities(np.array([1.0, 1e-4]), atol=1e-3)
    with pytest.raises(Mismatch, match="below 0"):
        assert_probabilities(np.array([1.0, -1e-6, 1e-6]))
    with pytest.raises(Mismatch):
        assert_probabilities(np.float64(1.0))


def test_a_rule_is_true_or_false_and_nothing_else():
    """assert_true takes a bool: the truth of an object or an array is the author's mistake."""
    assert_true(True, "never seen")
    assert_true(np.True_, "never seen")
    with pytest.raises(Mismatch) as wrong:
        assert_true(False, "the loss rose", detail="from 1 to 2", hint="look again")
    assert str(wrong.value) == "the loss rose\n  from 1 to 2\nHint: look again"
    for odd in (1, np.ones(2, dtype=bool), SimpleNamespace(kind_name="Foo"), "yes"):
        with pytest.raises(TypeError):
            assert_true(odd, "never seen")


def test_truth_values_are_compared_and_shown_as_such():
    """Arrays of bool are judged where the check asks for them."""
    want = np.array([True, False])
    assert_close(want.copy(), want, rtol=0, atol=0, kind="b")
    with pytest.raises(Mismatch, match="got True, wanted False"):
        assert_close(np.array([True, True]), want, rtol=0, atol=0, kind="b")
    with pytest.raises(Mismatch, match="truth values are expected"):
        assert_close(np.array([1, 0]), want, rtol=0, atol=0, kind="b")


def test_author_mistakes_are_no_mismatch():
    """A wrong expected value or option is our fault: ValueError or TypeError, not Mismatch."""
    with pytest.raises(ValueError, match="legal"):
        as_array(PI, kind="float")
    with pytest.raises(TypeError, match="expected value"):
        assert_close(PI, None, **TIGHT)
    with pytest.raises(ValueError, match="integers"):
        assert_same_partition(PI, MU)


def test_a_mismatch_survives_pickling():
    """A mismatch keeps its three texts when it crosses between test processes."""
    copy = pickle.loads(pickle.dumps(Mismatch("m", "d", "h")))
    assert (copy.message, copy.detail, copy.hint) == ("m", "d", "h")
