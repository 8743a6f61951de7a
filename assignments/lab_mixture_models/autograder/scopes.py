"""From source text to what each name may stand for: scopes and the bindings in them.

Role: parse one file and record every binding of every name, in one pass. This module
must not import or run what it reads, nor follow a name (``names`` does). A source
that cannot be read raises one of UNREADABLE or TOO_DEEP.
"""

from __future__ import annotations

import ast
import io
import sys
import textwrap
import tokenize
import warnings
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_CHAIN = 3000
"""Operators in one expression; Python 3.10 crashes on far longer ones."""
MAX_BINDINGS = 100
"""Ways to bind one name in one scope; what comes after them is not looked at."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COMPREHENSIONS: dict[type[ast.AST], str] = {
    ast.ListComp: "list comprehension",
    ast.SetComp: "set comprehension",
    ast.DictComp: "dict comprehension",
    ast.GeneratorExp: "generator expression",
}
COMPREHENSION_NODES = tuple(COMPREHENSIONS)
SCOPED = (*DEFINITIONS, ast.Lambda, *COMPREHENSION_NODES)
ANY = -1
UNREADABLE = (SyntaxError, ValueError, LookupError, tokenize.TokenError)
TOO_DEEP = (RecursionError, MemoryError)
_TEXT_RUNNERS = {"exec", "eval", "compile"}


def parse(text: bytes) -> ast.Module:
    if sys.version_info < (3, 11):
        _check_chains(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    _inline_strings(tree)
    return tree


def _check_chains(text: bytes) -> None:
    """Raise ValueError for ``a.b.b.b…`` so long that building its tree overruns the stack."""
    levels = [0]
    for token in tokenize.tokenize(io.BytesIO(text).readline):
        if token.type == tokenize.NEWLINE:
            levels = [0]
        elif token.type == tokenize.OP:
            if token.string in ",;":
                levels[-1] = 0
            elif token.string in ")]}":
                levels = levels[:-1] or [0]
            else:
                levels[-1] += 1
                levels += [0] if token.string in "([{" else []
            if sum(levels) > MAX_CHAIN:
                raise ValueError("too deeply nested")


def _dedent(text: str) -> bytes:
    return textwrap.dedent(text).strip().encode()


def _inline_strings(tree: ast.Module) -> None:
    """Put the code of ``exec("…")`` in place of its string, so that it is read like the rest."""
    todo: deque[ast.AST] = deque([tree])
    while todo:
        node = todo.popleft()
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in _TEXT_RUNNERS
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            try:
                body: list[Any] = list(parse(_dedent(node.args[0].value)).body)
            except (*UNREADABLE, *TOO_DEEP):
                body = []
            for inner in (part for statement in body for part in ast.walk(statement)):
                vars(inner)["lineno"] = node.lineno
            node.args[:1] = body or node.args[:1]
        else:
            todo.extend(ast.iter_child_nodes(node))


@dataclass(eq=False)
class Scope:
    """A module, class, function, lambda or comprehension."""

    node: ast.AST
    parent: Scope | None
    module: str
    file: str
    names: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[tuple[str, str], list[Binding]] = field(default_factory=dict)
    """``a.b = value`` by (a, b)."""
    stars: list[str] = field(default_factory=list)
    """Modules of ``from m import *``."""
    outer_names: dict[str, Scope] = field(default_factory=dict)
    """``global`` and ``nonlocal`` names and where they live."""


@dataclass(eq=False)
class Binding:
    """One way in which a name comes to stand for something; a parameter has nothing more."""

    scope: Scope
    line: int
    always: bool = False
    """A statement of the body itself, under no ``if`` or ``try``."""
    inner: Scope | None = None
    """A ``def`` or ``class``."""
    value: ast.expr | None = None
    part: int | None = None
    """Which element of ``value``; ANY: one of them; None: ``value`` itself."""
    module: str = ""
    """An import, with ``name`` for ``from module import name``."""
    name: str = ""
    origin: str = ""
    """The module as the import statement spells it; empty for a relative import."""


@dataclass(frozen=True)
class Thing:
    """What an expression stands for: ``outside`` or ``module`` (path), ``function``,
    ``class``, ``instance`` or ``super`` (scope)."""

    kind: str
    path: str = ""
    origin: str = ""
    scope: Scope | None = None
    owner: Scope | None = None
    """The class that ``self`` belongs to inside a function."""

    @property
    def self_class(self) -> Scope | None:
        """The class that ``self`` belongs to in the members of this thing."""
        return self.owner or self.scope


Target = Binding | Thing


def split(node: ast.AST) -> tuple[list[ast.AST], list[ast.AST]]:
    """What of a scoped node is evaluated inside its scope and what outside; no annotations."""
    if isinstance(node, FUNCTIONS):
        defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        if isinstance(node, ast.Lambda):
            return [node.body], [*defaults]
        return [*node.body], [*node.decorator_list, *defaults]
    if isinstance(node, ast.ClassDef):
        return [*node.body], [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]
    generators: list[ast.comprehension] = getattr(node, "generators", [])
    inside = [getattr(node, name) for name in ("elt", "key", "value") if hasattr(node, name)]
    inside += [g.iter for g in generators[1:]] + [test for g in generators for test in g.ifs]
    return inside, [generators[0].iter]


class Builder:
    """One pass over a tree: the scopes and the bindings in them."""

    def __init__(self, tree: ast.Module, module: str, file: str, is_package: bool) -> None:
        self.top = Scope(tree, None, module, file)
        self.inner: dict[ast.AST, Scope] = {}
        # What a relative import starts from.
        self._package = module.split(".") if is_package else module.split(".")[:-1]
        todo: deque[tuple[ast.AST, Scope, bool]] = deque((s, self.top, True) for s in tree.body)
        while todo:
            node, scope, always = todo.popleft()
            if isinstance(node, SCOPED):
                new = self._open(node, scope, always)
                inside, outside = split(node)
                todo.extend((part, new, isinstance(node, DEFINITIONS)) for part in inside)
                todo.extend((part, scope, False) for part in outside)
            else:
                self._bind(node, scope, always)
                todo.extend((child, scope, False) for child in children(node))

    def _open(self, node: ast.AST, scope: Scope, always: bool) -> Scope:
        new = self.inner[node] = Scope(node, scope, scope.module, scope.file)
        if isinstance(node, DEFINITIONS):
            self._put(node.name, Binding(scope, node.lineno, always, inner=new))
        if isinstance(node, FUNCTIONS):
            a = node.args
            rest = [arg for arg in (a.vararg, a.kwarg) if arg is not None]
            for arg in [*a.posonlyargs, *a.args, *a.kwonlyargs, *rest]:
                self._put(arg.arg, Binding(new, arg.lineno))
        for generator in getattr(node, "generators", []):
            self._assign(generator.target, generator.iter, Binding(new, generator.iter.lineno), ANY)
        return new

    def _put(self, name: str, binding: Binding) -> None:
        home = binding.scope.outer_names.get(name, binding.scope)
        binding.always = binding.always and home is binding.scope
        bindings = home.names.setdefault(name, [])
        if len(bindings) < MAX_BINDINGS:
            bindings.append(binding)

    def _bind(self, node: ast.AST, scope: Scope, always: bool) -> None:
        binding = Binding(scope, getattr(node, "lineno", 0), always)
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name if alias.asname else alias.name.partition(".")[0]
                new = Binding(scope, node.lineno, always, module=module, origin=alias.name)
                self._put(alias.asname or module, new)
        elif isinstance(node, ast.ImportFrom):
            depth = max(0, len(self._package) + 1 - node.level) if node.level else 0
            module = ".".join([*self._package[:depth], *([node.module] if node.module else [])])
            for alias in node.names:
                if alias.name == "*":
                    scope.stars += [module] if len(scope.stars) < MAX_BINDINGS else []
                    continue
                new = Binding(scope, node.lineno, always, module=module, name=alias.name)
                if not module:  # from . import helpers
                    new.module, new.name = alias.name, ""
                new.origin = "" if node.level else module
                self._put(alias.asname or alias.name, new)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value, binding)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            if isinstance(node, ast.NamedExpr):
                while isinstance(binding.scope.node, COMPREHENSION_NODES) and binding.scope.parent:
                    binding.scope = binding.scope.parent
            self._assign(node.target, node.value, binding)
        elif isinstance(node, ast.AugAssign):
            self._assign(node.target, node.value, binding, ANY)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._assign(node.target, node.iter, binding, ANY)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars is not None:
                    self._assign(item.optional_vars, item.context_expr, binding)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            top = self.top if isinstance(node, ast.Global) or not scope.parent else scope.parent
            scope.outer_names.update(dict.fromkeys(node.names, top))
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            self._put(node.name, binding)

    def _assign(
        self, target: ast.expr, value: ast.expr, like: Binding, part: int | None = None
    ) -> None:
        """Bind the names in ``target`` to ``value``, or to a part of it."""
        todo = [(target, value, part)]
        while todo:
            target, value, part = todo.pop()
            new = Binding(like.scope, like.line, like.always, value=value, part=part)
            if isinstance(target, ast.Name):
                self._put(target.id, new)
            elif isinstance(target, ast.Starred):
                todo.append((target.value, value, ANY))
            elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                key = (target.value.id, target.attr)
                like.scope.attributes.setdefault(key, []).append(new)
            elif isinstance(target, ast.Subscript) and like.scope is self.top:
                todo.append((target.value, value, ANY))  # TABLE["name"] = function
            elif isinstance(target, (ast.Tuple, ast.List)):
                items = target.elts
                values = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
                starred = any(isinstance(item, ast.Starred) for item in [*items, *values])
                if part is None and len(values) == len(items) and not starred:
                    todo += [(t, v, None) for t, v in zip(items, values, strict=True)]
                else:
                    todo += [(t, value, i if part is None else ANY) for i, t in enumerate(items)]


def children(node: ast.AST) -> Iterator[ast.AST]:
    """The child nodes that are evaluated: annotations and type aliases are not."""
    if isinstance(node, ast.AnnAssign):
        return iter([node.target] if node.value is None else [node.target, node.value])
    if type(node).__name__ == "TypeAlias":
        return iter(())
    return ast.iter_child_nodes(node)
