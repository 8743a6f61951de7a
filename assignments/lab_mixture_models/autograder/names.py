"""What an expression in a submission stands for.

Role: follow names through aliases, imports, classes and the submission's own files to
functions, classes, modules and what lies outside. Bindings are taken together, whatever
the order in which they run, except that the last ``def`` of a module or class replaces
those before it. This module must not judge what it finds, nor raise on source that it
cannot read: such a file has no functions, and ``Names.problems`` says why.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from autograder.scopes import (
    FUNCTIONS,
    MAX_BINDINGS,
    TOO_DEEP,
    UNREADABLE,
    Binding,
    Builder,
    Scope,
    Target,
    Thing,
    parse,
)

MAX_SOURCE_BYTES = 500_000
"""Source that is read, all files together; the graded ones come first."""
MAX_DEPTH = 60
"""Steps from alias to alias, or classes above one another, before a name is given up."""

_WRAPPERS = {"functools.partial", "builtins.staticmethod", "builtins.classmethod"}

T = TypeVar("T")


def last(bindings: list[Binding]) -> list[Binding]:
    """What is left of a module's or class's name once its body has run."""
    ordered = sorted(bindings, key=lambda binding: binding.line)
    start = max((i for i, binding in enumerate(ordered) if binding.always), default=0)
    return ordered[start:]


class Names:
    """All modules of a submission, and what the expressions in them stand for."""

    def __init__(self, graded: Sequence[str], texts: Mapping[str, bytes | OSError]) -> None:
        self.graded = graded
        self.inner: dict[ast.AST, Scope] = {}
        self.problems: list[str] = []
        self._texts = texts
        self._files: dict[str, str] = {}
        for file in texts:
            self._files[file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")] = file
        parts = [name.split(".") for name in self._files]
        self._own = {".".join(p[:depth]) for p in parts for depth in range(1, len(p) + 1)}
        # numpy is loaded before any submission, so a file of that name is never imported.
        self._own = {name for name in self._own if name.partition(".")[0] != "numpy"}
        self._scopes: dict[str, Scope | None] = {}
        self._bytes_read = 0
        self._known: dict[Any, Any] = {}
        self._depth = 0
        for module in graded:
            self.scope(module)

    def scope(self, module: str) -> Scope | None:
        """The scope of one of the submission's modules; None if it cannot be read."""
        if module not in self._scopes:
            file = self._files.get(module)
            self._scopes[module] = None if file is None else self._build(module, file)
        return self._scopes[module]

    def _build(self, module: str, file: str) -> Scope | None:
        text = self._texts[file]
        try:
            if isinstance(text, OSError):
                raise text
            self._bytes_read += len(text)
            if self._bytes_read > MAX_SOURCE_BYTES:
                raise ValueError("the submission's source is too long")
            tree = parse(text)
        except (OSError, *UNREADABLE) as exc:
            self.problems.append(f"{file} could not be read: {exc}.")
            return None
        except TOO_DEEP:
            self.problems.append(f"{file} could not be read: too deeply nested.")
            return None
        built = Builder(tree, module, file, is_package=file.endswith("__init__.py"))
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

    def find(self, function: str) -> list[tuple[Target, Scope | None]]:
        """What a graded name stands for, each with the class that it belongs to.

        ``module:function`` is looked for in that module, a bare name in all graded ones.
        """
        where, _, function = function.rpartition(":")
        name, _, member = function.partition(".")
        for module in [where] if where else self.graded:
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

    def lookup(self, name: str, scope: Scope) -> list[Target]:
        """What ``name`` may stand for where it is read in ``scope``."""
        here: Scope | None = scope
        top = scope
        left = False  # a function runs later than the body around it
        while here is not None:
            if name in here.names and (here is scope or not isinstance(here.node, ast.ClassDef)):
                return [*(last(here.names[name]) if left else here.names[name])]
            left = left or isinstance(here.node, FUNCTIONS)
            top, here = here, here.parent
        for module in top.stars:
            if module in self._own and (found := self.of_module(module, name)):
                return found
        outside = self._from_stars(top, name)
        # `from numpy import *` brings a `sum` of its own.
        if hasattr(builtins, name) and not (outside and name == "sum"):
            return [Thing("outside", f"builtins.{name}", "builtins")]
        return outside

    def of_module(self, module: str, name: str) -> list[Target]:
        """What ``name`` of one of the submission's modules stands for."""
        scope = self.scope(module)
        if scope is not None and name in scope.names:
            return [*last(scope.names[name])]
        if f"{module}.{name}" in self._own:
            return [Thing("module", f"{module}.{name}")]
        for star in scope.stars if scope is not None else ():
            behind = self.scope(star) if star in self._own else None
            if behind is not None and name in behind.names:
                return [*last(behind.names[name])]
        return []

    def _from_stars(self, scope: Scope, name: str) -> list[Target]:
        stars = [star for star in scope.stars if star not in self._own]
        return [Thing("outside", f"{star}.{name}", star) for star in stars]

    def chase(self, binding: Binding, stop: Collection[int] = ()) -> list[Target]:
        """``binding``, or where its import leads; nothing if that passes ``stop``."""
        todo: list[Target] = [binding]
        ends: list[Target] = []
        seen: set[int] = set()
        while todo:
            target = todo.pop()
            if isinstance(target, Thing) or not target.module:
                ends.append(target)
            if isinstance(target, Thing) or id(target) in seen or id(target) in stop:
                continue
            seen.add(id(target))
            if target.module in self._own:
                if target.name:
                    todo += self.of_module(target.module, target.name)
                else:
                    ends.append(Thing("module", target.module))
            elif target.origin:  # not a relative import that leads nowhere
                path = ".".join(filter(None, (target.module, target.name)))
                ends.append(Thing("outside", path, target.origin))
        return [end for end in ends if isinstance(end, Thing) or id(end) not in stop]

    def mro(self, cls: Scope) -> list[Scope]:
        """The class and the submission's own classes above it."""
        return self.once(("mro", cls), [cls], lambda: self._linearise(cls))

    def _linearise(self, cls: Scope) -> list[Scope]:
        found: list[Scope] = []
        todo = [cls]
        while todo and len(found) < MAX_DEPTH:
            here = todo.pop(0)
            if here in found or not isinstance(here.node, ast.ClassDef) or here.parent is None:
                continue
            found.append(here)
            for base in here.node.bases:
                todo += [t.scope for t in self.things(base, here.parent, None) if t.scope]
        return found

    def members(self, cls: Scope, name: str, above: bool = False) -> list[Target]:
        """What ``name`` of a class stands for; ``above``: of the classes it inherits from."""
        for here in self.mro(cls)[1 if above else 0 :]:
            found = [*last(here.names[name])] if name in here.names else []
            found += self._set_on_self(here).get(name, [])
            if here.parent is not None and isinstance(here.node, ast.ClassDef):
                found += here.parent.attributes.get((here.node.name, name), [])
            if found:
                return [*found]
        return []

    def _set_on_self(self, cls: Scope) -> dict[str, list[Binding]]:
        """``self.name = value`` in any method of a class, by name."""
        empty: dict[str, list[Binding]] = {}
        return self.once(("set", cls), empty, lambda: self._find_set_on_self(cls))

    def _find_set_on_self(self, cls: Scope) -> dict[str, list[Binding]]:
        found: dict[str, list[Binding]] = {}
        for method in [b.inner for bindings in cls.names.values() for b in bindings if b.inner]:
            for (base, name), bindings in method.attributes.items():
                if base == first_parameter(method.node):
                    found.setdefault(name, []).extend(bindings[:MAX_BINDINGS])
        return found

    def attribute(self, thing: Thing, name: str) -> list[Target]:
        """What ``thing.name`` stands for."""
        if thing.kind == "outside":
            return [Thing("outside", f"{thing.path}.{name}", thing.origin)]
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

    def things(self, expr: ast.expr, scope: Scope, owner: Scope | None) -> frozenset[Thing]:
        """Everything that ``expr``, evaluated in ``scope``, may stand for; often nothing."""
        return self.once(
            (expr, scope, owner), frozenset(), lambda: frozenset(self._things(expr, scope, owner))
        )

    def _things(self, expr: ast.expr, scope: Scope, owner: Scope | None) -> Iterable[Thing]:
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
            return [Thing("function", scope=self.inner[expr], owner=owner)]
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
            if text and "builtins.globals()" in paths:
                return self._stand_for(self.of_module(scope.module, text), owner)
        return []

    def _called(self, call: ast.Call, scope: Scope, owner: Scope | None) -> Iterable[Thing]:
        found: list[Thing] = []
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
                found.append(Thing("super", scope=lexical, owner=owner))
            elif thing.path in _WRAPPERS and call.args:
                found += self.things(call.args[0], scope, owner)
            elif thing.kind == "class":
                found.append(Thing("instance", scope=thing.scope))
            elif thing.kind == "outside":
                found.append(Thing("outside", f"{thing.path}()", thing.origin))
        return found

    def _module_thing(self, path: str, whole: bool = True) -> list[Thing]:
        shown = path if whole else path.partition(".")[0]
        if shown in self._own:
            return [Thing("module", shown)]
        return [Thing("outside", shown, path)]

    def _stand_for(self, targets: Iterable[Target], owner: Scope | None) -> list[Thing]:
        found: list[Thing] = []
        for target in targets:
            for end in [target] if isinstance(target, Thing) else self.chase(target):
                if isinstance(end, Thing):
                    found.append(end)
                elif end.inner is not None:
                    kind = "class" if isinstance(end.inner.node, ast.ClassDef) else "function"
                    # What a module defines has no self, wherever it is mentioned.
                    found.append(
                        Thing(kind, scope=end.inner, owner=owner if end.scope.parent else None)
                    )
                elif end.value is not None:
                    found += self.things(end.value, end.scope, owner) if end.part is None else ()
                else:
                    found += self._self(end, owner)
        return found

    def _self(self, parameter: Binding, owner: Scope | None) -> list[Thing]:
        """What a method's first parameter stands for; nothing for other parameters."""
        scope = parameter.scope
        if scope.parent is None or not isinstance(scope.parent.node, ast.ClassDef):
            return []
        if parameter not in scope.names.get(first_parameter(scope.node), ()):
            return []
        cls = owner if owner is not None and scope.parent in self.mro(owner) else scope.parent
        decorators = getattr(scope.node, "decorator_list", [])
        names = {d.id for d in decorators if isinstance(d, ast.Name)}
        if "staticmethod" in names:
            return []
        return [Thing("class" if "classmethod" in names else "instance", scope=cls)]

    def _text(self, expr: ast.expr, scope: Scope) -> str | None:
        """The string that ``expr`` is, if reading can tell."""
        return self.once(("text", expr, scope), None, lambda: self._read_text(expr, scope))

    def _read_text(self, expr: ast.expr, scope: Scope) -> str | None:
        if isinstance(expr, ast.Constant) and isinstance(expr.value, str):
            return expr.value
        if isinstance(expr, ast.BinOp) and isinstance(expr.op, ast.Add):
            left, right = self._text(expr.left, scope), self._text(expr.right, scope)
            return left + right if left is not None and right is not None else None
        if isinstance(expr, ast.Name):
            for target in self.lookup(expr.id, scope):
                if isinstance(target, Binding) and target.value is not None:
                    return self._text(target.value, target.scope)
        return None


def first_parameter(node: ast.AST) -> str:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        for argument in [*node.args.posonlyargs, *node.args.args]:
            return argument.arg
    return ""
