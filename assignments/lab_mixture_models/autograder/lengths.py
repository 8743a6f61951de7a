"""Which loops stay short however many rows there are.

Role: tell loops over a written-out tuple, a shape, columns or blocks from loops that
may go over rows. This module must not run anything; where reading cannot tell, the
answer is no.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from autograder.names import MAX_DEPTH, Names
from autograder.scopes import (
    COMPREHENSION_NODES,
    FUNCTIONS,
    SCOPED,
    Binding,
    Scope,
    children,
    split,
)

MANY = 10_000
"""A written-out number from here on is as good as the number of rows."""
BLOCK_STEP = 16
"""``range(a, b, step)`` with a step known to be smaller goes over rows, not blocks."""

ENDLESS = {"count", "cycle", "repeat"}
"""Of itertools: what goes on for as long as it is asked."""
_SAME_LENGTH = {"enumerate", "reversed", "list", "tuple", "iter", "sorted", "set"}
_TURNING = {"reshape", "transpose", "swapaxes", "moveaxis", "ravel", "flatten"}
"""What may bring the rows to another place in a shape."""
_ROUNDING = {"ceil", "floor", "int", "round", "max", "abs"}


class Lengths:
    """Which iterables and numbers stay small however many rows there are."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def few(self, expr: ast.expr, scope: Scope) -> bool:
        """Whether ``expr`` has few items: written out, a shape, columns or blocks of rows."""
        return self._names.once(("few", expr, scope), False, lambda: self._few(expr, scope))

    def few_in_all(self, comprehension: ast.AST, scope: Scope) -> bool:
        """Whether every ``for`` of a comprehension that stands in ``scope`` has few items."""
        inner = self._names.inner[comprehension]
        first, *others = getattr(comprehension, "generators", [])
        return self.few(first.iter, scope) and all(self.few(g.iter, inner) for g in others)

    def _few(self, expr: ast.expr, scope: Scope) -> bool:
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
        if isinstance(expr, COMPREHENSION_NODES):
            return self.few_in_all(expr, scope)
        return isinstance(expr, ast.Call) and self._few_from(expr, scope)

    def _few_and_not_filled_later(self, expr: ast.expr, scope: Scope) -> bool:
        items = expr.keys if isinstance(expr, ast.Dict) else getattr(expr, "elts", [expr])
        return bool(items) and self.few(expr, scope)

    def _few_from(self, call: ast.Call, scope: Scope) -> bool:
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
            if thing.path.startswith("itertools.") and name not in ENDLESS:
                return bool(args) and all(self.few(arg, scope) for arg in args)
            if name in ("array_split", "split") and thing.path.startswith("numpy."):
                parts = self._number(args[1], scope) if len(args) > 1 else None
                return parts is not None and parts < MANY
            if name in _SAME_LENGTH or thing.path.startswith("tqdm"):
                return bool(args) and self.few(args[0], scope)
        return False

    def _few_out_of(self, function: Scope) -> bool:
        """Whether all that a function of the submission returns or yields is few."""
        inside, _ = split(function.node)
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
            inside += [] if isinstance(node, SCOPED) else children(node)
        return all(found) and not loops if yields else bool(found) and all(found)

    def _small(self, expr: ast.expr, scope: Scope) -> bool:
        """Whether a number does not grow with the rows: written out, or a count of columns."""
        return self._names.once(
            ("small", expr, scope), False, lambda: self._find_small(expr, scope)
        )

    def _find_small(self, expr: ast.expr, scope: Scope) -> bool:
        number = self._number(expr, scope)
        if number is not None:
            return abs(number) < MANY
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
            if axis is None or axis == 0 or axis < -1 or self._is_turned(expr.value, scope):
                return False
            return self.few(expr.value, scope)
        if isinstance(expr, ast.Name):
            targets = self._names.lookup(expr.id, scope)
            if all(isinstance(t, Binding) and t.part is not None for t in targets):
                # D of `N, D = X.shape`
                return self._holds_for_values(
                    expr,
                    scope,
                    lambda value, where: (
                        self.few(value, where) and not self._is_turned(value, where)
                    ),
                    lambda part: part > 0,
                )
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

    def _is_turned(self, expr: ast.expr, scope: Scope) -> bool:
        """Whether ``expr`` is a shape in which rows may not come first: ``X.T.shape``."""
        for _ in range(MAX_DEPTH):
            if isinstance(expr, ast.Attribute):
                if expr.attr == "T":
                    return True
                expr = expr.value
            elif isinstance(expr, ast.Call) and isinstance(expr.func, ast.Attribute):
                if expr.func.attr in _TURNING:
                    return True
                expr = expr.func.value
            elif isinstance(expr, ast.Name):
                targets = self._names.lookup(expr.id, scope)
                found = [t for t in targets if isinstance(t, Binding) and t.value is not None]
                if len(targets) != 1 or not found or found[0].value is None:
                    return False
                expr, scope = found[0].value, found[0].scope
            else:
                return False
        return False

    def _default(self, parameter: Binding, name: str) -> ast.expr | None:
        """The default of a function's parameter, if it has one."""
        node = parameter.scope.node
        if not isinstance(node, FUNCTIONS):
            return None
        named = [*node.args.posonlyargs, *node.args.args]
        tail = named[len(named) - len(node.args.defaults) :]
        both = [*zip(tail, node.args.defaults, strict=True)]
        both += [
            (a, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d
        ]
        return next((default for arg, default in both if arg.arg == name), None)

    def _number(self, expr: ast.expr, scope: Scope) -> int | None:
        """The integer that ``expr`` is, if reading can tell."""
        sign = 1
        for _ in range(MAX_DEPTH):
            if isinstance(expr, ast.Constant) and isinstance(expr.value, int):
                return sign * expr.value
            if isinstance(expr, ast.UnaryOp) and isinstance(expr.op, ast.USub):
                sign, expr = -sign, expr.operand
                continue
            if isinstance(expr, ast.BinOp) and isinstance(expr.op, (ast.Pow, ast.LShift, ast.Mult)):
                sides = self._number(expr.left, scope), self._number(expr.right, scope)
                return _power(expr.op, *sides, sign)
            targets = self._names.lookup(expr.id, scope) if isinstance(expr, ast.Name) else []
            target = targets[0] if len(targets) == 1 else None
            if isinstance(target, Binding) and target.value is None and isinstance(expr, ast.Name):
                default = self._default(target, expr.id)
                if default is None:
                    return None
                expr, scope = default, target.scope.parent or scope
                continue
            if not isinstance(target, Binding) or target.value is None or target.part is not None:
                return None
            expr, scope = target.value, target.scope
        return None

    def _holds_for_values(
        self,
        name: ast.Name,
        scope: Scope,
        holds: Callable[[ast.expr, Scope], bool],
        part: Callable[[int], bool] = lambda _: False,
    ) -> bool:
        """Whether ``holds`` for everything that ``name`` is assigned, or for those parts of it."""
        targets = self._names.lookup(name.id, scope)
        return bool(targets) and all(
            isinstance(target, Binding)
            and target.value is not None
            and (target.part is None or part(target.part))
            and holds(target.value, target.scope)
            for target in targets
        )


def _power(op: ast.operator, left: int | None, right: int | None, sign: int) -> int | None:
    """``left ** right``, ``left << right`` or a product, but never a number that is huge."""
    if left is None or right is None:
        return None
    if isinstance(op, ast.Mult):
        return sign * left * right
    if right < 0 or abs(left) > MANY:
        return None
    return sign * (left ** min(right, 20) if isinstance(op, ast.Pow) else left << min(right, 60))
