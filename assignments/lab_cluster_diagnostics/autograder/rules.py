"""Reading a submission's source for two rules: no Python loop over rows, no foreign package.

Role: say where a function, or anything of the submission's own that it reaches,
loops in Python over rows or uses a package that is not allowed. This module must
not import or run a submission, give points, or raise on source that it cannot
read: such a file has no functions, and ``Source.problems`` says why.

How: ``scopes`` holds what each name may stand for, ``names`` answers what an
expression stands for, ``lengths`` which loops stay short, and the walk here starts at
one function and follows every name to the submission's own code. A mention is enough:
a function that is passed on is taken to be called. Decorators, defaults and
module-level values count for packages, and for loops where they make something that
loops later (``np.vectorize``).
"""

from __future__ import annotations

import ast
import graphlib
import sys
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.lengths import ENDLESS, Lengths
from autograder.names import Names
from autograder.scopes import (
    COMPREHENSION_NODES,
    COMPREHENSIONS,
    DEFINITIONS,
    FUNCTIONS,
    SCOPED,
    Binding,
    Scope,
    Target,
    Thing,
    children,
    split,
)

MAX_ROWS_DEPTH = 20
"""Steps back from an expression to the parameter that it has as many entries as."""
MAX_STEPS = 300_000
"""Mentions followed from one function before the walk ends where it is."""

_MAP_LIKE = {
    "builtins.map": "map()",
    "builtins.filter": "filter()",
    "functools.reduce": "functools.reduce()",
    "itertools.starmap": "itertools.starmap()",
}
_LISTING = {
    f"builtins.{name}": f"{name}()"
    for name in ("list", "sum", "sorted", "set", "frozenset", "any", "all", "min", "max")
} | {f"math.{name}": f"math.{name}()" for name in ("fsum", "prod")}
"""Loops when it is rows that they are given, and nothing else."""
_KEYED = {"builtins.sorted", "builtins.min", "builtins.max"}
_POOLS = ("concurrent.futures.", "multiprocessing.")
_RUNNERS = {"builtins.exec", "builtins.eval", "builtins.compile"}
_OBJECTS = {"builtins.object", "numpy.object_"}
_TURNED = {"tolist", "copy", "astype", "ravel", "flatten"}
"""Methods of an array that give as many things as there are rows."""
_MAKERS = {"vectorize", "frompyfunc"}  # loop not when called but when their result is
_NUMPY_LOOPS = {"apply_along_axis", "fromiter", "nditer", "ndenumerate"} | _MAKERS
_COMES_WITH = {"matplotlib": ("mpl_toolkits", "pylab")}


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

    def __init__(self, names: Names) -> None:
        self._names = names
        self._walks: dict[tuple[str, frozenset[str]], _Walk] = {}
        self._module = ""

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
        return cls(Names([module.removesuffix(".py") for module in modules], texts))

    def of(self, module: str) -> Source:
        """The same source, where a bare function name means one of ``module``."""
        bound = Source(self._names)
        bound._walks, bound._module = self._walks, module
        return bound

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
        disguise, ``list()``, ``sum()`` and unpacking of a parameter, a ``key=``, iterators that
        are written out, arrays of objects, text that is run, and recursion. Not counted:
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

    def reached(self, function: str, graded: Collection[str]) -> frozenset[str]:
        """Those of the ``graded`` functions that ``function`` or what it calls mentions."""
        walk = self._walk(function, frozenset())
        return frozenset(name for name in graded if name != function and walk.enters(name))

    def _walk(self, function: str, stop_at: frozenset[str]) -> _Walk:
        if self._module and ":" not in function:
            function = f"{self._module}:{function}"
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


# --- walk: from one function to everything that it reaches --------------------------------


@dataclass(frozen=True)
class _Unit:
    """A ``def``, a ``class`` or an expression, read in ``scope``; ``owner``: self's class."""

    node: ast.AST
    scope: Scope
    owner: Scope | None


class _Walk:
    """Everything that a function reaches: its loops, and the packages it uses."""

    def __init__(self, names: Names, function: str, stop_at: Collection[str]) -> None:
        self.loops: set[Loop] = set()
        self.uses: dict[tuple[str, int, str], set[str]] = {}
        """Module names as imported, by file, line and full dotted path."""
        self._names = names
        self._lengths = Lengths(names)
        starts = names.find(function)
        own = {id(target) for target, _ in starts}
        self._stop = {id(t) for name in stop_at for t, _ in names.find(name)} - own
        self._todo: deque[_Unit] = deque()
        self._seen: set[_Unit] = set()
        self._calls: dict[_Unit, dict[_Unit, int]] = {}
        self._classes: dict[Scope, None] = {}
        self._asked: dict[str, None] = {}
        self._unit: _Unit | None = None
        self._steps = 0
        for target, owner in starts:
            file = target.scope.file if isinstance(target, Binding) else names.graded[0] + ".py"
            self._arrive(target, owner, (file, getattr(target, "line", 1)))
        while self._todo:
            self._unit = self._todo.popleft()
            self._read(self._unit)
        self._find_recursion()

    def enters(self, function: str) -> bool:
        """Whether the walk came through ``function``."""
        nodes = {unit.node for unit in self._seen}
        targets = [target for target, _ in self._names.find(function)]
        found = [t.inner if isinstance(t, Binding) else t.scope for t in targets]
        return any(scope is not None and scope.node in nodes for scope in found)

    def _read(self, unit: _Unit) -> None:
        """Everything in one unit that is evaluated, outermost first."""
        todo: list[tuple[ast.AST, Scope, bool]] = [(unit.node, unit.scope, False)]
        while todo:
            # live: this runs when the graded function is called, not when it is imported
            node, scope, live = todo.pop()
            if isinstance(node, DEFINITIONS) and node is not unit.node:
                continue  # only if it is mentioned
            if isinstance(node, SCOPED):
                inside, outside = split(node)
                later = live if isinstance(node, COMPREHENSION_NODES) else True
                if isinstance(node, ast.ClassDef):
                    inside = []
                what = COMPREHENSIONS.get(type(node)) if live else None
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
            if live and isinstance(node, (ast.List, ast.Tuple, ast.Set)):
                self._unpacked(node.elts, scope)
            if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
                todo += [(part, scope, live) for part in self._mention(node, scope, live)]
                continue
            todo += [(part, scope, live) for part in children(node)]

    def _call(self, call: ast.Call, scope: Scope, live: bool) -> list[ast.AST]:
        """Follow a call; returns what is left to read in it."""
        owner = self._unit.owner if self._unit else None
        rest: list[ast.AST] = [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(call.func, (ast.Name, ast.Attribute)):
            rest += self._mention(call.func, scope, live, call)
        else:
            rest.append(call.func)
        site = (scope.file, call.lineno)
        if live:
            self._judge_call(call, scope)
        for thing in self._names.things(call.func, scope, owner):
            if thing.kind == "instance" and thing.scope is not None:
                for target in self._names.members(thing.scope, "__call__"):
                    self._arrive(target, thing.scope, site, live)
        for thing in self._names.things(call, scope, owner):
            if not thing.path.endswith("()"):  # import_module("…"), getattr(…, "…")
                self._arrive(thing, thing.owner, site, live)
        return rest

    def _judge_call(self, call: ast.Call, scope: Scope) -> None:
        """Loops that show in how something is called, whatever it is."""
        self._unpacked(call.args, scope)
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name and any(isinstance(arg, ast.Name) and arg.id == name for arg in call.args):
            self._loop(call, scope, "recursion")  # g(g, X): a function that is given itself
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if method == "sort" and any(keyword.arg == "key" for keyword in call.keywords):
            self._loop(call, scope, "sort(key=)")
        of = [keyword.value for keyword in call.keywords if keyword.arg == "dtype"]
        for kind in of or (call.args if method in ("astype", "array", "asarray") else []):
            text = isinstance(kind, ast.Constant) and kind.value in ("O", "object")
            if text or _OBJECTS & {thing.path for thing in self._names.things(kind, scope, None)}:
                self._loop(call, scope, "array of objects")

    def _unpacked(self, parts: Sequence[ast.AST], scope: Scope) -> None:
        read = [p for p in parts if isinstance(p, ast.Starred) and isinstance(p.ctx, ast.Load)]
        for part in read:
            if self._are_rows(part.value, scope):
                self._loop(part, scope, "unpacking with *")

    def _mention(
        self, node: ast.expr, scope: Scope, live: bool, call: ast.Call | None = None
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
        target: Target,
        owner: Scope | None,
        site: tuple[str, int],
        live: bool = False,
        call: ast.Call | None = None,
        scope: Scope | None = None,
    ) -> None:
        """One thing that is mentioned at ``site`` (file, line)."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            self._todo.clear()
            return
        ends = [target] if isinstance(target, Thing) else self._names.chase(target, self._stop)
        for end in ends:
            if isinstance(end, Binding):
                if end.inner is not None:
                    self._enter(end.inner, owner if end.scope.parent else None, site, live)
                elif end.value is not None and not self._is_in_place(end):
                    self._queue(_Unit(end.value, end.scope, owner), site, live)
            elif end.kind == "outside":
                self.uses.setdefault((*site, end.path), set()).add(end.origin)
                self._judge_outside(end.path, site, live, call, scope)
            elif end.scope is not None and end.kind in ("function", "class"):
                self._enter(end.scope, end.owner, site, live)

    def _is_in_place(self, binding: Binding) -> bool:
        """Whether the value stands in the unit that is being read."""
        node = binding.scope.node
        return isinstance(node, (ast.Lambda, *COMPREHENSION_NODES)) or (
            self._unit is not None and node is self._unit.node
        )

    def _enter(self, inner: Scope, owner: Scope | None, site: tuple[str, int], live: bool) -> None:
        if inner.parent is not None:
            self._queue(_Unit(inner.node, inner.parent, owner), site, live)
        if isinstance(inner.node, ast.ClassDef) and inner not in self._classes:
            self._classes[inner] = None
            if live and "__next__" in inner.names:
                self._loop(inner.node, inner, "iterator")
            elif live and {"__len__", "__getitem__"} <= inner.names.keys():
                self._loop(inner.node, inner, "sequence of its own")
            special = [n for c in self._names.mro(inner) for n in c.names if n.startswith("__")]
            self._follow_members(inner, [*special, *self._asked])

    def _follow_members(self, cls: Scope, members: Iterable[str]) -> None:
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
        scope: Scope | None,
    ) -> None:
        """Whether the standard library's or numpy's ``path`` loops in Python over rows."""
        name = path.rpartition(".")[2]
        what = _MAP_LIKE.get(path)
        if path.startswith("numpy.") and name in _NUMPY_LOOPS:
            what = f"np.{name}"
        elif path.startswith(_POOLS) and "map" in name:
            what = f"{name}() of a pool"
        elif path in _RUNNERS and call is None:
            what = f"{name}() of a text"  # by another name, or passed on
        if call is not None and scope is not None:
            keyed = path in _KEYED and any(keyword.arg == "key" for keyword in call.keywords)
            if keyed and call.args and not self._lengths.few(call.args[0], scope):
                what = f"{name}(key=)"
            elif path in _LISTING and call.args and self._are_rows(call.args[0], scope):
                # max(a, b) compares two, max(X) goes through one.
                what = _LISTING[path] if len(call.args) == 1 or name == "sum" else None
            elif path == "builtins.iter" and len(call.args) == 2:
                what = "iter() until a value comes"
            elif path in _RUNNERS and call.args:
                what = None if _was_read(call.args[0]) else f"{name}() of a text"
            elif path.startswith("itertools.") and path not in _MAP_LIKE and name not in ENDLESS:
                rows = [arg for arg in call.args if self._goes_on(arg, scope)]
                what = f"{path}()" if rows else None
            elif path in _MAP_LIKE:
                rows = [arg for arg in call.args[1:] if not self._lengths.few(arg, scope)]
                what = what if rows or len(call.args) < 2 else None
            if not live and name not in _MAKERS:
                what = None
        if what is not None:
            self.loops.add(Loop(*site, what))

    def _goes_on(self, expr: ast.expr, scope: Scope) -> bool:
        """Whether an argument may be as many things as there are rows, and is no function."""
        things = self._names.things(expr, scope, None)
        is_function = any(thing.kind in ("function", "class") for thing in things)
        return not is_function and not self._lengths.few(expr, scope)

    def _are_rows(self, expr: ast.expr, scope: Scope, depth: int = 0) -> bool:
        """Whether ``expr`` is a parameter, or has as many entries as one, as far as can be read."""
        if depth > MAX_ROWS_DEPTH:
            return False
        if isinstance(expr, ast.BinOp):
            return any(self._are_rows(e, scope, depth + 1) for e in (expr.left, expr.right))
        if isinstance(expr, ast.Subscript):
            first = expr.slice.elts[:1] if isinstance(expr.slice, ast.Tuple) else [expr.slice]
            cut = bool(first) and isinstance(first[0], ast.Slice) and first[0].upper is None
            return cut and self._are_rows(expr.value, scope, depth + 1)
        if isinstance(expr, ast.Call) and isinstance(expr.func, ast.Attribute):
            same = expr.func.attr in _TURNED
            return same and self._are_rows(expr.func.value, scope, depth + 1)
        if isinstance(expr, ast.Name) and not self._is_parameter(expr, scope):
            targets = self._names.lookup(expr.id, scope)
            return bool(targets) and all(
                isinstance(t, Binding)
                and t.value is not None
                and t.part is None
                and self._are_rows(t.value, t.scope, depth + 1)
                for t in targets
            )
        return self._is_parameter(expr, scope)

    def _is_parameter(self, expr: ast.expr, scope: Scope) -> bool:
        if not isinstance(expr, ast.Name):
            return False
        targets = self._names.lookup(expr.id, scope)
        return any(
            isinstance(t, Binding)
            and isinstance(t.scope.node, FUNCTIONS)
            and not (t.inner or t.value or t.module)
            and expr.id not in _starred(t.scope.node.args)
            for t in targets
        )

    def _loop(self, node: ast.AST, scope: Scope, what: str) -> None:
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


def _was_read(text: ast.AST) -> bool:
    """Whether code that is run was written out: then it has taken its text's place (``scopes``)."""
    if isinstance(text, ast.Call) and text.args:
        return not isinstance(text.args[0], ast.expr)  # exec(compile("…"))
    return not isinstance(text, ast.expr)


def _starred(arguments: ast.arguments) -> set[str]:
    return {arg.arg for arg in (arguments.vararg, arguments.kwarg) if arg is not None}
