"""Proof that nothing hidden is in what students get.

Hidden are the marked lines of the sources; the hidden checks: their lines, the names of their
cases, their long numbers and texts; misconceptions, variants, and bytecode, which holds all of
its source; the sentences of rubrics, which are half an answer. A secret is looked for without
regard to spaces and line breaks, wherever it stands: in a comment, in a string, in a cell's output,
in a notebook's metadata, in a file's name.

What is too short to tell is no secret, nor is what stands in the public part of the sources. The
engine's own files are not searched: they know no assignment.
"""

from __future__ import annotations

import ast
import io
import json
import keyword
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.model import Assignment
from autograder.notebook import hidden_lines, to_notebook
from autograder.stubs import answers, strip

ENOUGH = 12
"""A secret line has this many characters, spaces and everyday words not counted."""

LONG_NUMBER = 5
"""A secret number has this many digits, zeros at its ends not counted."""

_EVERYDAY = "|".join([*keyword.kwlist, "len", "range", "enumerate", "zip", "print", "self"])
_NOT_COUNTED = re.compile(rf"\s|\b({_EVERYDAY})\b")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"(?<![\w.])(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?(?!\w)")
_PRINTABLE = re.compile(rb"[\t -~]{6,}")
_BYTECODE = {".pyc", ".pyo"}


def leaks(assignment: Assignment, root: Path, folder: Path) -> list[str]:
    """Every leak in ``folder`` and in ``root/notebooks``: ``file:line: whose line it is``.

    ``root`` is the course's folder, ``folder`` a handout; none: nothing leaks. Raises
    HandoutError where the marks of a source are wrong.
    """
    secrets = _secrets(assignment, root)
    engine = {path.read_bytes() for path in Path(__file__).parent.glob("*.py")}
    found: list[str] = []
    for path in [*sorted(folder.rglob("*")), *sorted((root / "notebooks").rglob("*"))]:
        shown = path.relative_to(root if path.is_relative_to(root) else folder).as_posix()
        if path.suffix in _BYTECODE or path.name == "__pycache__":
            found.append(f"{shown}:1: bytecode, which holds what it was compiled from.")
        elif path.is_file():
            hits = [(1, what) for what in secrets.named(path.name)]
            if (data := path.read_bytes()) not in engine:
                hits += secrets.in_file(data)
            found += [f"{shown}:{line}: {what}" for line, what in dict.fromkeys(hits)]
    return found


# --- what is secret -------------------------------------------------------------------------


@dataclass
class _Secrets:
    """What must not be found; each piece with the words that say whose it is."""

    lines: dict[str, str] = field(default_factory=dict)
    """Without spaces, ``ENOUGH`` characters or more."""
    words: dict[str, str] = field(default_factory=dict)
    numbers: dict[float, str] = field(default_factory=dict)
    files: dict[bytes, str] = field(default_factory=dict)
    """Whole files that are no text."""

    def add_lines(self, lines: Iterable[tuple[int, str]], whose: str) -> None:
        for number, line in lines:
            if len(_NOT_COUNTED.sub("", line)) >= ENOUGH:
                self.lines.setdefault("".join(line.split()), f"{whose}:{number}.")

    def forget(self, public: str) -> None:
        """What stands in ``public`` is no secret."""
        for secret, _ in list(_lines_in(public, _by_start(self.lines))):
            self.lines.pop(secret, None)
        for number, _ in _numbers_in(public):
            self.numbers.pop(number, None)
        for word in _WORD.findall(public):
            self.words.pop(word, None)

    def named(self, text: str) -> Iterator[str]:
        return (self.words[word] for word in _WORD.findall(text) if word in self.words)

    def in_file(self, data: bytes) -> Iterator[tuple[int, str]]:
        """Line and owner of every secret in a file."""
        if data in self.files:
            yield 1, self.files[data]
        starts = _by_start(self.lines)
        for text, line_of in _pieces(data):
            for secret, position in _lines_in(text, starts):
                yield line_of(text, position), self.lines[secret]
            for match in _WORD.finditer(text):
                if match.group() in self.words:
                    yield line_of(text, match.start()), self.words[match.group()]
            for number, position in _numbers_in(text):
                if number in self.numbers:
                    yield line_of(text, position), self.numbers[number]


def _secrets(assignment: Assignment, root: Path) -> _Secrets:
    solution = root / "solutions" / assignment.name
    marked, public = _marked(assignment, root, solution)
    checks = _python(solution / "checks" / "public")
    others = _Secrets()
    for folder, whose in (
        ("checks/hidden", "hidden check"),
        ("misconceptions", "misconception"),
        ("variants", "variant"),
    ):
        for path in sorted((solution / folder).rglob("*")):
            shown = path.relative_to(root).as_posix()
            if path.suffix == ".py":
                source = _read(path)
                others.add_lines(_code_and_comments(source), f"a line of a {whose}, {shown}")
                if folder == "checks/hidden":
                    _add_literals(others, source, f"a value or text of a hidden check, {shown}")
                elif "__" in path.stem:
                    word = _WORD.findall(path.stem)[-1]
                    others.words[word] = f"the name of a {whose}, {shown}."
            elif path.is_file() and path.suffix not in _BYTECODE and path.stat().st_size:
                others.files[path.read_bytes()] = f"the same file as {shown}."
    for question in assignment.questions:
        for item in question.rubric:
            spot = f"rubric item {item.key} of question {question.key}, grading_config.yaml"
            others.add_lines([(1, item.sentence)], spot)
    hidden, shipped = _cases(_python(solution / "checks" / "hidden")), _cases(checks)
    hidden |= {case.name for case in assignment.cases} - shipped
    # A name without an underscore may be any word.
    others.words |= {n: f"the name of the hidden case {n}." for n in hidden if "_" in n}
    readme = solution / "README.md"
    titles = [assignment.name, assignment.title, *assignment.functions]
    titles += [question.title for question in assignment.questions]
    statement = _read(readme) if readme.is_file() else ""
    templates = [_read(solution / n) for n in assignment.templates if (solution / n).is_file()]
    for text in (*public, *checks, *templates, statement, "\n".join(titles)):
        others.forget(text)
    others.words |= {f"test_{n}": f"the name of the hidden case {n}." for n in hidden}
    for text in public:
        marked.forget(text)
    others.lines = marked.lines | {k: v for k, v in others.lines.items() if k not in marked.lines}
    return others


def _marked(assignment: Assignment, root: Path, solution: Path) -> tuple[_Secrets, list[str]]:
    """The marked lines of the sources, and the public rest of them."""
    secrets, public = _Secrets(), []
    for name in (*assignment.files, *assignment.given):
        path = solution / name
        shown = path.relative_to(root).as_posix()
        if path.suffix == ".py" and path.is_file():
            source = _read(path)
            rows = {row for row, _ in answers(source, shown)}
            lines = ((row, text) for row, text in _code_and_comments(source) if row in rows)
            secrets.add_lines(lines, f"a marked line of {shown}")
            public.append(strip(source, shown))
    path = solution / "notebook.py"
    if path.is_file():
        source, shown = _read(path), path.relative_to(root).as_posix()
        secrets.add_lines(hidden_lines(source, shown), f"a marked line of {shown}")
        public += [text for text, _ in _pieces(to_notebook(source, shown).encode())]
    return secrets, public


def _add_literals(secrets: _Secrets, source: str, whose: str) -> None:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                lines = enumerate(node.value.splitlines(), start=node.lineno)
                secrets.add_lines(lines, whose)
            elif isinstance(node.value, (int, float)):
                mantissa = repr(node.value).lower().partition("e")[0]
                if len(mantissa.replace(".", "").strip("0")) >= LONG_NUMBER:
                    secrets.numbers.setdefault(float(node.value), f"{whose}:{node.lineno}.")


def _code_and_comments(source: str) -> Iterator[tuple[int, str]]:
    """Every line with its number; a comment behind code counts as a line of its own."""
    comments: dict[int, int] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            comments[token.start[0]] = token.start[1]
    for row, line in enumerate(io.StringIO(source), start=1):
        column = comments.get(row, len(line))
        yield row, line[:column]
        yield row, line[column:].lstrip("# ")


def _cases(sources: list[str]) -> set[str]:
    return {name for text in sources for name in re.findall(r"^def test_(\w+)", text, re.M)}


def _python(folder: Path) -> list[str]:
    return [_read(path) for path in sorted(folder.rglob("*.py"))]


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n")


# --- searching ------------------------------------------------------------------------------

_LineOf = Callable[[str, int], int]


def _pieces(data: bytes) -> Iterator[tuple[str, _LineOf]]:
    """The texts in a file; with each, what tells a position's line in the file."""
    if b"\0" in data:
        yield b"\n".join(_PRINTABLE.findall(data)).decode("ascii"), lambda text, position: 1
        return
    whole = data.decode(errors="replace")
    try:
        plain = json.loads(whole)
    except ValueError:
        plain = None
    if not isinstance(plain, (dict, list)):
        yield whole, lambda text, position: text.count("\n", 0, position) + 1
        return

    def line_of(text: str, position: int) -> int:
        start = text.rfind("\n", 0, position) + 1
        line = text[start:].partition("\n")[0]
        for shown in (json.dumps(line, ensure_ascii=False)[1:-1], json.dumps(line)[1:-1]):
            if (place := whole.find(shown)) >= 0:
                return whole.count("\n", 0, place) + 1
        return 1

    for text in _texts(plain):
        yield text, line_of


def _texts(plain: Any) -> Iterator[str]:
    """Every text and number in plain data; lists of texts, as cells have them, in one."""
    if isinstance(plain, dict):
        for key, value in plain.items():
            yield key
            yield from _texts(value)
    elif isinstance(plain, list) and plain and all(isinstance(item, str) for item in plain):
        yield "".join(plain) if any("\n" in item for item in plain) else "\n".join(plain)
    elif isinstance(plain, list):
        for item in plain:
            yield from _texts(item)
    elif plain is not None:
        yield str(plain)


def _by_start(lines: Iterable[str]) -> dict[str, list[str]]:
    starts: dict[str, list[str]] = {}
    for line in lines:
        starts.setdefault(line[:ENOUGH], []).append(line)
    return starts


def _lines_in(text: str, starts: dict[str, list[str]]) -> Iterator[tuple[str, int]]:
    """Secret lines that stand in ``text``, and where."""
    places = [index for index, letter in enumerate(text) if not letter.isspace()]
    squeezed = "".join(text[index] for index in places)
    for index in range(len(squeezed) - ENOUGH + 1):
        for secret in starts.get(squeezed[index : index + ENOUGH], ()):
            if squeezed.startswith(secret, index):
                first, last = places[index], places[index + len(secret) - 1]
                if not (_goes_on(text, first) or _goes_on(text, last + 1)):
                    yield secret, first


def _goes_on(text: str, index: int) -> bool:
    """Whether one word stands on both sides of ``index`` (``\\n`` in a string ends one)."""
    inside = re.match(r"\w\w", text[max(index - 1, 0) : index + 1]) is not None
    return inside and text[max(index - 2, 0) : index - 1] != "\\"


def _numbers_in(text: str) -> Iterator[tuple[float, int]]:
    return ((float(match.group()), match.start()) for match in _NUMBER.finditer(text))
