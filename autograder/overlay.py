"""A reference with one thing changed: how misconceptions and variants are written.

An overlay is a Python file that holds only what differs. Text to text:
functions and methods replace those of the same name, new ones are added,
other statements go behind the reference's imports. Nothing is run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class OverlayError(ValueError):
    """An overlay that cannot be read or laid over."""


@dataclass(frozen=True)
class Overlay:
    """One misconception or variant."""

    path: Path
    sentence: str
    """What a student would be told; the first paragraph of the docstring."""
    module: str | None
    loses: tuple[str, ...]
    may_lose: tuple[str, ...]
    text: str
    seen: int = 0
    """In how many of the real submissions that were looked at it was found."""

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem


KEYS = ("module", "loses", "may_lose", "seen")


def read(path: Path) -> Overlay:
    """The overlay in ``path``. Raises OverlayError with file and fact."""
    text = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise OverlayError(f"{path} line {error.lineno}: not valid Python ({error.msg})") from error
    words = ast.get_docstring(tree)
    if not words:
        raise OverlayError(f"{path}: no docstring; its first paragraph says what is different")
    first, _, rest = words.partition("\n\n")
    facts: Any = {}
    if rest.strip():
        try:
            facts = yaml.safe_load(rest)
        except yaml.YAMLError as error:
            raise OverlayError(f"{path}: the docstring's second part is not YAML") from error
        if not isinstance(facts, dict) or set(facts) - set(KEYS):
            raise OverlayError(
                f"{path}: the docstring's second part holds only {', '.join(KEYS)}; "
                "write prose in its first paragraph"
            )
    lists = {key: facts.get(key) or [] for key in ("loses", "may_lose")}
    for key, value in lists.items():
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise OverlayError(f"{path}: {key} is a list of case names")
    seen = facts.get("seen", 0)
    if type(seen) is not int or seen < 0:
        raise OverlayError(f"{path}: seen is how many real submissions had it, a whole number")
    return Overlay(
        path,
        " ".join(first.split()),
        facts.get("module"),
        tuple(lists["loses"]),
        tuple(lists["may_lose"]),
        text,
        seen,
    )


_Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _span(node: ast.stmt) -> tuple[int, int]:
    """Line numbers of a statement, decorators included, as a half-open range from 0."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return first - 1, node.end_lineno or node.lineno


def defined(overlay: str) -> tuple[str, ...]:
    """Functions and methods (as ``Class.method``) that an overlay holds. Raises SyntaxError."""
    found: list[str] = []
    for node in ast.parse(overlay).body:
        if isinstance(node, ast.ClassDef):
            found += [f"{node.name}.{m.name}" for m in node.body if isinstance(m, _Definition)]
        elif isinstance(node, _Definition):
            found.append(node.name)
    return tuple(found)


def apply(reference: str, overlay: str) -> str:
    """``reference`` with what ``overlay`` defines in place of its own. Raises SyntaxError."""
    base, over = ast.parse(reference), ast.parse(overlay)
    lines, new = reference.splitlines(), overlay.splitlines()
    own = {node.name: node for node in base.body if isinstance(node, _Definition)}
    edits: list[tuple[int, int, list[str]]] = []
    after_imports = _after_imports(base)

    def text(node: ast.stmt) -> list[str]:
        start, end = _span(node)
        return new[start:end]

    for node in over.body[1:] if ast.get_docstring(over) else over.body:
        name = getattr(node, "name", None)
        old = own.get(name) if name else None
        if isinstance(old, ast.ClassDef) and isinstance(node, ast.ClassDef):
            edits += _class_edits(old, node, text)
        elif old is not None:
            edits.append((*_span(old), text(node)))
        elif isinstance(node, ast.ClassDef) and _names(node.bases) & own.keys():
            edits.append((len(lines), len(lines), ["", "", *text(node)]))
        else:
            edits.append((after_imports, after_imports, text(node)))
    # From the bottom up, so that line numbers above stay true; at one place
    # the last edit goes first, so that the edits there keep their order.
    numbered = sorted(enumerate(edits), key=lambda item: (item[1][0], item[0]), reverse=True)
    for _, (start, end, put) in numbered:
        lines[start:end] = put
    return "\n".join(lines) + "\n"


def _names(expressions: list[ast.expr]) -> set[str]:
    found = (node for e in expressions for node in ast.walk(e))
    return {node.id for node in found if isinstance(node, ast.Name)}


def _class_edits(old: ast.ClassDef, node: ast.ClassDef, text: Any) -> Any:
    methods = {m.name: m for m in old.body if isinstance(m, _Definition)}
    at = _span(old.body[0])[1] if ast.get_docstring(old) else _span(old.body[0])[0]
    for item in node.body[1:] if ast.get_docstring(node) else node.body:
        there = methods.get(getattr(item, "name", ""))
        if there is not None:
            yield (*_span(there), text(item))
        else:
            yield (at, at, [*text(item), ""])


def _after_imports(tree: ast.Module) -> int:
    imports = [n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom, ast.Try))]
    if imports:
        return _span(imports[-1])[1]
    return _span(tree.body[0])[1] if ast.get_docstring(tree) else 0
