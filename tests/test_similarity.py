"""Copies are found, independent work is not, and nothing that is handed in can do harm."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from copydetect import utils

from autograder import config, fingerprints, report, similarity, similarity_page
from autograder.fingerprints import Given, Source
from autograder.model import Assignment
from autograder.roll import Handed, Part
from autograder.similarity import Pair, Similarity
from tests import mini, similar

ROOT = Path(__file__).resolve().parents[1]
HW2 = "hw2_clustering"
SOLUTION = ROOT / "solutions" / HW2


@pytest.fixture(scope="module")
def hw2() -> Assignment:
    return config.assignment(config.load(ROOT / "grading_config.yaml"), HW2)


@pytest.fixture(scope="module")
def given(hw2: Assignment) -> Given:
    return fingerprints.handed_out(ROOT, hw2)


@pytest.fixture(scope="module")
def honest(hw2: Assignment) -> list[Source]:
    return fingerprints.background(ROOT, hw2)


@pytest.fixture(scope="module")
def choice(hw2: Assignment) -> dict[str, list[str]]:
    """Every graded function, in all the ways of the variants and misconceptions."""
    paths = [SOLUTION / "clustering.py", *sorted((SOLUTION / "variants").rglob("*.py"))]
    paths += sorted((SOLUTION / "misconceptions").glob("*.py"))
    found = similar.ways(path.read_text(encoding="utf-8") for path in paths)
    return {name: ways for name, ways in found.items() if name in hw2.functions}


@pytest.fixture(scope="module")
def pieces(choice: dict[str, list[str]]) -> list[dict[str, str]]:
    """Forty students who write by themselves."""
    rng = random.Random(3)
    return [similar.alone(choice, rng) for _ in range(40)]


def source(name: str, text: str | bytes) -> Source:
    raw = text.encode() if isinstance(text, str) else text
    return Source(name, (fingerprints._text("clustering.py", raw),))


@pytest.fixture(scope="module")
def alone(pieces: list[dict[str, str]]) -> list[Source]:
    return [source(f"s{i}", similar.module(p)) for i, p in enumerate(pieces)]


def listed(found: Similarity) -> list[set[str]]:
    return [{pair.a.name, pair.b.name} for pair in found.pairs]


# What is found


def test_independent_solutions_are_not_listed(alone, given, honest) -> None:
    """Of 780 pairs that wrote in their own manner, hardly one is further up than chance."""
    found = similarity.compare(alone, given, honest)
    assert found.compared == 40
    assert len(found.pairs) <= 3
    assert found.median < 0.1


def test_variants_written_from_scratch_are_not_listed(given, honest) -> None:
    """Three whole solutions by the same author in different styles, and the reference."""
    texts = [("reference", (SOLUTION / "clustering.py").read_bytes())]
    for name in ("class_hierarchy", "helper_modules", "odd_style"):
        files = sorted((SOLUTION / "variants" / name).glob("*.py"))
        texts.append((name, b"\n".join(path.read_bytes() for path in files)))
    assert similarity.compare([source(*t) for t in texts], given, honest).pairs == ()
    assert similarity.compare([source(*t) for t in texts], given).pairs == ()


@pytest.mark.parametrize("with_honest", [True, False])
def test_a_copy_under_other_names_is_found(pieces, alone, given, honest, with_honest) -> None:
    """Names, comments and order changed: first in the list, all of it shared on both sides."""
    copy = source("copy", similar.module(similar.copied(pieces[7], random.Random(1))))
    found = similarity.compare([*alone, copy], given, honest if with_honest else ())
    assert listed(found)[0] == {"s7", "copy"}
    first = found.pairs[0]
    assert first.share_a > 0.95
    assert first.share_b > 0.95
    assert first.beyond is not None
    assert found.bound is not None
    assert first.beyond > 2 * found.bound


def test_half_a_copy_is_found(pieces, alone, given, honest, choice) -> None:
    """Half of the functions are another's; the rest is the student's own."""
    rng = random.Random(2)
    mixed = similar.alone(choice, rng)
    copied = similar.copied(pieces[11], rng)
    mixed |= {name: copied[name] for name in list(mixed)[::2]}
    found = similarity.compare([*alone, source("half", similar.module(mixed))], given, honest)
    assert listed(found)[0] == {"s11", "half"}
    assert 0.25 < found.pairs[0].share < 0.9


@pytest.mark.parametrize("others", [0, 1, 3, 8])
def test_a_copy_is_found_in_a_small_class_too(pieces, alone, given, honest, others) -> None:
    """Two of two, of three, of five, of ten."""
    copy = source("copy", similar.module(similar.copied(pieces[0], random.Random(4))))
    some = [alone[0], copy, *alone[1 : 1 + others]]
    for background in (honest, []):
        found = similarity.compare(some, given, background)
        assert listed(found)[0] == {"s0", "copy"}
        assert len(found.pairs) <= 2


def test_what_everybody_has_counts_nothing(pieces, given) -> None:
    """A recipe from the lecture in every submission links nobody; one that two have does."""
    recipe = "\n\ndef helper(a, b):\n" + "".join(
        f"    a[{i}] = b[{i + 1}] * {i} - sorted(a)[{i}:{2 * i}]\n" for i in range(60)
    )
    plain = [similar.module(p) for p in pieces]
    all_of = [source(f"s{i}", text + recipe) for i, text in enumerate(plain)]
    assert len(similarity.compare(all_of, given).pairs) <= 3
    two = [source(f"s{i}", text + recipe * (i in (3, 9))) for i, text in enumerate(plain)]
    assert listed(similarity.compare(two, given))[0] == {"s3", "s9"}


def test_a_few_equal_lines_are_no_half(alone, given, honest) -> None:
    """Who wrote next to nothing shares little, even where all of it is shared."""
    line = "\n\ndef softmax(z):\n    return np.exp(z - z.max()) / (np.exp(z - z.max())).sum(1)\n"
    found = similarity.compare([*alone, source("a", line), source("b", line)], given, honest)
    assert {"a", "b"} not in listed(found)


def test_the_untouched_handout_shares_nothing(hw2, alone, given, honest) -> None:
    """Neither the file, nor its text with a line more."""
    stub = (ROOT / "assignments" / HW2 / "clustering.py").read_text(encoding="utf-8")
    assert len(fingerprints.own(source("x", stub), given)) == 0
    handouts = [source("a", stub), source("b", "\n# mine\n" + stub)]
    found = similarity.compare([*alone, *handouts], given, honest)
    assert not any({"a", "b"} & pair for pair in listed(found))
    assert found.compared == 40


def test_the_handouts_text_does_not_make_two_alike(pieces, alone, given, honest) -> None:
    """Everybody keeps the docstrings and helpers of the template."""
    stub = (ROOT / "assignments" / HW2 / "clustering.py").read_text(encoding="utf-8")
    with_stub = [source(f"s{i}", stub + similar.module(p)) for i, p in enumerate(pieces)]
    found = similarity.compare(with_stub, given, honest)
    assert len(found.pairs) <= 3


def test_it_is_the_same_in_every_process() -> None:
    """Python's own hashes are not: a list that changes from run to run would be worth nothing."""
    code = (
        "from autograder import fingerprints as s; "
        "t = s._text('x.py', b'def f(a):\\n    return [i ** 2 for i in a if i > 3]\\n' * 9); "
        "print(t.hashes.tolist(), t.places.tolist())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1
    assert len(json.loads(made.pop().split("] [")[0] + "]")) > 5


def test_order_and_blocks_do_not_matter(alone, given, honest, monkeypatch) -> None:
    """The same pairs whichever way round, and however many rows are taken at a time."""
    copy = replace(alone[5], name="copy")
    one = similarity.compare([*alone, copy], given, honest)
    monkeypatch.setattr(similarity, "_BLOCK", 7)
    other = similarity.compare([copy, *reversed(alone)], given, honest)
    assert listed(one) == listed(other)
    assert [p.share for p in one.pairs] == pytest.approx([p.share for p in other.pairs])
    assert (one.bound, one.median) == (other.bound, other.median)


def test_shares_are_those_of_plain_counting() -> None:
    """By hand: fingerprints of which two of the class share some."""
    texts = {"a": range(100), "b": range(50, 150), "c": range(900, 1000), "d": range(700, 750)}
    made = []
    for name, numbers in texts.items():
        hashes = np.array(numbers, np.int64)
        places = np.arange(len(hashes), dtype=np.int32)
        made.append(Source(name, (fingerprints.Text("x", "", places, places, hashes),)))
    found = similarity.compare(made, Given())
    assert (found.bound, found.compared) == (None, 4)
    (pair,) = found.pairs
    # All fingerprints are rare here and count 1.
    assert (pair.share, pair.share_a, pair.share_b) == pytest.approx((0.5, 0.5, 0.5))
    assert pair.common.tolist() == list(range(50, 100))


def test_weights_fall_from_rare_to_common() -> None:
    """In full for one in twenty, nothing for half, the logarithm between; never below 0."""
    having = np.array([1, 50, 158, 500, 1000])
    assert similarity._weights(having, 1000) == pytest.approx([1, 1, 0.5, 0, 0], abs=0.01)
    assert similarity._weights(np.array([2, 6, 40]), 3).tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("share", "beyond", "bound", "is_listed"),
    [
        (0.3, 5.0, 5.0, True),
        (0.3, 4.9, 5.0, False),
        (0.79, 4.9, 5.0, False),
        (0.8, 0.0, 5.0, True),
        (0.5, None, None, True),
        (0.49, None, None, False),
    ],
)
def test_what_is_listed(
    share: float, beyond: float | None, bound: float | None, is_listed: bool
) -> None:
    """Beyond the bound, nearly all of it, or half of it in a class that is too small."""
    assert similarity._more_than_chance(share, beyond, bound) is is_listed


def test_chance_is_the_median_and_its_deviation() -> None:
    """Of numbers whose spread is known; the bound is that of the largest of so many."""
    values = np.random.default_rng(0).normal(0.6, 0.1, 100_000)
    counts, _ = np.histogram(values, similarity._BINS, (0, np.pi / 2))
    bound, middle, spread = similarity._chance(counts)
    assert bound == pytest.approx(np.sqrt(2 * np.log(100_000)))
    assert (middle, spread) == pytest.approx((0.6, 0.1), abs=2e-3)
    assert 0.5 < (values.max() - middle) / spread / bound < 1.1
    counts[:] = 0
    counts[7] = 1000
    assert similarity._chance(counts)[0] == similarity.LISTED_FROM
    assert similarity._chance(counts)[2] == similarity.LEAST_SPREAD
    counts[7] = similarity.FEW_PAIRS - 1
    assert similarity._chance(counts)[0] is None


def test_nobody_or_one_has_no_pairs() -> None:
    """And nothing raises."""
    for some in ([], [source("a", "x = 1")], [source("a", ""), source("b", "")]):
        found = similarity.compare(some, Given())
        assert (found.pairs, found.bound) == ((), None)


def test_a_long_list_is_cut_and_says_so(alone, given, monkeypatch) -> None:
    """The most alike stay."""
    monkeypatch.setattr(similarity, "MAX_LISTED", 2)
    copies = [replace(alone[0], name=f"copy{i}") for i in range(4)]
    found = similarity.compare([*alone, *copies], given)
    assert len(found.pairs) == 2
    assert found.more >= 8


# Fingerprints


@pytest.mark.parametrize(
    "path", ["clustering.py", "variants/odd_style/clustering.py", "variants/own_generator.py"]
)
def test_lines_are_the_files_own(path: str) -> None:
    """Every sign that survives tokenising stands in the line that is told for it."""
    text = "\n\n" + (SOLUTION / path).read_text(encoding="utf-8")
    plain, lines = fingerprints._tokens(text)
    rows = text.split("\n")
    signs = [i for i, letter in enumerate(plain) if letter in "()[]{}=+*:.,"]
    assert len(signs) > 100
    assert all(plain[i] in rows[lines[i]] for i in signs)
    counts = {sign: [rows[n].count(sign) for n in lines[[i for i in signs if plain[i] == sign]]]
              for sign in "[]"}  # fmt: skip
    assert all(count > 0 for found in counts.values() for count in found)


def test_winnowing_finds_every_long_run() -> None:
    """Whatever stands around it: LENGTH + WINDOW - 1 equal characters share a fingerprint."""
    rng = random.Random(0)
    length = fingerprints.LENGTH + fingerprints.WINDOW - 1

    def noise(count: int) -> str:
        return "".join(rng.choice("+-*/%<>=") for _ in range(count))

    for _ in range(50):
        run = noise(length)
        one, other = (set() for _ in range(2))
        for found in (one, other):
            hashes = fingerprints._hashed(noise(rng.randrange(60)) + run + noise(rng.randrange(60)))
            found |= set(utils.winnow(hashes, fingerprints.WINDOW)[0].tolist())
        assert one & other


def test_hashes_are_spread_and_exact_as_floats() -> None:
    """Winnowing goes through floats; equal texts are equal wherever they stand."""
    plain = "".join(chr(33 + i * i % 90) for i in range(3000))
    hashes = fingerprints._hashed(plain)
    assert len(hashes) == 3000 - fingerprints.LENGTH + 1
    assert hashes.min() >= 0
    assert hashes.max() < 2**52
    assert (hashes.astype(float).astype(np.int64) == hashes).all()
    assert len(np.unique(hashes)) == len(
        {plain[i : i + fingerprints.LENGTH] for i in range(len(hashes))}
    )
    assert fingerprints._hashed(plain[100:200])[0] == hashes[100]
    assert len(fingerprints._hashed("short")) == 0


# Reading what was handed in


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Assignment]:
    root = mini.write(tmp_path_factory.mktemp("similar") / "course")
    return root, config.assignment(config.load(root / "grading_config.yaml"), "mini")


HOSTILE = {
    "syntax": b"def f(:\n  )))",
    "nul": b"import numpy\x00as np\x00" * 50,
    "binary": bytes(range(256)) * 40,
    "utf16": "def f(x):\n    return x\n".encode("utf-16"),
    "latin": "# coding: latin-1\nname = 'J\xf6rg'\n".encode("latin-1"),
    "unknown_coding": b"# coding: klingon\nx = 1\n",
    "bom": b"\xef\xbb\xbfx = 1\n",
    "one_line": b"x = [" + b"1, " * 100_000 + b"]",
    "quotes": b"'" * 50_000,
    "triple": b'"""' * 20_001,
    "backslashes": b"\\\n" * 20_000,
    "brackets": b"(" * 100_000,
    "crlf": b"x = 1\r\ny = 2\rz = 3\r\n",
    "empty": b"",
    "blank": b"\n\n\n \n",
    "bidi": "x = 1 \u202e # \u2066\n".encode(),
    "form_feed": b"x = 1\x0c\ny = 2\x0b\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_read(kind: str, course, tmp_path: Path) -> None:
    """It gives fingerprints or none; every line that is told is one of the text's."""
    (tmp_path / "mini.py").write_bytes(HOSTILE[kind])
    found = fingerprints.read(kind, tmp_path, course[1])
    assert len(found.texts) == 1
    (text,) = found.texts
    assert "\r" not in text.text
    assert "\x00" not in text.text
    if len(text.lines):
        assert 0 <= text.lines.min() <= text.lines.max() <= text.text.count("\n")
    assert (np.diff(text.lines) >= 0).all()
    twin = replace(found, name="twin")
    pair = Pair(found, twin, 1.0, 1.0, 1.0, None, fingerprints.own(found, Given()))
    similarity_page.html(Similarity((pair,), 2, None, 0.0), title="x")


def test_a_long_file_is_cut_and_told(course, tmp_path: Path, monkeypatch) -> None:
    """The rest of the class does not wait for it."""
    monkeypatch.setattr(fingerprints, "MAX_CHARS", 1000)
    (tmp_path / "mini.py").write_text("x = 1\n" * 1000)
    found = fingerprints.read("long", tmp_path, course[1])
    assert len(found.texts[0].text) == 1000
    assert found.problem == "only the first 1000 characters of mini.py are compared"


def test_many_files_are_cut_and_told(course, tmp_path: Path, monkeypatch) -> None:
    """The first ones are compared."""
    monkeypatch.setattr(fingerprints, "MAX_FILES", 2)
    for name in ("mini", "a", "b"):
        (tmp_path / f"{name}.py").write_text(f"{name} = 1\n")
    found = fingerprints.read("many", tmp_path, course[1])
    assert [text.path for text in found.texts] == ["a.py", "b.py"]
    assert found.problem == "only its first 2 files are compared"


@pytest.mark.skipif(not hasattr(__import__("signal"), "SIGVTALRM"), reason="no timer of CPU time")
def test_a_text_that_takes_too_long_is_told(course, tmp_path: Path, monkeypatch) -> None:
    """By the CPU time that it takes, not by a clock on the wall."""

    def forever(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr(fingerprints, "_text", forever)
    monkeypatch.setattr(fingerprints, "CPU_SECONDS", 0.1)
    (tmp_path / "mini.py").write_text("x = 1\n")
    found = fingerprints.read("slow", tmp_path, course[1])
    assert found == Source("slow", (), "it takes more than 0.1 seconds to read")


def test_an_error_while_reading_is_told(course, tmp_path: Path, monkeypatch) -> None:
    """Whatever a lexer raises; and what cannot be opened has the sentence of grading."""

    def broken(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(fingerprints, "_text", broken)
    (tmp_path / "mini.py").write_text("x = 1\n")
    assert (
        fingerprints.read("x", tmp_path, course[1]).problem == "it cannot be read (RecursionError)"
    )
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04")
    assert "damaged" in fingerprints.read("x", tmp_path / "x.zip", course[1]).problem


def test_a_submission_that_ends_its_reader_stops_nobody(course, tmp_path, monkeypatch) -> None:
    """It is tried once more by itself, and told; the others are all there, in order."""
    if sys.platform != "linux":
        pytest.skip("the trap below needs fork")
    real = fingerprints._text

    def trap(path: str, raw: bytes) -> fingerprints.Text:
        if b"trap" in raw:
            os._exit(1)
        return real(path, raw)

    monkeypatch.setattr(fingerprints, "_text", trap)
    handed = {}
    for name in ("a", "trap", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mini.py").write_text(f"{name} = 1\n")
        handed[name] = tmp_path / name
    seen: list[str] = []
    found = fingerprints.sources(
        handed, course[1], Given(), jobs=2, on_read=lambda s: seen.append(s.name)
    )
    assert [s.name for s in found] == ["a", "trap", "b", "c"]
    assert sorted(seen) == ["a", "b", "c", "trap"]
    assert [len(s.texts) for s in found] == [1, 0, 1, 1]
    assert found[1].problem == "reading it ended the process that read it"


def test_notebooks_zips_and_parts_are_read_as_for_grading(course, tmp_path: Path) -> None:
    """A notebook's functions, a file under another name, several parts: the same text."""
    body = (
        "def double(x):\n    return np.asarray(x) * 2 + sum(i ** 3 for i in range(9) if i > 100)\n"
    )
    book = {
        "nbformat": 4, "nbformat_minor": 5, "metadata": {},
        "cells": [{"cell_type": "code", "source": "import numpy as np\n\n" + body, "metadata": {},
                   "outputs": [], "execution_count": 1}],
    }  # fmt: skip
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "mini.ipynb").write_text(json.dumps(book))
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "mini.py").write_text("import numpy as np\n\n" + body)
    part = Part("mini.py", tmp_path / "plain" / "mini.py")
    renamed = tmp_path / "lovelaceada_123_456_mini.py"
    renamed.write_bytes(part.path.read_bytes())
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "extra.txt").write_text("x")
    handed = {
        "book": tmp_path / "book",
        "plain": Handed("plain", (Part("plain", tmp_path / "plain"),)),
        "parts": Handed("parts", (Part("mini.py", renamed), Part("../more", tmp_path / "more"))),
    }
    found = fingerprints.sources(handed, course[1], Given())
    assert [s.problem for s in found] == ["", "", ""]
    prints = [fingerprints.own(s, Given()).tolist() for s in found]
    assert prints[0] == prints[1] == prints[2] != []


def test_what_was_given_is_not_theirs(hw2, given, tmp_path: Path) -> None:
    """Files of the handout that are handed in unchanged are left out."""
    handout = ROOT / "assignments" / HW2
    (tmp_path / "checks").mkdir()
    for path in [handout / "clustering.py", handout / "conftest.py"]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "mine.py").write_text("x = 1\n")
    found = fingerprints.read("x", tmp_path, hw2, given.files)
    assert [text.path for text in found.texts] == ["mine.py"]


def test_without_a_handout_nothing_is_given(hw2, tmp_path: Path) -> None:
    """A course whose handouts were not made yet, or that keeps no variants."""
    found = fingerprints.handed_out(tmp_path, hw2)
    assert (len(found.hashes), found.files) == (0, frozenset())
    (tmp_path / "solutions" / HW2).mkdir(parents=True)
    assert [s.name for s in fingerprints.background(tmp_path, hw2)] == ["reference"]


def test_the_honest_texts_are_all_of_ours(honest) -> None:
    """The reference, every variant and every misconception, each with what is its own."""
    names = {s.name for s in honest}
    assert {"reference", "variants/odd_style", "variants/einsum.py"} <= names
    assert len(names) == len(honest) > 100
    assert all(s.texts for s in honest)


# The page


class _Page(HTMLParser):
    """Every tag; who opens one closes it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


EVIL = "</code><script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def page(pieces, alone, given, honest) -> str:
    copy = similar.module(similar.copied(pieces[7], random.Random(1)))
    text = f"x = '{EVIL}'\n" + copy
    evil = Source(EVIL, (fingerprints._text(f"{EVIL}.py", text.encode()),))
    again = replace(alone[7], name="javascript:alert(1)")
    broken = Source("broken", (), f"damaged {EVIL}")
    found = similarity.compare([*alone, evil, again, broken], given, honest)
    return similarity_page.html(found, title=f"Homework {EVIL}", names={"s7": "Ada & Bob"})


def test_the_page_holds_nothing_that_runs(page: str) -> None:
    """Names, paths and texts are escaped; there is no script and nothing to fetch."""
    parsed = _Page(page)
    tags = {tag for tag, _ in parsed.tags}
    assert not tags & {"script", "img", "link", "iframe", "form", "object", "base"}
    for _, attributes in parsed.tags:
        assert not any(name.startswith("on") for name in attributes)
        href = attributes.get("href")
        assert href is None or re.fullmatch(r"#[\w-]+", href)
    assert "http" not in re.sub(r'http-equiv="Content-Security-Policy"', "", page)
    assert sum(EVIL in text for text in parsed.text) >= 4


def test_the_page_says_first_what_it_is_not(page: str) -> None:
    """Before any name."""
    text = " ".join(" ".join(_Page(page).text).split())
    said = "A list to look at. It is no score, and it proves nothing."
    assert text.index(said) < text.index("Ada & Bob")


def test_links_lead_somewhere(page: str) -> None:
    """Every target is there, once; what is shared is linked in both directions."""
    tags = _Page(page).tags
    targets = [attributes["id"] for _, attributes in tags if "id" in attributes]
    links = [str(a["href"])[1:] for tag, a in tags if tag == "a"]
    assert len(targets) == len(set(targets))
    assert set(links) <= set(targets)
    assert {"p1a1", "p1b1"} <= set(links)


def test_only_the_first_pairs_are_side_by_side(alone, given) -> None:
    """The others are in the list; the page says so."""
    copies = [replace(alone[0], name=f"copy{i}") for i in range(3)]
    found = similarity.compare([*alone, *copies], given)
    text = similarity_page.html(found, title="x", top=2)
    assert text.count('class="pair"') == 2
    assert "The first 2 are shown side by side." in text
    assert len(re.findall(r'<th scope="row"', text)) == len(found.pairs)
    assert "Linked with one another, 4: copy0, copy1, copy2, s0" in text


def test_a_page_without_pairs_says_so() -> None:
    """And what was not compared."""
    found = Similarity((), 3, None, 0.0, problems=(Source("x", (), "damaged"),))
    text = similarity_page.html(found, title="x")
    assert "No pair shares more than chance" in text
    assert "x: damaged" in text


def test_shared_lines_are_those_that_were_copied() -> None:
    """One function of two is another's: its lines, and no line of the rest, comments aside."""
    copied = "def f(a, b):\n    # by hand\n" + "".join(
        f"    a = b[{i}] ** {i} - a[:{i}] / {i + 2}\n" for i in range(8)
    )
    mine = "def g(q):\n" + "".join(f"    q.append((q, {i}, 'x'))\n" for i in range(8))
    yours = "def h(q):\n" + "".join(f"    while {i} < q: q -= 1\n" for i in range(8))
    a, b = source("a", mine + copied), source("b", copied.replace("a", "z") + yours)
    (pair,) = similarity.compare([a, b], Given()).pairs
    lines_a = np.flatnonzero(similarity.shared_lines(a.texts[0], pair.common)) + 1
    lines_b = np.flatnonzero(similarity.shared_lines(b.texts[0], pair.common)) + 1
    assert lines_a.tolist() == [10, *range(12, 20)]
    assert lines_b.tolist() == [1, *range(3, 11)]


def test_functions_in_another_order_have_the_same_numbers(pieces, given) -> None:
    """What is shared has one number on both sides, so that a link finds it."""
    rng = random.Random(6)
    a = source("a", similar.module(pieces[2]))
    b = source("b", similar.module(similar.copied(pieces[2], rng)))
    (pair,) = similarity.compare([a, b], given).pairs
    left, right = similarity_page._sides(pair)

    def numbered(files: list) -> dict[int, str]:
        return {
            block.match: re.findall(r"def (\w+)", block.lines[0].text + block.lines[1].text)[0]
            for file in files for block in file.blocks
            if block.match and block.first and "def " in block.lines[0].text
        }  # fmt: skip

    one, other = numbered(left), numbered(right)
    assert len(one) > 5
    assert len(one.keys() & other.keys()) > 5
    assert all(one[n] == other[n] for n in one.keys() & other.keys())
    assert list(one) == sorted(one)
    assert list(other) != sorted(other)


def test_whole_page(golden, monkeypatch) -> None:
    """A small page is what its golden file holds."""
    monkeypatch.setattr(report, "__version__", "0.0.0")
    body = "".join(f"    total = total * {i} + values[{i}] ** {i}\n" for i in range(12))
    other = "".join(f"    print('{i}', end=None)\n" for i in range(12))
    ada = f"import numpy as np\n\n\ndef f(values, total):\n{body}    return total\n\n\n# x\n{other}"
    body = body.replace("total", "y").replace("values", "x")
    bob = f"def g(x, y):\n    # <b>\n{body}    return y\n"
    found = similarity.compare([source("ada", ada), source("bob", bob)], Given())
    golden("similarity.html", similarity_page.html(found, title="Small sums"))
