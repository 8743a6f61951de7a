"""``grading_config.yaml`` to records; any mistake in it is one sentence with file and line.

Two steps: ``_read`` turns YAML into plain values and remembers the line of each; pydantic then
checks keys and types, and ``_faults`` what spans several of them (sums, names used twice).
Whether a case has its check is for ``verify`` to say: this module reads the one file only.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
import typing
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import pydantic
import yaml
from pydantic import Field

from autograder import model
from autograder.model import (
    Assignment,
    Course,
    Digits,
    LatePolicy,
    Limits,
    Tolerance,
    Visibility,
)

Spot = tuple[str | int, ...]
"""Where a value stands: keys (and positions in lists) from the top of the file."""
Fault = tuple[Spot, str]
"""Where, and what is wrong there; ``_place`` and the text make a sentence."""


class ConfigError(ValueError):
    """The configuration is wrong; the text is one sentence that says what and where."""


def load(path: Path) -> Course:
    """The course described by the YAML file ``path``.

    Raises ConfigError, ``<file> line <n>: …``, for the first fault in file order; faults that
    only show between values are looked for once every key and type is right.
    """
    data, lines = _read(path)
    try:
        block = _Course.model_validate(data)
        faults = list(_faults(block))
    except pydantic.ValidationError as error:
        faults = list(_explain(error))
    if faults:
        spot, sentence = min(faults, key=lambda fault: _line(lines, fault[0]))
        _fail(path, _line(lines, spot), f"{_place(spot)} {sentence}")
    return Course(block.course, tuple(_record(n, b) for n, b in block.assignments.items()))


def assignment(course: Course, name: str) -> Assignment:
    """The assignment called ``name``. Raises ConfigError that lists the names there are."""
    names = [a.name for a in course.assignments]
    if name in names:
        return course.assignments[names.index(name)]
    there = f"the course has {', '.join(names)}" if names else "the course has none yet"
    raise ConfigError(f"no assignment {name!r}{_did_you_mean(name, names)}; {there}.")


# --- what may stand in the file -------------------------------------------------------------


def _like(pattern: str, wanted: str) -> pydantic.AfterValidator:
    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(wanted)
        return text

    return pydantic.AfterValidator(check)


def _due(value: object) -> str:
    try:
        # Python 3.10 does not read the Z that stands for +00:00.
        when = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", str(value)))
    except ValueError:
        when = datetime.min
    if when.tzinfo is None:
        raise ValueError("date, time and offset from UTC, such as 2026-12-18T23:59:00+00:00")
    return when.isoformat()


def _main_module_first(files: tuple[str, ...]) -> tuple[str, ...]:
    if not files or re.fullmatch(r"[^\W\d]\w*\.py", files[0]) is None:
        raise ValueError("a list that begins with the main module, such as [clustering.py]")
    return files


_NAME = r"[^\W\d]\w*"
_Text = Annotated[str, _like(r"(?s).*\S.*", "text that is not empty")]
_File = Annotated[str, _like(r"\w[\w .-]*", "the name of a file, without a folder")]
_DataFile = Annotated[str, _like(r"\w[\w .-]*(/\w[\w .-]*)*", "a file in data/, like fruit.bmp")]
_Module = Annotated[str, _like(rf"{_NAME}(\.{_NAME})*", "the name of a module")]
_Function = Annotated[str, _like(rf"{_NAME}(\.{_NAME})?", "a function such as KMeans._get_loss")]
_CaseName = Annotated[str, _like(_NAME, "what follows test_ in its check (letters, digits, _)")]
_ItemKey = Annotated[str, _like(_NAME, "a short word for the sheet (letters, digits, _)")]
_Folder = Annotated[str, _like(r"[\w-]+", "its folder's in solutions/ (letters, digits, _, -)")]
_NotNegative = Annotated[float, Field(ge=0)]
_Percent = Annotated[float, Field(ge=0, le=100)]
_Visibility = Annotated[Visibility, Field(strict=False)]


class _Block(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Tolerance(_Block):
    """A key left out is taken from the assignment's tolerance, and there from the model's."""

    rtol: _NotNegative = Tolerance.rtol
    atol: _NotNegative = Tolerance.atol

    def over(self, default: Tolerance) -> Tolerance:
        return dataclasses.replace(default, **self.model_dump(exclude_unset=True))


class _Digits(_Block):
    """Fewer than the dtype has, and enough to mean something."""

    float64: float = Field(Digits.float64, gt=0, lt=15)
    float32: float = Field(Digits.float32, gt=0, lt=7)


class _Late(_Block):
    grace_minutes: _NotNegative = LatePolicy.grace_minutes
    percent_per_day: _Percent = LatePolicy.percent_per_day
    max_percent: _Percent = LatePolicy.max_percent
    late_days: Annotated[int, Field(ge=0)] = LatePolicy.late_days


def _limit(name: str) -> Any:
    default = getattr(Limits, name)
    # Whatever is nothing at all by default may be given as nothing.
    return Field(default, gt=0) if default else Field(default, ge=0)


_limits: dict[str, Any] = {
    name: (kind, _limit(name)) for name, kind in typing.get_type_hints(Limits).items()
}
_Limits = pydantic.create_model("_Limits", __base__=_Block, **_limits)


class _Case(_Block):
    points: _NotNegative
    visibility: _Visibility | None = None
    functions: tuple[_Function, ...] = ()
    tolerance: _Tolerance = _Tolerance()
    budget: float | None = Field(None, gt=0)
    memory: float | None = Field(None, gt=0)
    digits: _Digits | None = None
    time_growth: float | None = Field(None, ge=0)
    memory_growth: float | None = Field(None, ge=0)
    requires: _CaseName | None = None


class _Item(_Block):
    points: float
    sentence: _Text


class _Question(_Block):
    title: _Text
    points: _NotNegative
    functions: tuple[_Function, ...] = ()
    cases: dict[_CaseName, _Case] = {}
    written: bool = False
    bonus: bool = False
    module: _Module | None = None
    depends: tuple[_Text, ...] = ()
    rubric: dict[_ItemKey, _Item] = {}


class _Ranking(_Block):
    title: _Text
    order: typing.Literal["desc", "asc"] = "desc"


class _Leaderboard(_Block):
    case: _CaseName
    figures: Annotated[dict[_ItemKey, _Ranking], Field(min_length=1)]


class _Assignment(_Block):
    title: _Text
    points: _NotNegative
    files: Annotated[tuple[_File, ...], pydantic.AfterValidator(_main_module_first)]
    given: tuple[_File, ...] = Assignment.given
    templates: tuple[_File, ...] = Assignment.templates
    data: tuple[_DataFile, ...] = Assignment.data
    allowed_imports: tuple[_Module, ...] = Assignment.allowed_imports
    preload: tuple[_Module, ...] = Assignment.preload
    seed: int = Field(Assignment.seed, ge=0)
    due: Annotated[str, pydantic.BeforeValidator(_due)] | None = None
    late: _Late = _Late()
    limits: _Limits = _Limits()  # type: ignore[valid-type]  # made from the record's fields
    tolerance: _Tolerance = _Tolerance()
    visibility: _Visibility = model.Case.visibility
    follow_through: float = Field(Assignment.follow_through, ge=0, le=1)
    mutants_missed: float = Field(Assignment.mutants_missed, ge=0, le=1)
    leaderboard: _Leaderboard | None = None
    questions: dict[_Text, _Question]


class _Course(_Block):
    course: _Text
    assignments: dict[_Folder, _Assignment]


def _record(name: str, block: _Assignment) -> Assignment:
    tolerance = block.tolerance.over(Tolerance())

    def case(name: str, block_: _Case, functions: tuple[str, ...]) -> model.Case:
        own = {
            "visibility": block_.visibility or block.visibility,
            "functions": block_.functions or functions,
            "tolerance": block_.tolerance.over(tolerance),
            "digits": Digits(**block_.digits.model_dump()) if block_.digits else None,
        }
        return model.Case(name=name, **(block_.model_dump() | own))

    def question(key: str, q: _Question) -> model.Question:
        own = {
            "cases": tuple(case(name, c, q.functions) for name, c in q.cases.items()),
            "rubric": tuple(
                model.RubricItem(key, item.points, " ".join(item.sentence.split()))
                for key, item in q.rubric.items()
            ),
        }
        return model.Question(key=key, **(q.model_dump() | own))

    own: dict[str, Any] = {
        "questions": tuple(question(key, q) for key, q in block.questions.items()),
        "limits": Limits(**block.limits.model_dump()),  # type: ignore[attr-defined]
        "late": LatePolicy(**block.late.model_dump()),
    }
    if block.leaderboard is not None:
        figures = block.leaderboard.figures.items()
        own["leaderboard"] = model.Leaderboard(
            block.leaderboard.case,
            tuple(model.Ranking(key, f.title, f.order) for key, f in figures),
        )
    shared = block.model_dump(exclude={"points", "tolerance", "visibility"})
    return Assignment(name=name, **(shared | own))


# --- the file and its lines -----------------------------------------------------------------


def _read(path: Path) -> tuple[object, dict[Spot, int]]:
    """The file as dicts, tuples and scalars, and the line of each of its keys and items."""
    lines: dict[Spot, int] = {(): 1}

    def plain(node: Any, spot: Spot) -> object:
        if isinstance(node, yaml.SequenceNode):
            lines.update({(*spot, i): n.start_mark.line + 1 for i, n in enumerate(node.value)})
            return tuple(plain(item, (*spot, i)) for i, item in enumerate(node.value))
        if isinstance(node, yaml.MappingNode):
            block: dict[str, object] = {}
            for key, value in node.value:
                # Keys are read as written: an unquoted 1.10 is not the number 1.1.
                inside, line = (*spot, key.value), key.start_mark.line + 1
                if not isinstance(key, yaml.ScalarNode):
                    _fail(path, line, f"{_place(spot)} has a key that is not text")
                if key.value in block:
                    first = f"first in line {lines[inside]}"
                    _fail(path, line, f"{_place(inside)} stands twice, {first}; delete one")
                lines[inside] = line
                block[key.value] = plain(value, inside)
            return block
        if node.value in ("", "~", "null") and node.style is None:
            _fail(path, lines[spot], f"{_place(spot)} has no value; give it one or delete the key")
        return node.value if node.style else _scalar(node.value)

    try:
        text = path.read_bytes().decode("utf-8")
        root: Any = yaml.compose(text, yaml.SafeLoader)
        if root is None:
            _fail(path, 1, f"the file is empty; it needs the keys {' and '.join(_keys(()))}")
        return plain(root, ()), lines
    except OSError as error:
        text = f"{path} cannot be read ({error.strerror}); give the path of grading_config.yaml."
        raise ConfigError(text) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        _fail(path, line, "this is not UTF-8; save the file with that encoding")
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        code = int(error.character)
        _fail(path, line, f"the character U+{code:04X} is not allowed; delete it")
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark
        begun = error.context_mark
        since = f"{error.context} that begins in line {begun.line + 1}, " if begun else ""
        _fail(path, mark.line + 1, f"this is not YAML: {since}{error.problem}")
    except RecursionError:
        _fail(path, 1, "the file is nested too deeply, or an alias holds itself")


def _scalar(text: str) -> object:
    """Text, number or boolean, as YAML 1.2 reads them: ``1e-6`` is a number, ``no`` is text."""
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", text) is None:
        return text
    return int(text) if len(text) < 20 and text.lstrip("+-").isdigit() else float(text)


def _fail(path: Path, line: int, sentence: str) -> NoReturn:
    raise ConfigError(f"{path.name} line {line}: {sentence}.") from None


def _line(lines: dict[Spot, int], spot: Spot) -> int:
    """The line of ``spot``, or of the block that should hold it."""
    return lines[spot] if spot in lines else _line(lines, spot[:-1])


def _place(spot: Spot) -> str:
    """``spot`` in words: hw2_clustering, question 1.1, case pairwise_dist_speed: `budget`."""
    names = []
    groups = {"assignments": "", "questions": "question ", "cases": "case ", "rubric": "item "}
    for group, word in groups.items():
        if len(spot) > 1 and spot[0] == group:
            names.append(f"{word}{spot[1]}")
            spot = spot[2:]
    key = ".".join(s if isinstance(s, str) else f"item {s + 1}" for s in spot)
    key = "its name" if key == "[key]" else key and f"`{key}`"
    return ": ".join(part for part in (", ".join(names), key) if part) or "the file"


# --- what is wrong with it ------------------------------------------------------------------


def _faults(course: _Course) -> Iterator[Fault]:
    """What keys and types alone cannot show: sums, names used twice, keys that exclude others."""
    for name, block in course.assignments.items():
        spot: Spot = ("assignments", name)
        graded = [q.points for q in block.questions.values() if not q.written and not q.bonus]
        what = "questions (neither written nor bonus)"
        yield from _unequal((*spot, "points"), block.points, graded, what)
        modules = [f.removesuffix(".py") for f in block.files if f.endswith(".py")]
        graded_names = [
            name
            for q in block.questions.values()
            for f in q.functions
            for name in (f, f"{q.module or modules[0]}:{f}")
        ]
        yield from _board((*spot, "leaderboard"), block)
        seen: dict[str, str] = {}
        for key, question in block.questions.items():
            at = (*spot, "questions", key)
            points = [case.points for case in question.cases.values()]
            if not question.written:
                yield from _unequal((*at, "points"), question.points, points, "cases")
            if question.rubric and not question.written:
                yield (*at, "rubric"), "must be left out: only a written question has a rubric"
            elif question.rubric:
                credit = [item.points for item in question.rubric.values() if item.points > 0]
                yield from _unequal((*at, "points"), question.points, credit, "rubric's credits")
            for other in ("functions", "cases", "module", "depends"):
                if question.written and getattr(question, other):
                    yield (*at, other), "must be left out: people grade a written question"
            if question.module is not None and question.module not in modules:
                meant = _did_you_mean(question.module, modules)
                there = f"one of the assignment's files ({', '.join(modules)})"
                yield (*at, "module"), f"must be {there}, not {question.module}{meant}"
            for i, function in enumerate(question.depends):
                if function not in graded_names:
                    meant = _did_you_mean(function, graded_names)
                    yield (
                        (*at, "depends", i),
                        (f"must be a function that the assignment grades, not {function}{meant}"),
                    )
            for case_name, case in question.cases.items():
                here = (*at, "cases", case_name)
                if seen.setdefault(case_name, key) != key:
                    yield here, f"has the name of a case of question {seen[case_name]}; rename one"
                yield from _required(here, case, case_name, question.cases, block.visibility)
                if case.memory is not None and case.budget is None:
                    yield (*here, "memory"), "needs a `budget`: both are measured on one call"
                if case.digits and (case.visibility or block.visibility) is Visibility.VISIBLE:
                    why = "a handout has neither exact answers nor a reference"
                    yield (*here, "digits"), f"must be left out of a visible case: {why}"
                for i, function in enumerate(case.functions):
                    if function not in question.functions:
                        there = f"one of its question's ({', '.join(question.functions)})"
                        meant = _did_you_mean(function, question.functions)
                        yield (*here, "functions", i), f"must be {there}, not {function}{meant}"


def _board(spot: Spot, block: _Assignment) -> Iterator[Fault]:
    """A leaderboard names a case that students may know of: everybody reads it at once."""
    if block.leaderboard is None:
        return
    cases = {name: case for q in block.questions.values() for name, case in q.cases.items()}
    name, at = block.leaderboard.case, (*spot, "case")
    if name not in cases:
        yield at, f"must be a case of the assignment, not {name}{_did_you_mean(name, cases)}"
    elif (cases[name].visibility or block.visibility) is Visibility.HIDDEN:
        yield at, f"names {name}, which is hidden; a leaderboard tells who passed it"


def _required(
    spot: Spot, case: _Case, name: str, cases: dict[str, _Case], default: Visibility
) -> Iterator[Fault]:
    """A case may require an earlier one of its question, and a public one a public one."""
    if case.requires is None:
        return
    at = (*spot, "requires")
    earlier = list(cases)[: list(cases).index(name)]
    if case.requires not in earlier:
        meant = _did_you_mean(case.requires, earlier)
        yield at, f"must name an earlier case of the question, not {case.requires}{meant}"
        return
    other = cases[case.requires].visibility or default
    if (case.visibility or default) is Visibility.VISIBLE and other is not Visibility.VISIBLE:
        yield at, f"names {case.requires}, which handouts do not have; name a visible case"


def _unequal(spot: Spot, points: float, parts: list[float], what: str) -> Iterator[Fault]:
    # The margin lets thirds be written as 0.333333.
    if not math.isclose(sum(parts), points, rel_tol=0, abs_tol=1e-5):
        yield spot, f"is {points:g}, but its {what} add up to {sum(parts):g}; change one of them"


_WANTED = {
    "string_type": "text (in quotes if it looks like a number)",
    "float_type": "a number",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list, such as [a, b]",
    "dict_type": "a block of keys",
    "model_type": "a block of keys",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than": "less than {lt:g}",
    "less_than_equal": "{le:g} or less",
    "enum": "{expected}",
    "literal_error": "{expected}",
    "too_short": "a block with at least one key",
    "value_error": "{error}",
}


def _explain(error: pydantic.ValidationError) -> Iterator[Fault]:
    """pydantic's findings in the words of an instructor."""
    findings = error.errors(include_url=False)
    unknown = {e["loc"][:-1] for e in findings if e["type"] == "extra_forbidden"}
    for e in findings:
        spot, kind, value = e["loc"], e["type"], e["input"]
        if kind == "extra_forbidden":
            keys = _keys(spot[:-1])
            meant = _did_you_mean(spot[-1], keys)
            yield spot, f"is an unknown key{meant}; the keys here are {', '.join(keys)}"
        elif kind == "missing":
            # A mistyped key is both unknown and missing; the former says more.
            if spot[:-1] not in unknown:
                yield spot, "is missing; add it"
        else:
            wanted = _WANTED[kind].format(**e.get("ctx", {}))
            meant = _did_you_mean(value, [v.value for v in Visibility]) if kind == "enum" else ""
            yield spot, f"must be {wanted}, not {_name(value)}{meant}"


def _keys(spot: Spot) -> list[str]:
    """The legal keys of the block at ``spot``."""
    kind: Any = _Course
    for step in spot:
        kind = _without_none(kind)
        is_block = isinstance(kind, type) and issubclass(kind, _Block)
        # The blocks under free names, such as cases, are dict[name, block].
        kind = kind.model_fields[step].annotation if is_block else typing.get_args(kind)[-1]
    return list(_without_none(kind).model_fields)


def _without_none(kind: Any) -> Any:
    """The block of one that may be left out."""
    is_optional = type(None) in typing.get_args(kind)
    return typing.get_args(kind)[0] if is_optional else kind


def _did_you_mean(word: object, words: typing.Iterable[str]) -> str:
    close = difflib.get_close_matches(str(word), words, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _name(value: object) -> str:
    if isinstance(value, (dict, tuple)):
        return "a list" if isinstance(value, tuple) else "a block of keys"
    text = f"the text {value!r}" if isinstance(value, str) else str(value).lower()
    return text if len(text) < 80 else text[:80] + "…"
