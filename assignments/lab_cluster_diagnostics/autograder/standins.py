"""Which functions of a reference solution can answer for a student's, read from its text.

A function that only gives values back can: it is called with the student's arguments. So can a
method, on an object that has the attributes which it reads. One that leaves something in its
object cannot, and one that the handout gives away whole need not. Text only; nothing is run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

_MARK = re.compile(r"#+\s*(BEGIN\s+)?SOLUTION\b", re.IGNORECASE)
_END = re.compile(r"#+\s*END\s+SOLUTION\b", re.IGNORECASE)
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
_Methods = dict[str, ast.FunctionDef | ast.AsyncFunctionDef]


class Reference:
    """The reference's modules as text, by module name. Raises SyntaxError."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._trees = {module: ast.parse(text) for module, text in texts.items()}
        self._classes = {
            node.name: node
            for tree in self._trees.values()
            for node in tree.body
            if isinstance(node, ast.ClassDef)
        }

    def attributes(self, function: str) -> tuple[str, ...] | None:
        """What a stand-in for ``function`` (``module:Class.method``) needs of its object.

        None: it cannot be stood in for. A function without an object needs nothing.
        """
        module, _, path = function.partition(":")
        owner, _, name = path.rpartition(".")
        if not owner:
            return () if name in self._functions(module) else None
        methods = self._methods(owner)
        if name not in methods:
            return None
        read: dict[str, None] = {}
        return tuple(read) if self._reads(methods, name, read, set()) else None

    def is_given(self, function: str) -> bool:
        """Whether the handout has ``function`` whole: no solution mark is in or around it."""
        module, _, path = function.partition(":")
        owner, _, name = path.rpartition(".")
        found = self._methods(owner).get(name) if owner else self._functions(module).get(name)
        text = self._texts.get(module, "")
        if found is None or found not in list(ast.walk(self._trees[module])):
            return True  # a base class's, in a given file
        lines, inside = text.splitlines(), False
        for number, line in enumerate(lines[: found.end_lineno], start=1):
            mark = _MARK.search(line)
            if number >= found.lineno and (inside or mark):
                return False
            inside = bool(mark and mark.group(1)) or (inside and not _END.search(line))
        return True

    def _functions(self, module: str) -> _Methods:
        tree = self._trees.get(module)
        return {n.name: n for n in tree.body if isinstance(n, _Function)} if tree else {}

    def _methods(self, owner: str, above: tuple[str, ...] = ()) -> _Methods:
        """Methods of a class, those of its bases included."""
        node = self._classes.get(owner)
        if node is None or owner in above:
            return {}
        found: _Methods = {}
        for base in reversed(node.bases):
            if isinstance(base, ast.Name):
                found |= self._methods(base.id, (*above, owner))
        return found | {item.name: item for item in node.body if isinstance(item, _Function)}

    def _reads(self, methods: _Methods, name: str, read: dict[str, None], seen: set[str]) -> bool:
        """Note what ``name`` reads of its object; False if it does anything else with it."""
        if name in seen:
            return True
        seen.add(name)
        node = methods[name]
        if node.decorator_list or not node.args.args:
            return False
        me = node.args.args[0].arg
        known = 0
        for part in ast.walk(node):
            if not (isinstance(part, ast.Attribute) and _is(part.value, me)):
                continue
            known += 1
            if not isinstance(part.ctx, ast.Load):
                return False
            if part.attr not in methods:
                read[part.attr] = None
            elif not self._reads(methods, part.attr, read, seen):
                return False
        return known == sum(_is(part, me) for part in ast.walk(node))


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
