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
import textwrap
import tokenize
import warnings
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

MAX_SOURCE_BYTES = 500_000
"""Source that is read, all files together; the graded ones come first."""
MAX_CHAIN = 3000
"""Operators in one expression; Python 3.10 crashes on far longer ones."""
MAX_DEPTH = 60
"""Steps from alias to alias, or classes above one another, before a name is given up."""
MAX_BINDINGS = 100
"""Ways to bind one name in one scope; what comes after them is not looked at."""
MAX_STEPS = 300_000
"""Mentions followed from one function before the walk ends where it is."""
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
_WRAPPERS = {"functools.partial", "builtins.staticmethod", "builtins.classmethod"}
_SAME_LENGTH = {"enumerate", "reversed", "list", "tuple", "iter", "sorted", "set"}
_ROUNDING = {"ceil", "floor", "int", "round", "max", "abs"}
_TEXT_RUNNERS = {"exec", "eval", "compile"}
_COMES_WITH = {"matplotlib": ("mpl_toolkits", "pylab")}

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPREHENSIONS: dict[type[ast.AST], str] = {
    ast.ListComp: "list comprehension",
    ast.SetComp: "set comprehension",
    ast.DictComp: "dict comprehension",
    ast.GeneratorExp: "generator expression",
}
_COMPREHENSION_NODES = tuple(_COMPREHENSIONS)
_SCOPED = (*_DEFINITIONS, ast.Lambda, *_COMPREHENSION_NODES)
_ANY = -1
_UNREADABLE = (SyntaxError, ValueError, LookupError, tokenize.TokenError)
_TOO_DEEP = (RecursionError, MemoryError)

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

    def __init__(self, names: _Names) -> None:
        self._names = names
        self._walks: dict[tuple[str, frozenset[str]], _Walk] = {}

    @classmethod
    def read(cls, folder: Path, modules: Sequence[str]) -> Source:
        """Read every ``.py`` file in ``folder``; ``modules`` are the graded ones. Never raises.

        All text is read now, before anything of the submission runs; helper files
        are parsed when they are reached.
        """
        texts: dict[str, bytes | OSError] = {}
        for path in sorted(folder.rglob("*.py")):
            try:
                texts[path.relative_to(folder).as_posix()] = path.read_bytes()
            except OSError as exc:
                texts[path.relative_to(folder).as_posix()] = exc
        return cls(_Names([module.removesuffix(".py") for module in modules], texts))

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each file that was reached and cannot be read."""
        return tuple(self._names.problems)

    def functions(self) -> list[str]:
        """The graded modules' functions and methods (``softmax``, ``KMeans._get_loss``)."""
        return list(dict.fromkeys(self._names.functions()))

    def loops(self, function: str) -> list[Loop]:
        """Python loops that ``function`` or what it reaches may run over rows, in file order.

        ``for``, ``while``, comprehensions, ``map`` and its like, numpy's loops in
        disguise, ``list()`` and ``sum()`` of a parameter, and recursion. Not counted:
        loops whose length does not grow with the rows (over a written-out tuple,
        ``range(3)``, ``X.shape``, ``range(X.shape[1])``) and loops over blocks
        (``range(0, n, block)``, or a helper that cuts such blocks).
        """
        return sorted(self._walk(function, frozenset()).loops)

    def forbidden(
        self, function: str, allowed: Sequence[str], stop_at: Collection[str]
    ) -> list[Use]:
        """Uses of packages beyond the standard library, the submission and ``allowed``.

        ``allowed`` holds packages (``numpy``) or modules (``scipy.special``). The
        walk does not enter ``stop_at``, the other graded functions. In file order.
        """
        return sorted(
            Use(file, line, _as_imported(path, origins))
            for (file, line, path), origins in self._walk(function, frozenset(stop_at)).uses.items()
            if not _is_allowed(path, allowed)
        )

    def _walk(self, function: str, stop_at: frozenset[str]) -> _Walk:
        key = (function, stop_at)
        if key not in self._walks:
            self._walks[key] = _Walk(self._names, function, stop_at)
        return self._walks[key]


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
                body: list[Any] = list(_parse(_dedent(node.args[0].value)).body)
            except (*_UNREADABLE, *_TOO_DEEP):
                body = []
            for inner in (part for statement in body for part in ast.walk(statement)):
                vars(inner)["lineno"] = node.lineno
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
    stars: list[str] = field(default_factory=list)
    """Modules of ``from m import *``."""
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
    """The module as the import statement spells it; empty for a relative import."""


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

    @property
    def self_class(self) -> _Scope | None:
        """The class that ``self`` belongs to in the members of this thing."""
        return self.owner or self.scope


_Target = _Binding | _Thing


def _split(node: ast.AST) -> tuple[list[ast.AST], list[ast.AST]]:
    """What of a scoped node is evaluated inside its scope and what outside; no annotations."""
    if isinstance(node, _FUNCTIONS):
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
            if isinstance(node, _SCOPED):
                new = self._open(node, scope, always)
                inside, outside = _split(node)
                todo.extend((part, new, isinstance(node, _DEFINITIONS)) for part in inside)
                todo.extend((part, scope, False) for part in outside)
            else:
                self._bind(node, scope, always)
                todo.extend((child, scope, False) for child in _children(node))

    def _open(self, node: ast.AST, scope: _Scope, always: bool) -> _Scope:
        new = self.inner[node] = _Scope(node, scope, scope.module, scope.file)
        if isinstance(node, _DEFINITIONS):
            self._put(node.name, _Binding(scope, node.lineno, always, inner=new))
        if isinstance(node, _FUNCTIONS):
            a = node.args
            rest = [arg for arg in (a.vararg, a.kwarg) if arg is not None]
            for arg in [*a.posonlyargs, *a.args, *a.kwonlyargs, *rest]:
                self._put(arg.arg, _Binding(new, arg.lineno))
        for generator in getattr(node, "generators", []):
            self._assign(
                generator.target, generator.iter, _Binding(new, generator.iter.lineno), _ANY
            )
        return new

    def _put(self, name: str, binding: _Binding) -> None:
        home = binding.scope.outer_names.get(name, binding.scope)
        binding.always = binding.always and home is binding.scope
        bindings = home.names.setdefault(name, [])
        if len(bindings) < MAX_BINDINGS:
            bindings.append(binding)

    def _bind(self, node: ast.AST, scope: _Scope, always: bool) -> None:
        binding = _Binding(scope, getattr(node, "lineno", 0), always)
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name if alias.asname else alias.name.partition(".")[0]
                new = _Binding(scope, node.lineno, always, module=module, origin=alias.name)
                self._put(alias.asname or module, new)
        elif isinstance(node, ast.ImportFrom):
            depth = max(0, len(self._package) + 1 - node.level) if node.level else 0
            module = ".".join([*self._package[:depth], *([node.module] if node.module else [])])
            for alias in node.names:
                if alias.name == "*":
                    scope.stars += [module] if len(scope.stars) < MAX_BINDINGS else []
                    continue
                new = _Binding(scope, node.lineno, always, module=module, name=alias.name)
                if not module:  # from . import helpers
                    new.module, new.name = alias.name, ""
                new.origin = "" if node.level else module
                self._put(alias.asname or alias.name, new)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value, binding)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            if isinstance(node, ast.NamedExpr):
                while isinstance(binding.scope.node, _COMPREHENSION_NODES) and binding.scope.parent:
                    binding.scope = binding.scope.parent
            self._assign(node.target, node.value, binding)
        elif isinstance(node, ast.AugAssign):
            self._assign(node.target, node.value, binding, _ANY)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._assign(node.target, node.iter, binding, _ANY)
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
        self, target: ast.expr, value: ast.expr, like: _Binding, part: int | None = None
    ) -> None:
        """Bind the names in ``target`` to ``value``, or to a part of it."""
        todo = [(target, value, part)]
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
                values = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
                starred = any(isinstance(item, ast.Starred) for item in [*items, *values])
                if part is None and len(values) == len(items) and not starred:
                    todo += [(t, v, None) for t, v in zip(items, values, strict=True)]
                else:
                    todo += [(t, value, i if part is None else _ANY) for i, t in enumerate(items)]


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The child nodes that are evaluated: annotations and type aliases are not."""
    if isinstance(node, ast.AnnAssign):
        return iter([node.target] if node.value is None else [node.target, node.value])
    if type(node).__name__ == "TypeAlias":
        return iter(())
    return ast.iter_child_nodes(node)


# --- names: what an expression stands for -------------------------------------------------


def _last(bindings: list[_Binding]) -> list[_Binding]:
    """What is left of a module's or class's name once its body has run."""
    ordered = sorted(bindings, key=lambda binding: binding.line)
    start = max((i for i, binding in enumerate(ordered) if binding.always), default=0)
    return ordered[start:]


class _Names:
    """All modules of a submission, and what the expressions in them stand for."""

    def __init__(self, graded: Sequence[str], texts: Mapping[str, bytes | OSError]) -> None:
        self.graded = graded
        self.inner: dict[ast.AST, _Scope] = {}
        self.problems: list[str] = []
        self._texts = texts
        self._files: dict[str, str] = {}
        for file in texts:
            self._files[file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")] = file
        parts = [name.split(".") for name in self._files]
        self._own = {".".join(p[:depth]) for p in parts for depth in range(1, len(p) + 1)}
        # numpy is loaded before any submission, so a file of that name is never imported.
        self._own = {name for name in self._own if name.partition(".")[0] != "numpy"}
        self._scopes: dict[str, _Scope | None] = {}
        self._bytes_read = 0
        self._known: dict[Any, Any] = {}
        self._depth = 0
        for module in graded:
            self.scope(module)

    def scope(self, module: str) -> _Scope | None:
        """The scope of one of the submission's modules; None if it cannot be read."""
        if module not in self._scopes:
            file = self._files.get(module)
            self._scopes[module] = None if file is None else self._build(module, file)
        return self._scopes[module]

    def _build(self, module: str, file: str) -> _Scope | None:
        text = self._texts[file]
        try:
            if isinstance(text, OSError):
                raise text
            self._bytes_read += len(text)
            if self._bytes_read > MAX_SOURCE_BYTES:
                raise ValueError("the submission's source is too long")
            tree = _parse(text)
        except (OSError, *_UNREADABLE) as exc:
            self.problems.append(f"{file} could not be read: {exc}.")
            return None
        except _TOO_DEEP:
            self.problems.append(f"{file} could not be read: too deeply nested.")
            return None
        built = _Builder(tree, module, file, is_package=file.endswith("__init__.py"))
        self.inner.update(built.inner)
        return built.top

    def functions(self) -> Iterator[str]:
        """Names of the graded modules' functions and methods."""
        for module in self.graded:
            scope = self.scope(module)
            for name in scope.names if scope is not None else ():
                for thing in self._stand_for(self.of_module(module, name), None):
                    if thing.kind == "function":
                        yield name
                    elif thing.kind == "class" and thing.scope is not None:
                        for member in dict.fromkeys(
                            m for c in self.mro(thing.scope) for m in c.names
                        ):
                            found = self._stand_for(self.members(thing.scope, member), thing.scope)
                            if any(one.kind == "function" for one in found):
                                yield f"{name}.{member}"

    def find(self, function: str) -> list[tuple[_Target, _Scope | None]]:
        """What a graded name stands for, each with the class that it belongs to."""
        name, _, member = function.partition(".")
        for module in self.graded:
            targets = self.of_module(module, name)
            scope = self.scope(module)
            if not targets and scope is not None:
                targets = self._from_stars(scope, name)
            if member:
                classes = [t.scope for t in self._stand_for(targets, None) if t.kind == "class"]
                found = [(m, c) for c in classes if c for m in self.members(c, member)]
                if found:
                    return [*found]
            elif targets:
                return [(target, None) for target in targets]
        return []

    def lookup(self, name: str, scope: _Scope) -> list[_Target]:
        """What ``name`` may stand for where it is read in ``scope``."""
        here: _Scope | None = scope
        top = scope
        left = False  # a function runs later than the body around it
        while here is not None:
            if name in here.names and (here is scope or not isinstance(here.node, ast.ClassDef)):
                return [*(_last(here.names[name]) if left else here.names[name])]
            left = left or isinstance(here.node, _FUNCTIONS)
            top, here = here, here.parent
        for module in top.stars:
            if module in self._own and (found := self.of_module(module, name)):
                return found
        outside = self._from_stars(top, name)
        # `from numpy import *` brings a `sum` of its own.
        if hasattr(builtins, name) and not (outside and name == "sum"):
            return [_Thing("outside", f"builtins.{name}", "builtins")]
        return outside

    def of_module(self, module: str, name: str) -> list[_Target]:
        """What ``name`` of one of the submission's modules stands for."""
        scope = self.scope(module)
        if scope is not None and name in scope.names:
            return [*_last(scope.names[name])]
        if f"{module}.{name}" in self._own:
            return [_Thing("module", f"{module}.{name}")]
        for star in scope.stars if scope is not None else ():
            behind = self.scope(star) if star in self._own else None
            if behind is not None and name in behind.names:
                return [*_last(behind.names[name])]
        return []

    def _from_stars(self, scope: _Scope, name: str) -> list[_Target]:
        stars = [star for star in scope.stars if star not in self._own]
        return [_Thing("outside", f"{star}.{name}", star) for star in stars]

    def chase(self, binding: _Binding, stop: Collection[int] = ()) -> list[_Target]:
        """``binding``, or where its import leads; nothing if that passes ``stop``."""
        todo: list[_Target] = [binding]
        ends: list[_Target] = []
        seen: set[int] = set()
        while todo:
            target = todo.pop()
            if isinstance(target, _Thing) or not target.module:
                ends.append(target)
            if isinstance(target, _Thing) or id(target) in seen or id(target) in stop:
                continue
            seen.add(id(target))
            if target.module in self._own:
                if target.name:
                    todo += self.of_module(target.module, target.name)
                else:
                    ends.append(_Thing("module", target.module))
            elif target.origin:  # not a relative import that leads nowhere
                path = ".".join(filter(None, (target.module, target.name)))
                ends.append(_Thing("outside", path, target.origin))
        return [end for end in ends if isinstance(end, _Thing) or id(end) not in stop]

    def mro(self, cls: _Scope) -> list[_Scope]:
        """The class and the submission's own classes above it."""
        return self.once(("mro", cls), [cls], lambda: self._linearise(cls))

    def _linearise(self, cls: _Scope) -> list[_Scope]:
        found: list[_Scope] = []
        todo = [cls]
        while todo and len(found) < MAX_DEPTH:
            here = todo.pop(0)
            if here in found or not isinstance(here.node, ast.ClassDef) or here.parent is None:
                continue
            found.append(here)
            for base in here.node.bases:
                todo += [t.scope for t in self.things(base, here.parent, None) if t.scope]
        return found

    def members(self, cls: _Scope, name: str, above: bool = False) -> list[_Target]:
        """What ``name`` of a class stands for; ``above``: of the classes it inherits from."""
        for here in self.mro(cls)[1 if above else 0 :]:
            found = [*_last(here.names[name])] if name in here.names else []
            found += self._set_on_self(here).get(name, [])
            if here.parent is not None and isinstance(here.node, ast.ClassDef):
                found += here.parent.attributes.get((here.node.name, name), [])
            if found:
                return [*found]
        return []

    def _set_on_self(self, cls: _Scope) -> dict[str, list[_Binding]]:
        """``self.name = value`` in any method of a class, by name."""
        empty: dict[str, list[_Binding]] = {}
        return self.once(("set", cls), empty, lambda: self._find_set_on_self(cls))

    def _find_set_on_self(self, cls: _Scope) -> dict[str, list[_Binding]]:
        found: dict[str, list[_Binding]] = {}
        for method in [b.inner for bindings in cls.names.values() for b in bindings if b.inner]:
            for (base, name), bindings in method.attributes.items():
                if base == _first_parameter(method.node):
                    found.setdefault(name, []).extend(bindings[:MAX_BINDINGS])
        return found

    def attribute(self, thing: _Thing, name: str) -> list[_Target]:
        """What ``thing.name`` stands for."""
        if thing.kind == "outside":
            return [_Thing("outside", f"{thing.path}.{name}", thing.origin)]
        if thing.kind == "module":
            return self.of_module(thing.path, name)
        if thing.scope is not None and thing.kind != "function":
            return self.members(thing.scope, name, above=thing.kind == "super")
        return []

    def once(self, key: Any, default: T, compute: Callable[[], T]) -> T:
        """``compute()`` remembered by ``key``; ``default`` in a circle or far too deep."""
        if key in self._known:
            found: T = self._known[key]
            return found
        if self._depth >= MAX_DEPTH:
            return default
        self._known[key] = default
        self._depth += 1
        try:
            self._known[key] = compute()
        finally:
            self._depth -= 1
        found = self._known[key]
        return found

    def things(self, expr: ast.expr, scope: _Scope, owner: _Scope | None) -> frozenset[_Thing]:
        """Everything that ``expr``, evaluated in ``scope``, may stand for; often nothing."""
        return self.once(
            (expr, scope, owner), frozenset(), lambda: frozenset(self._things(expr, scope, owner))
        )

    def _things(self, expr: ast.expr, scope: _Scope, owner: _Scope | None) -> Iterable[_Thing]:
        if isinstance(expr, ast.Name):
            return self._stand_for(self.lookup(expr.id, scope), owner)
        if isinstance(expr, ast.Attribute):
            bases = self.things(expr.value, scope, owner)
            return [
                thing
                for base in bases
                for thing in self._stand_for(
                    self.attribute(base, expr.attr), base.self_class or owner
                )
            ]
        if isinstance(expr, ast.Lambda):
            return [_Thing("function", scope=self.inner[expr], owner=owner)]
        if isinstance(expr, ast.NamedExpr):
            return self.things(expr.value, scope, owner)
        if isinstance(expr, (ast.IfExp, ast.BoolOp)):
            either = expr.values if isinstance(expr, ast.BoolOp) else [expr.body, expr.orelse]
            return [thing for value in either for thing in self.things(value, scope, owner)]
        if isinstance(expr, ast.Call):
            return self._called(expr, scope, owner)
        if isinstance(expr, ast.Subscript):
            text = self._text(expr.slice, scope)
            paths = [thing.path for thing in self.things(expr.value, scope, owner)]
            if text and "sys.modules" in paths:
                return self._module_thing(text)
        return []

    def _called(self, call: ast.Call, scope: _Scope, owner: _Scope | None) -> Iterable[_Thing]:
        found: list[_Thing] = []
        for thing in self.things(call.func, scope, owner):
            path = thing.path.replace("builtins.", "", 1)
            if path == "__import__" or path == "importlib.import_module":
                text = self._text(call.args[0], scope) if call.args else None
                if text:
                    found += self._module_thing(text, whole=path != "__import__")
            elif path == "getattr" and len(call.args) > 1:
                text = self._text(call.args[1], scope)
                for base in self.things(call.args[0], scope, owner) if text else ():
                    targets = self.attribute(base, text or "")
                    found += self._stand_for(targets, base.self_class or owner)
            elif path == "super":
                lexical = scope
                while lexical.parent and not isinstance(lexical.node, ast.ClassDef):
                    lexical = lexical.parent
                found.append(_Thing("super", scope=lexical, owner=owner))
            elif thing.path in _WRAPPERS and call.args:
                found += self.things(call.args[0], scope, owner)
            elif thing.kind == "class":
                found.append(_Thing("instance", scope=thing.scope))
            elif thing.kind == "outside":
                found.append(_Thing("outside", f"{thing.path}()", thing.origin))
        return found

    def _module_thing(self, path: str, whole: bool = True) -> list[_Thing]:
        shown = path if whole else path.partition(".")[0]
        if shown in self._own:
            return [_Thing("module", shown)]
        return [_Thing("outside", shown, path)]

    def _stand_for(self, targets: Iterable[_Target], owner: _Scope | None) -> list[_Thing]:
        found: list[_Thing] = []
        for target in targets:
            for end in [target] if isinstance(target, _Thing) else self.chase(target):
                if isinstance(end, _Thing):
                    found.append(end)
                elif end.inner is not None:
                    kind = "class" if isinstance(end.inner.node, ast.ClassDef) else "function"
                    # What a module defines has no self, wherever it is mentioned.
                    found.append(
                        _Thing(kind, scope=end.inner, owner=owner if end.scope.parent else None)
                    )
                elif end.value is not None:
                    found += self.things(end.value, end.scope, owner) if end.part is None else ()
                else:
                    found += self._self(end, owner)
        return found

    def _self(self, parameter: _Binding, owner: _Scope | None) -> list[_Thing]:
        """What a method's first parameter stands for; nothing for other parameters."""
        scope = parameter.scope
        if scope.parent is None or not isinstance(scope.parent.node, ast.ClassDef):
            return []
        if parameter not in scope.names.get(_first_parameter(scope.node), ()):
            return []
        cls = owner if owner is not None and scope.parent in self.mro(owner) else scope.parent
        decorators = getattr(scope.node, "decorator_list", [])
        names = {d.id for d in decorators if isinstance(d, ast.Name)}
        if "staticmethod" in names:
            return []
        return [_Thing("class" if "classmethod" in names else "instance", scope=cls)]

    def _text(self, expr: ast.expr, scope: _Scope) -> str | None:
        """The string that ``expr`` is, if reading can tell."""
        return self.once(("text", expr, scope), None, lambda: self._read_text(expr, scope))

    def _read_text(self, expr: ast.expr, scope: _Scope) -> str | None:
        if isinstance(expr, ast.Constant) and isinstance(expr.value, str):
            return expr.value
        if isinstance(expr, ast.BinOp) and isinstance(expr.op, ast.Add):
            left, right = self._text(expr.left, scope), self._text(expr.right, scope)
            return left + right if left is not None and right is not None else None
        if isinstance(expr, ast.Name):
            for target in self.lookup(expr.id, scope):
                if isinstance(target, _Binding) and target.value is not None:
                    return self._text(target.value, target.scope)
        return None


def _first_parameter(node: ast.AST) -> str:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        for argument in [*node.args.posonlyargs, *node.args.args]:
            return argument.arg
    return ""


# --- lengths: loops that do not grow with the rows ----------------------------------------


class _Lengths:
    """Which iterables and numbers stay small however many rows there are."""

    def __init__(self, names: _Names) -> None:
        self._names = names

    def few(self, expr: ast.expr, scope: _Scope) -> bool:
        """Whether ``expr`` has few items: written out, a shape, columns or blocks of rows."""
        return self._names.once(("few", expr, scope), False, lambda: self._few(expr, scope))

    def few_in_all(self, comprehension: ast.AST, scope: _Scope) -> bool:
        """Whether every ``for`` of a comprehension that stands in ``scope`` has few items."""
        inner = self._names.inner[comprehension]
        first, *others = getattr(comprehension, "generators", [])
        return self.few(first.iter, scope) and all(self.few(g.iter, inner) for g in others)

    def _few(self, expr: ast.expr, scope: _Scope) -> bool:
        if isinstance(expr, (ast.Tuple, ast.List, ast.Set)):
            return not any(isinstance(item, ast.Starred) for item in expr.elts)
        if isinstance(expr, (ast.Constant, ast.Dict)):
            return True
        if isinstance(expr, ast.Attribute):
            return expr.attr == "shape"
        if isinstance(expr, ast.Subscript):
            return isinstance(expr.slice, ast.Slice) and self.few(expr.value, scope)
        if isinstance(expr, ast.Name):
            return self._holds_for_values(expr, scope, self._few_and_not_filled_later)
        if isinstance(expr, _COMPREHENSION_NODES):
            return self.few_in_all(expr, scope)
        return isinstance(expr, ast.Call) and self._few_from(expr, scope)

    def _few_and_not_filled_later(self, expr: ast.expr, scope: _Scope) -> bool:
        items = expr.keys if isinstance(expr, ast.Dict) else getattr(expr, "elts", [expr])
        return bool(items) and self.few(expr, scope)

    def _few_from(self, call: ast.Call, scope: _Scope) -> bool:
        args = call.args
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("items", "keys", "values"):
            return self.few(call.func.value, scope)
        for thing in self._names.things(call.func, scope, None):
            name = thing.path.rpartition(".")[2]
            if thing.kind == "function" and thing.scope is not None:
                return self._few_out_of(thing.scope)
            if thing.path == "builtins.range" and len(args) == 3:
                step = self._number(args[2], scope)
                return step is None or abs(step) >= BLOCK_STEP
            if thing.path == "builtins.range":
                return all(self._small(arg, scope) for arg in args)
            if thing.path == "builtins.zip":
                return any(self.few(arg, scope) for arg in args)
            if name in ("array_split", "split") and thing.path.startswith("numpy."):
                return len(args) > 1 and self._number(args[1], scope) is not None
            if name in _SAME_LENGTH or thing.path.startswith("tqdm"):
                return bool(args) and self.few(args[0], scope)
        return False

    def _few_out_of(self, function: _Scope) -> bool:
        """Whether all that a function of the submission returns or yields is few."""
        inside, _ = _split(function.node)
        if isinstance(function.node, ast.Lambda):
            return all(isinstance(body, ast.expr) and self.few(body, function) for body in inside)
        found = []
        yields = loops = False
        while inside:
            node = inside.pop()
            if isinstance(node, ast.Return):
                found.append(node.value is not None and self.few(node.value, function))
            elif isinstance(node, ast.YieldFrom):
                found.append(self.few(node.value, function))
            elif isinstance(node, (ast.For, ast.AsyncFor)):
                loops = loops or not self.few(node.iter, function)
            yields = yields or isinstance(node, ast.Yield)
            loops = loops or isinstance(node, ast.While)
            inside += [] if isinstance(node, _SCOPED) else _children(node)
        return all(found) and not loops if yields else bool(found) and all(found)

    def _small(self, expr: ast.expr, scope: _Scope) -> bool:
        """Whether a number does not grow with the rows: written out, or a count of columns."""
        return self._names.once(
            ("small", expr, scope), False, lambda: self._find_small(expr, scope)
        )

    def _find_small(self, expr: ast.expr, scope: _Scope) -> bool:
        if self._number(expr, scope) is not None:
            return True
        if isinstance(expr, ast.Attribute):
            return expr.attr == "ndim"
        if isinstance(expr, ast.UnaryOp):
            return self._small(expr.operand, scope)
        if isinstance(expr, ast.BinOp):
            if isinstance(expr.op, (ast.Div, ast.FloorDiv)):  # how many blocks
                size = self._number(expr.right, scope)
                return size is None or abs(size) >= BLOCK_STEP
            return self._small(expr.left, scope) and self._small(expr.right, scope)
        if isinstance(expr, ast.Subscript):
            axis = self._number(expr.slice, scope)
            return self.few(expr.value, scope) and axis not in (None, 0)
        if isinstance(expr, ast.Name):
            targets = self._names.lookup(expr.id, scope)
            if all(isinstance(t, _Binding) and t.part is not None for t in targets):
                # D of `N, D = X.shape`
                return self._holds_for_values(expr, scope, self.few, lambda part: part > 0)
            return self._holds_for_values(expr, scope, self._small)
        if isinstance(expr, ast.Call) and expr.args:
            names = {t.path.rpartition(".")[2] for t in self._names.things(expr.func, scope, None)}
            if names == {"len"}:
                return self.few(expr.args[0], scope)
            return (
                bool(names)
                and names <= _ROUNDING
                and all(self._small(arg, scope) for arg in expr.args)
            )
        return False

    def _number(self, expr: ast.expr, scope: _Scope) -> int | None:
        """The integer that ``expr`` is, if reading can tell."""
        sign = 1
        for _ in range(MAX_DEPTH):
            if isinstance(expr, ast.Constant) and isinstance(expr.value, int):
                return sign * expr.value
            if isinstance(expr, ast.UnaryOp) and isinstance(expr.op, ast.USub):
                sign, expr = -sign, expr.operand
                continue
            targets = self._names.lookup(expr.id, scope) if isinstance(expr, ast.Name) else []
            target = targets[0] if len(targets) == 1 else None
            if not isinstance(target, _Binding) or target.value is None or target.part is not None:
                return None
            expr, scope = target.value, target.scope
        return None

    def _holds_for_values(
        self,
        name: ast.Name,
        scope: _Scope,
        holds: Callable[[ast.expr, _Scope], bool],
        part: Callable[[int], bool] = lambda _: False,
    ) -> bool:
        """Whether ``holds`` for everything that ``name`` is assigned, or for those parts of it."""
        targets = self._names.lookup(name.id, scope)
        return bool(targets) and all(
            isinstance(target, _Binding)
            and target.value is not None
            and (target.part is None or part(target.part))
            and holds(target.value, target.scope)
            for target in targets
        )


# --- walk: from one function to everything that it reaches --------------------------------


@dataclass(frozen=True)
class _Unit:
    """A ``def``, a ``class`` or an expression, read in ``scope``; ``owner``: self's class."""

    node: ast.AST
    scope: _Scope
    owner: _Scope | None


class _Walk:
    """Everything that a function reaches: its loops, and the packages it uses."""

    def __init__(self, names: _Names, function: str, stop_at: Collection[str]) -> None:
        self.loops: set[Loop] = set()
        self.uses: dict[tuple[str, int, str], set[str]] = {}
        """Module names as imported, by file, line and full dotted path."""
        self._names = names
        self._lengths = _Lengths(names)
        starts = names.find(function)
        own = {id(target) for target, _ in starts}
        self._stop = {id(t) for name in stop_at for t, _ in names.find(name)} - own
        self._todo: deque[_Unit] = deque()
        self._seen: set[_Unit] = set()
        self._calls: dict[_Unit, dict[_Unit, int]] = {}
        self._classes: dict[_Scope, None] = {}
        self._asked: dict[str, None] = {}
        self._unit: _Unit | None = None
        self._steps = 0
        for target, owner in starts:
            file = target.scope.file if isinstance(target, _Binding) else names.graded[0] + ".py"
            self._arrive(target, owner, (file, getattr(target, "line", 1)))
        while self._todo:
            self._unit = self._todo.popleft()
            self._read(self._unit)
        self._find_recursion()

    def _read(self, unit: _Unit) -> None:
        """Everything in one unit that is evaluated, outermost first."""
        todo: list[tuple[ast.AST, _Scope, bool]] = [(unit.node, unit.scope, False)]
        while todo:
            # live: this runs when the graded function is called, not when it is imported
            node, scope, live = todo.pop()
            if isinstance(node, _DEFINITIONS) and node is not unit.node:
                continue  # only if it is mentioned
            if isinstance(node, _SCOPED):
                inside, outside = _split(node)
                later = live if isinstance(node, _COMPREHENSION_NODES) else True
                if isinstance(node, ast.ClassDef):
                    inside = []
                what = _COMPREHENSIONS.get(type(node)) if live else None
                if what is not None and not self._lengths.few_in_all(node, scope):
                    self._loop(node, scope, what)
                todo += [(part, self._names.inner[node], later) for part in inside]
                todo += [(part, scope, live) for part in outside]
                continue
            if isinstance(node, ast.Call):
                todo += [(part, scope, live) for part in self._call(node, scope, live)]
                continue
            if live and isinstance(node, (ast.For, ast.AsyncFor)):
                if not self._lengths.few(node.iter, scope):
                    self._loop(node, scope, "for loop")
            elif live and isinstance(node, ast.While):
                self._loop(node, scope, "while loop")
            if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
                todo += [(part, scope, live) for part in self._mention(node, scope, live)]
                continue
            todo += [(part, scope, live) for part in _children(node)]

    def _call(self, call: ast.Call, scope: _Scope, live: bool) -> list[ast.AST]:
        """Follow a call; returns what is left to read in it."""
        owner = self._unit.owner if self._unit else None
        rest: list[ast.AST] = [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(call.func, (ast.Name, ast.Attribute)):
            rest += self._mention(call.func, scope, live, call)
        else:
            rest.append(call.func)
        site = (scope.file, call.lineno)
        for thing in self._names.things(call.func, scope, owner):
            if thing.kind == "instance" and thing.scope is not None:
                for target in self._names.members(thing.scope, "__call__"):
                    self._arrive(target, thing.scope, site, live)
        for thing in self._names.things(call, scope, owner):
            if not thing.path.endswith("()"):  # import_module("…"), getattr(…, "…")
                self._arrive(thing, thing.owner, site, live)
        return rest

    def _mention(
        self, node: ast.expr, scope: _Scope, live: bool, call: ast.Call | None = None
    ) -> list[ast.AST]:
        """Follow a name; returns what is left to read in the expression."""
        owner = self._unit.owner if self._unit else None
        site = (scope.file, node.lineno)
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                for target in self._names.lookup(node.id, scope):
                    self._arrive(target, owner, site, live, call, scope)
            return []
        if isinstance(node, ast.Subscript):
            for thing in self._names.things(node, scope, owner):
                self._arrive(thing, thing.owner, site, live)
            return [node.value, node.slice]
        assert isinstance(node, ast.Attribute)
        if not isinstance(node.ctx, ast.Load):
            return [node.value]
        bases = self._names.things(node.value, scope, owner)
        for base in bases:
            for target in self._names.attribute(base, node.attr):
                self._arrive(target, base.self_class or owner, site, live, call, scope)
        if not bases and node.attr not in self._asked:
            self._asked[node.attr] = None
            for cls in list(self._classes):
                self._follow_members(cls, [node.attr])
        dotted = isinstance(node.value, (ast.Name, ast.Attribute))
        known = bases and all(b.kind in ("outside", "module", "class") for b in bases)
        return [] if dotted and known else [node.value]

    def _arrive(
        self,
        target: _Target,
        owner: _Scope | None,
        site: tuple[str, int],
        live: bool = False,
        call: ast.Call | None = None,
        scope: _Scope | None = None,
    ) -> None:
        """One thing that is mentioned at ``site`` (file, line)."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            self._todo.clear()
            return
        ends = [target] if isinstance(target, _Thing) else self._names.chase(target, self._stop)
        for end in ends:
            if isinstance(end, _Binding):
                if end.inner is not None:
                    self._enter(end.inner, owner if end.scope.parent else None, site, live)
                elif end.value is not None and not self._is_in_place(end):
                    self._queue(_Unit(end.value, end.scope, owner), site, live)
            elif end.kind == "outside":
                self.uses.setdefault((*site, end.path), set()).add(end.origin)
                self._judge_outside(end.path, site, live, call, scope)
            elif end.scope is not None and end.kind in ("function", "class"):
                self._enter(end.scope, end.owner, site, live)

    def _is_in_place(self, binding: _Binding) -> bool:
        """Whether the value stands in the unit that is being read."""
        node = binding.scope.node
        return isinstance(node, (ast.Lambda, *_COMPREHENSION_NODES)) or (
            self._unit is not None and node is self._unit.node
        )

    def _enter(
        self, inner: _Scope, owner: _Scope | None, site: tuple[str, int], live: bool
    ) -> None:
        if inner.parent is not None:
            self._queue(_Unit(inner.node, inner.parent, owner), site, live)
        if isinstance(inner.node, ast.ClassDef) and inner not in self._classes:
            self._classes[inner] = None
            special = [n for c in self._names.mro(inner) for n in c.names if n.startswith("__")]
            self._follow_members(inner, [*special, *self._asked])

    def _follow_members(self, cls: _Scope, members: Iterable[str]) -> None:
        """Methods that may be called where the source does not say on what."""
        for name in members:
            self._steps += 1
            for target in self._names.members(cls, name):
                self._arrive(target, cls, (cls.file, getattr(cls.node, "lineno", 1)))

    def _queue(self, unit: _Unit, site: tuple[str, int], live: bool) -> None:
        if live and self._unit is not None:
            self._calls.setdefault(self._unit, {}).setdefault(unit, site[1])
        if unit not in self._seen:
            self._seen.add(unit)
            self._todo.append(unit)

    def _judge_outside(
        self,
        path: str,
        site: tuple[str, int],
        live: bool,
        call: ast.Call | None,
        scope: _Scope | None,
    ) -> None:
        """Whether the standard library's or numpy's ``path`` loops in Python over rows."""
        name = path.rpartition(".")[2]
        what = _MAP_LIKE.get(path)
        if path.startswith("numpy.") and name in _NUMPY_LOOPS:
            what = f"np.{name}"
        if call is not None and scope is not None:
            if path in _LISTING and call.args and self._is_parameter(call.args[0], scope):
                what = _LISTING[path]
            elif path in _MAP_LIKE:
                rows = [arg for arg in call.args[1:] if not self._lengths.few(arg, scope)]
                what = what if rows or len(call.args) < 2 else None
            if not live and name not in _MAKERS:
                what = None
        if what is not None:
            self.loops.add(Loop(*site, what))

    def _is_parameter(self, expr: ast.expr, scope: _Scope) -> bool:
        if not isinstance(expr, ast.Name):
            return False
        targets = self._names.lookup(expr.id, scope)
        return any(
            isinstance(t, _Binding)
            and isinstance(t.scope.node, _FUNCTIONS)
            and not (t.inner or t.value or t.module)
            and expr.id not in _starred(t.scope.node.args)
            for t in targets
        )

    def _loop(self, node: ast.AST, scope: _Scope, what: str) -> None:
        self.loops.add(Loop(scope.file, getattr(node, "lineno", 1), what))

    def _find_recursion(self) -> None:
        """Add a loop for each circle of calls, by taking circles apart one by one."""
        for _ in range(20):
            try:
                graphlib.TopologicalSorter(self._calls).prepare()
                return
            except graphlib.CycleError as exc:
                circle: list[_Unit] = exc.args[1]  # each is called by the next
                called, caller = circle[0], circle[1]
                line = self._calls[caller].pop(called)
                self.loops.add(Loop(caller.scope.file, line, "recursion"))


def _starred(arguments: ast.arguments) -> set[str]:
    return {arg.arg for arg in (arguments.vararg, arguments.kwarg) if arg is not None}
