"""Reading a submission's source for two rules: no Python loop over rows, no foreign package.

Role: say where a function, or anything of the submission's own that it reaches,
loops in Python over rows or uses a package that is not allowed. This module must
not import or run a submission, give points, or raise on source that it cannot
read: such a file has no functions, and ``Source.problems`` says why.

How: a ``_Scope`` holds what each name may stand for, ``_Names`` answers what an
expression stands for, ``_Walk`` starts at one function and follows every name to
the submission's own code. A mention is enough: a function that is passed on is
taken to be called. Bindings are taken together, whatever the order in which they
run, except that the last ``def`` of a module or class replaces those before it.
Decorators, defaults and module-level values count for packages, and for loops
where they make something that loops later (``np.vectorize``).
"""

from __future__ import annotations

import ast
import builtins
import graphlib
import io
import sys
import tokenize
import warnings
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

MAX_SOURCE_BYTES = 2_000_000
"""A file longer than this is not read."""
MAX_CHAIN = 3000
"""Operators in one expression; Python 3.10 crashes on far longer ones."""
MAX_DEPTH = 60
"""Steps from alias to alias before a name is given up."""
BLOCK_STEP = 16
"""``range(a, b, step)`` with a step known to be smaller goes over rows, not blocks."""

_MAP_LIKE = {
    "builtins.map": "map()",
    "builtins.filter": "filter()",
    "functools.reduce": "functools.reduce()",
    "itertools.starmap": "itertools.starmap()",
}
_LISTING = {"builtins.list": "list()", "builtins.sum": "sum()", "builtins.sorted": "sorted()"}
_MAKERS = {"vectorize", "frompyfunc"}  # loop not when called but when their result is
_NUMPY_LOOPS = {"apply_along_axis", "fromiter"} | _MAKERS
_POOLS = ("multiprocessing.", "concurrent.")
_WRAPPERS = {"functools.partial", "builtins.staticmethod", "builtins.classmethod"}
_SAME_LENGTH = {"enumerate", "reversed", "list", "tuple", "iter", "sorted", "set"}
_TEXT_RUNNERS = {"exec", "eval", "compile"}
_COMES_WITH = {"matplotlib": ("mpl_toolkits", "pylab")}

_Function = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_Named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPREHENSIONS: dict[type[ast.AST], str] = {
    ast.ListComp: "list comprehension",
    ast.SetComp: "set comprehension",
    ast.DictComp: "dict comprehension",
    ast.GeneratorExp: "generator expression",
}
_Comprehension = tuple(_COMPREHENSIONS)
_Scoped = (*_Named, ast.Lambda, *_Comprehension)
_ANY = -1

T = TypeVar("T")


@dataclass(frozen=True, order=True)
class Loop:
    """A Python loop; ``what`` names its kind in a few words."""

    file: str
    line: int
    what: str


@dataclass(frozen=True, order=True)
class Use:
    """A place that uses a package that is not allowed; ``module`` as it was imported."""

    file: str
    line: int
    module: str

    @property
    def package(self) -> str:
        """``scipy`` of ``scipy.special``."""
        return self.module.partition(".")[0]


class Source:
    """The source text of a submission; ``read`` makes one."""

    def __init__(self, names: _Names, problems: Sequence[str]) -> None:
        self._names = names
        self.problems = tuple(problems)
        """One sentence for each file that could not be read; its functions are not known."""

    @classmethod
    def read(cls, folder: Path, modules: Sequence[str]) -> Source:
        """Read every ``.py`` file in ``folder``; ``modules`` are the graded ones. Never raises."""
        names = _Names([module.removesuffix(".py") for module in modules])
        problems = []
        for path in sorted(folder.rglob("*.py")):
            file = path.relative_to(folder).as_posix()
            try:
                if path.stat().st_size > MAX_SOURCE_BYTES:
                    raise ValueError("too long to read")
                names.add(file, _parse(path.read_bytes()))
            except (OSError, SyntaxError, ValueError, tokenize.TokenError) as exc:
                problems.append(f"{file} could not be read: {exc}.")
            except (RecursionError, MemoryError):
                problems.append(f"{file} could not be read: too deeply nested.")
        return cls(names, problems)

    def functions(self) -> list[str]:
        """The graded modules' functions and methods (``softmax``, ``KMeans._get_loss``)."""
        return list(dict.fromkeys(self._names.functions()))

    def loops(self, function: str) -> list[Loop]:
        """Python loops that ``function`` or what it reaches may run over rows, in file order.

        ``for``, ``while``, comprehensions, ``map`` and its like, numpy's loops in
        disguise, ``list()`` and ``sum()`` of a parameter, and recursion. Not counted:
        loops whose length does not grow with the rows (over a written-out tuple,
        ``range(3)``, ``X.shape``, ``range(X.shape[1])``) and loops over blocks
        (``range(0, n, block)``).
        """
        return sorted(_Walk(self._names, function, ()).loops)

    def forbidden(
        self, function: str, allowed: Sequence[str], stop_at: Collection[str]
    ) -> list[Use]:
        """Uses of packages beyond the standard library, the submission and ``allowed``.

        ``allowed`` holds packages (``numpy``) or modules (``scipy.special``). The
        walk does not enter ``stop_at``, the other graded functions. In file order.
        """
        return sorted(
            Use(file, line, _as_imported(path, origins))
            for (file, line, path), origins in _Walk(self._names, function, stop_at).uses.items()
            if not _is_allowed(path, allowed)
        )


def _as_imported(path: str, origins: Iterable[str]) -> str:
    fitting = [o for o in origins if f"{path}.".startswith(f"{o}.")]
    return max(fitting, key=len, default=path.partition(".")[0])


def _is_allowed(path: str, allowed: Sequence[str]) -> bool:
    if path.partition(".")[0] in sys.stdlib_module_names | {"__main__"}:
        return True
    more = [other for name in allowed for other in _COMES_WITH.get(name, ())]
    return any(f"{path}.".startswith(f"{name}.") for name in [*allowed, *more])


# --- text to tree -------------------------------------------------------------------------


def _parse(text: bytes) -> ast.Module:
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
                body: list[Any] = list(_parse(node.args[0].value.strip().encode()).body)
            except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
                body = []
            for inner in (part for statement in body for part in ast.walk(statement)):
                if hasattr(inner, "lineno"):
                    inner.lineno = node.lineno
            node.args[:1] = body or node.args[:1]
        else:
            todo.extend(ast.iter_child_nodes(node))


# --- scopes: what each name may stand for -------------------------------------------------


@dataclass(eq=False)
class _Scope:
    """A module, class, function, lambda or comprehension."""

    node: ast.AST
    parent: _Scope | None
    module: str
    file: str
    names: dict[str, list[_Binding]] = field(default_factory=dict)
    attributes: dict[tuple[str, str], list[_Binding]] = field(default_factory=dict)
    """``a.b = value`` by (a, b)."""
    stars: list[tuple[str, int]] = field(default_factory=list)
    """Modules of ``from m import *`` and their lines."""
    outer_names: dict[str, _Scope] = field(default_factory=dict)
    """``global`` and ``nonlocal`` names and where they live."""


@dataclass(eq=False)
class _Binding:
    """One way in which a name comes to stand for something; a parameter has nothing more."""

    scope: _Scope
    line: int
    always: bool = False
    """A statement of the body itself, under no ``if`` or ``try``."""
    inner: _Scope | None = None
    """A ``def`` or ``class``."""
    value: ast.expr | None = None
    part: int | None = None
    """Which element of ``value``; _ANY: one of them; None: ``value`` itself."""
    module: str = ""
    """An import, with ``name`` for ``from module import name``."""
    name: str = ""
    origin: str = ""
    """The module as the import statement spells it."""


@dataclass(frozen=True)
class _Thing:
    """What an expression stands for: ``outside`` or ``module`` (path), ``function``,
    ``class``, ``instance`` or ``super`` (scope)."""

    kind: str
    path: str = ""
    origin: str = ""
    scope: _Scope | None = None
    owner: _Scope | None = None
    """The class that ``self`` belongs to inside a function."""


_Target = _Binding | _Thing


def _split(node: ast.AST) -> tuple[list[ast.AST], list[ast.AST]]:
    """What of a scoped node is evaluated inside its scope and what outside; no annotations."""
    if isinstance(node, (*_Function,)):
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


class _Builder:
    """One pass over a tree: the scopes and the bindings in them."""

    def __init__(self, tree: ast.Module, module: str, file: str, is_package: bool) -> None:
        self.top = _Scope(tree, None, module, file)
        self.inner: dict[ast.AST, _Scope] = {}
        # What a relative import starts from.
        self._package = module.split(".") if is_package else module.split(".")[:-1]
        todo: deque[tuple[ast.AST, _Scope, bool]] = deque((s, self.top, True) for s in tree.body)
        while todo:
            node, scope, always = todo.popleft()
            if isinstance(node, _Scoped):
                new = self._open(node, scope, always)
                inside, outside = _split(node)
                todo.extend((part, new, True) for part in inside)
                todo.extend((part, scope, False) for part in outside)
            else:
                self._bind(node, scope, always)
                todo.extend((child, scope, False) for child in _children(node))

    def _open(self, node: ast.AST, scope: _Scope, always: bool) -> _Scope:
        new = self.inner[node] = _Scope(node, scope, scope.module, scope.file)
        if isinstance(node, _Named):
            self._put(node.name, _Binding(scope, node.lineno, always, inner=new))
        if isinstance(node, (*_Function,)):
            a = node.args
            rest = [arg for arg in (a.vararg, a.kwarg) if arg is not None]
            for arg in [*a.posonlyargs, *a.args, *a.kwonlyargs, *rest]:
                self._put(arg.arg, _Binding(new, arg.lineno))
        for generator in getattr(node, "generators", []):
            self._assign(generator.target, generator.iter, _Binding(new, generator.iter.lineno), 1)
        return new

    def _put(self, name: str, binding: _Binding) -> None:
        if name in binding.scope.outer_names:
            binding.scope.outer_names[name].names.setdefault(name, []).append(binding)
            binding.always = False
        else:
            binding.scope.names.setdefault(name, []).append(binding)

    def _bind(self, node: ast.AST, scope: _Scope, always: bool) -> None:
        binding = _Binding(scope, getattr(node, "lineno", 0), always)
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name if alias.asname else alias.name.partition(".")[0]
                new = _Binding(scope, node.lineno, always, module=module, origin=alias.name)
                self._put(alias.asname or module, new)
        elif isinstance(node, ast.ImportFrom):
            base = self._package[: len(self._package) + 1 - node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                if alias.name == "*":
                    scope.stars.append((module, node.lineno))
                    continue
                new = _Binding(scope, node.lineno, always, module=module or ".", name=alias.name)
                new.origin = module
                self._put(alias.asname or alias.name, new)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value, binding)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            if isinstance(node, ast.NamedExpr):
                while isinstance(binding.scope.node, _Comprehension) and binding.scope.parent:
                    binding.scope = binding.scope.parent
            self._assign(node.target, node.value, binding)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._assign(node.target, node.iter, binding, 1)
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
        self, target: ast.expr, value: ast.expr, like: _Binding, unpacked: int = 0
    ) -> None:
        """Bind the names in ``target`` to ``value``, or to a part of it."""
        todo: list[tuple[ast.expr, ast.expr, int | None]] = [(target, value, None)]
        if unpacked:
            todo = [(target, value, _ANY)]
        while todo:
            target, value, part = todo.pop()
            new = _Binding(like.scope, like.line, like.always, value=value, part=part)
            if isinstance(target, ast.Name):
                self._put(target.id, new)
            elif isinstance(target, ast.Starred):
                todo.append((target.value, value, _ANY))
            elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                key = (target.value.id, target.attr)
                like.scope.attributes.setdefault(key, []).append(new)
            elif isinstance(target, ast.Subscript) and like.scope is self.top:
                todo.append((target.value, value, _ANY))  # TABLE["name"] = function
            elif isinstance(target, (ast.Tuple, ast.List)):
                items = target.elts
                if part is None and isinstance(value, (ast.Tuple, ast.List)):
                    if len(value.elts) == len(items) and not any(
                        isinstance(item, ast.Starred) for item in [*items, *value.elts]
                    ):
                        todo += [(t, v, None) for t, v in zip(items, value.elts, strict=True)]
                        continue
                todo += [(t, value, i if part is None else _ANY) for i, t in enumerate(items)]


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The child nodes that are evaluated: annotations and type aliases are not."""
    if isinstance(node, ast.AnnAssign):
        return iter([node.target] if node.value is None else [node.target, node.value])
    if type(node).__name__ == "TypeAlias":
        return iter(())
    return ast.iter_child_nodes(node)
