"""Small mistakes that can be made anywhere in numerical code: one place in, its mistakes out.

A mutation takes one expression or statement of a syntax tree and says what could stand there
instead. Nothing is chosen, written or run here: that is ``mutants``'.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar

NodeT = TypeVar("NodeT", bound=ast.AST)


@dataclass(frozen=True)
class Scope:
    """What surrounds a place."""

    arrays: Collection[str] = ()
    """Names of the function's arguments that look like arrays."""
    numpy: str | None = "np"
    """What NumPy is called in this module; None where it is not imported as a whole."""


Mutation = Callable[[ast.AST, Scope], Iterator[ast.AST]]


def _with(node: NodeT, **fields: object) -> NodeT:
    """The node with some fields changed."""
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _name(call: ast.Call) -> str:
    """What is called, without what it belongs to: ``sum`` for ``np.sum`` and ``x.sum``."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _renamed(call: ast.Call, name: str) -> ast.Call:
    if isinstance(call.func, ast.Attribute):
        return _with(call, func=_with(call.func, attr=name))
    return _with(call, func=ast.Name(name, ast.Load()))


def _number(node: ast.AST | None) -> int | float | None:
    """The value of a number, ``-1`` included; None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _number(node.operand)
        return None if value is None else -value
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value  # type: ignore[return-value]
    return None


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )


def _keywords(call: ast.Call, *dropped: ast.keyword, **changed: ast.expr) -> ast.Call:
    """The call without some of its keywords, or with other values there."""
    return _with(
        call,
        keywords=[
            _with(k, value=changed[k.arg]) if k.arg in changed else k
            for k in call.keywords
            if k not in dropped
        ],
    )


# Operators and signs ---------------------------------------------------------

_OTHER_OPERATOR: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
}


def _operator(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and not (_is_text(node.left) or _is_text(node.right)):
        other = _OTHER_OPERATOR.get(type(node.op))
        if other is not None:
            yield _with(node, op=other())
    if isinstance(node, ast.AugAssign):
        other = _OTHER_OPERATOR.get(type(node.op))
        if other is not None:
            yield _with(node, op=other())
            # Added up, or only kept: a loop's result is then its last round's.
            yield ast.Assign([node.target], node.value, lineno=node.lineno)


def _sign(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    if isinstance(node, ast.Return) and isinstance(node.value, ast.BinOp | ast.Call):
        yield _with(node, value=ast.UnaryOp(ast.USub(), node.value))
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        yield _with(node, value=ast.UnaryOp(ast.USub(), node.value))
    if isinstance(node, ast.Call) and _name(node) in ("exp", "tanh") and node.args:
        yield _with(node, args=[ast.UnaryOp(ast.USub(), node.args[0]), *node.args[1:]])


_OTHER_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


def _comparison(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for at, op in enumerate(node.ops):
            for other in _OTHER_COMPARISONS[type(op)]:
                yield _with(node, ops=[*node.ops[:at], other(), *node.ops[at + 1 :]])


def _boolean(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield _with(node, op=other)
        for at in range(len(node.values)):
            left = [*node.values[:at], *node.values[at + 1 :]]
            yield left[0] if len(left) == 1 else _with(node, values=left)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield node.operand
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            value = keyword.value
            if (
                keyword.arg not in (None, "keepdims")
                and isinstance(value, ast.Constant)
                and isinstance(value.value, bool)
            ):
                yield _keywords(node, **{str(keyword.arg): ast.Constant(not value.value)})
    if isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Name | ast.Call):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))


# Axes and reductions ---------------------------------------------------------

_REDUCES = {"sum", "mean", "max", "min", "argmax", "argmin", "prod", "std", "var", "any", "all"} | {
    "median", "amax", "amin", "cumsum", "sort", "argsort", "logsumexp", "nanmax", "nanmin",
    "nansum", "nanmean", "average", "concatenate", "stack", "repeat", "softmax",
}  # fmt: skip
"""Functions whose first number after the array is an axis."""


def _axis(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg == "axis":
                axis = _number(keyword.value)
                if axis is not None:
                    yield _keywords(node, axis=ast.Constant(0 if axis else 1))
                yield _keywords(node, keyword)
            elif keyword.arg == "keepdims":
                yield _keywords(node, keyword)
        if _name(node) in _REDUCES and not _is_built_in(node):
            # x.sum(0) and np.sum(x, 0): the module is called by a plain name too.
            of_module = (
                isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == scope.numpy
            )
            at = int(of_module or isinstance(node.func, ast.Name))
            axis = _number(node.args[at]) if len(node.args) > at else None
            if axis is not None:
                other = ast.Constant(0 if axis else 1)
                yield _with(node, args=[*node.args[:at], other, *node.args[at + 1 :]])
                yield _with(node, args=[*node.args[:at], *node.args[at + 1 :]])
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        parts = node.slice.elts
        new = [isinstance(part, ast.Constant) and part.value is None for part in parts]
        if any(new):
            if len(parts) == 2:
                yield _with(node, slice=_with(node.slice, elts=parts[::-1]))
                yield node.value
            elif len(parts) == 3 and sum(new) == 1:
                at = new.index(True)
                rest = [part for part in parts if part is not parts[at]]
                rest.insert((at + 1) % 3, parts[at])
                yield _with(node, slice=_with(node.slice, elts=rest))


_OTHER_REDUCTION = {
    "sum": "mean", "mean": "sum", "max": "min", "min": "max", "argmax": "argmin",
    "argmin": "argmax", "amax": "amin", "amin": "amax", "median": "mean", "prod": "sum",
    "any": "all", "all": "any", "maximum": "minimum", "minimum": "maximum", "var": "std",
    "std": "var", "nanmax": "nanmin", "nanmin": "nanmax", "nansum": "nanmean",
    "nanmean": "nansum", "average": "sum", "logsumexp": "max", "cumsum": "cumprod",
}  # fmt: skip


def _reduction(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Call):
        return
    other = _OTHER_REDUCTION.get(_name(node))
    # Python has no mean among its functions, nor std.
    if other and (isinstance(node.func, ast.Attribute) or other in _BUILT_IN):
        yield _renamed(node, other)
    if _name(node) in ("var", "std", "cov"):
        ddof = {keyword.arg: keyword for keyword in node.keywords}.get("ddof")
        if ddof is not None:
            yield _keywords(node, ddof)
        elif _name(node) != "cov":
            yield _with(node, keywords=[*node.keywords, ast.keyword("ddof", ast.Constant(1))])


_BUILT_IN = {"max", "min", "any", "all", "sum", "sorted"}


def _is_built_in(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in _BUILT_IN


# Numbers and terms -----------------------------------------------------------


def _constant(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant):
        for other in _other_numbers(_number(node)):
            yield ast.Constant(other)
    if isinstance(node, ast.Call):
        for at, argument in enumerate(node.args):
            if isinstance(argument, ast.Name) and is_count(argument.id):
                less = ast.BinOp(argument, ast.Sub(), ast.Constant(1))
                yield _with(node, args=[*node.args[:at], less, *node.args[at + 1 :]])


def is_count(name: str) -> bool:
    """Whether something of this name is a number of things, as K and ``num_rows`` are."""
    return name in ("K", "N", "D", "M", "k", "n", "d") or name.startswith(("num_", "n_"))


def _other_numbers(value: int | float | None) -> tuple[int | float, ...]:
    if value is None:
        return ()
    if isinstance(value, int):
        return {0: (1,), 1: (0, 2), 2: (1, 3)}.get(value, (value - 1, value + 1))
    if value == 0:
        return (1.0,)
    if value in (0.5, 1.0, 2.0):
        return {0.5: (1.0,), 1.0: (0.0, 2.0), 2.0: (1.0,)}[value]
    if abs(value) < 1e-3:  # a guard or a tolerance: too wide, or none
        return (1e-3, 0.0)
    if abs(value) >= 1e3:
        return (value / 1e3,)
    return (2 * value,)


def _missing_term(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and not (_is_text(node.left) or _is_text(node.right)):
        if isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
            yield node.left
        if isinstance(node.op, ast.Add | ast.Mult):
            yield node.right
        if isinstance(node.op, ast.Div) and _number(node.left) is not None:
            yield node.right
        if isinstance(node.op, ast.Sub):
            yield ast.UnaryOp(ast.USub(), node.right)


def _statement(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    """A statement left out, where the rest still runs."""
    call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    into = isinstance(node, ast.Assign) and not any(
        isinstance(part, ast.Name) for target in node.targets for part in _parts(target)
    )
    if call or into or isinstance(node, ast.AugAssign | ast.Break | ast.Continue):
        yield ast.Pass()
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        # Set again: without it the value from before stays.
        again = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
        if len(node.targets) == 1 and node.targets[0].id in again:
            yield ast.Pass()


def _parts(target: ast.expr) -> list[ast.expr]:
    return target.elts if isinstance(target, ast.Tuple | ast.List) else [target]


# Functions -------------------------------------------------------------------

_OF_ONE = {
    "exp", "log", "sqrt", "abs", "square", "log1p", "expm1", "log2", "log10", "absolute", "fabs",
    "floor", "ceil", "rint", "round", "around", "clip", "sign", "sorted", "sort", "unique",
    "ravel", "cumsum", "nan_to_num", "normalize",
}  # fmt: skip
_OTHER_FUNCTIONS = {
    "exp": ("expm1",),
    "log": ("log2", "log10", "log1p"),
    "expm1": ("exp",),
    "log1p": ("log",),
    "sqrt": ("square",),
    "square": ("sqrt",),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "zeros": ("ones",),
    "zeros_like": ("ones_like",),
    "ones": ("zeros",),
    "logaddexp": ("maximum",),
}


def _function(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        yield node.left
    if not isinstance(node, ast.Call):
        return
    name = _name(node)
    if isinstance(node.func, ast.Attribute):
        for other in _OTHER_FUNCTIONS.get(name, ()):
            yield _renamed(node, other)
    if name in _OF_ONE and node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    if name in ("maximum", "minimum", "max", "min") and len(node.args) == 2:
        yield from [] if _is_method(node) and _number(node.args[1]) is not None else node.args
    if name == "where" and len(node.args) == 3:
        yield from node.args[1:]


def _is_method(call: ast.Call) -> bool:
    """Whether it looks like ``x.max(0, 1)``; ``np.maximum`` and ``max`` do not."""
    return isinstance(call.func, ast.Attribute) and _name(call) in ("max", "min")


def _transpose(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr == "T" and isinstance(node.ctx, ast.Load):
        yield node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield _with(node, left=node.right, right=node.left)
        for side in ("left", "right"):
            operand: ast.expr = getattr(node, side)
            if not (isinstance(operand, ast.Attribute) and operand.attr == "T"):
                yield _with(node, **{side: ast.Attribute(operand, "T", ast.Load())})
    products = ("dot", "matmul", "outer")
    if isinstance(node, ast.Call) and _name(node) in products and len(node.args) == 2:
        yield _with(node, args=node.args[::-1])


# Places ----------------------------------------------------------------------


def _index(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.Subscript):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        of_shape = isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
        for at, part in enumerate(parts):
            for other in _other_axis(part) if of_shape else _other_places(part):
                changed: ast.expr = other
                if isinstance(node.slice, ast.Tuple):
                    changed = _with(node.slice, elts=[*parts[:at], other, *parts[at + 1 :]])
                yield _with(node, slice=changed)
    if isinstance(node, ast.Call) and _name(node) in ("range", "arange"):
        whole = [_is_whole(argument) for argument in node.args]
        if len(node.args) == 1 and whole[0]:
            yield _with(node, args=[_plus(node.args[0], -1)])
            yield _with(node, args=[ast.Constant(1), node.args[0]])
        elif len(node.args) > 1:
            yield _with(node, args=[_plus(node.args[0], 1), *node.args[1:]])
            yield _with(node, args=[node.args[0], _plus(node.args[1], -1), *node.args[2:]])


def _is_whole(node: ast.expr) -> bool:
    value = _number(node)
    return value is None or isinstance(value, int)


def _plus(node: ast.expr, number: int) -> ast.expr:
    value = _number(node)
    if value is not None:
        return ast.Constant(value + number)
    sign = ast.Add() if number > 0 else ast.Sub()
    return ast.BinOp(node, sign, ast.Constant(abs(number)))


def _other_places(part: ast.expr) -> Iterator[ast.expr]:
    value = _number(part)
    if value is not None:
        yield ast.Constant(0 if value == -1 else -1)
        yield ast.Constant(value + 1 if value >= 0 else value - 1)
    if isinstance(part, ast.Slice):
        if part.lower is not None:
            yield _with(part, lower=_plus(part.lower, 1))
            if _number(part.lower):
                yield _with(part, lower=_plus(part.lower, -1))
        if part.upper is not None:
            yield _with(part, upper=_plus(part.upper, -1))


def _other_axis(part: ast.expr) -> Iterator[ast.expr]:
    value = _number(part)
    if value is not None:
        yield ast.Constant(0 if value else 1)


# Memory ----------------------------------------------------------------------


def _dtype(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr == "float64":
        yield _with(node, attr="float32")
    if isinstance(node, ast.Attribute) and node.attr == "intp":
        yield _with(node, attr="float64")
    if isinstance(node, ast.Call):
        if _name(node) == "astype" and isinstance(node.func, ast.Attribute):
            yield node.func.value
        for keyword in node.keywords:
            if keyword.arg == "dtype":
                yield _keywords(node, keyword)
                if isinstance(keyword.value, ast.Name) and keyword.value.id == "float":
                    yield _keywords(node, dtype=ast.Constant("float32"))
    # ``a``, rounded to 32 bits where it is worked with.
    if isinstance(node, ast.BinOp) and scope.numpy:
        for side in ("left", "right"):
            operand: ast.expr = getattr(node, side)
            if isinstance(operand, ast.Name) and operand.id in scope.arrays:
                yield _with(node, **{side: _numpy(scope.numpy, "float32", operand)})


_IN_PLACE = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
}
_INTO = ("exp", "log", "sqrt", "square", "maximum", "minimum", "clip")


def _numpy(module: str, name: str, *args: ast.expr, **keywords: ast.expr) -> ast.Call:
    function = ast.Attribute(ast.Name(module, ast.Load()), name, ast.Load())
    return ast.Call(function, list(args), [ast.keyword(k, v) for k, v in keywords.items()])


def _inplace(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    def given(value: ast.expr) -> bool:
        return isinstance(value, ast.Name) and value.id in scope.arrays

    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
        if (
            isinstance(target, ast.Name)
            and isinstance(value, ast.BinOp)
            and isinstance(value.left, ast.Name)
            and value.left.id == target.id
            and given(target)
        ):
            yield ast.AugAssign(target, value.op, value.right)
    if isinstance(node, ast.BinOp) and type(node.op) in _IN_PLACE and scope.numpy:
        for operand in (node.left, node.right):
            if given(operand):
                name = _IN_PLACE[type(node.op)]
                yield _numpy(scope.numpy, name, node.left, node.right, out=operand)
    if isinstance(node, ast.Call) and _name(node) in _INTO and node.args and given(node.args[0]):
        other = [keyword for keyword in node.keywords if keyword.arg != "out"]
        yield _with(node, keywords=[*other, ast.keyword("out", node.args[0])])


def _state(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    """Copies dropped."""
    if not isinstance(node, ast.Call):
        return
    name = _name(node)
    if name == "array" and len(node.args) == 1 and not isinstance(node.args[0], ast.List):
        yield node.args[0]
        if node.keywords and isinstance(node.func, ast.Attribute):
            yield _renamed(node, "asarray")
    if name in ("copy", "deepcopy", "dict", "list"):
        if len(node.args) == 1:
            yield node.args[0]
        elif name == "copy" and not node.args and isinstance(node.func, ast.Attribute):
            yield node.func.value


MUTATIONS: dict[str, Mutation] = {
    "operator": _operator,
    "sign": _sign,
    "comparison": _comparison,
    "axis": _axis,
    "constant": _constant,
    "missing_term": _missing_term,
    "reduction": _reduction,
    "function": _function,
    "transpose": _transpose,
    "index": _index,
    "dtype": _dtype,
    "inplace": _inplace,
    "state": _state,
    "boolean": _boolean,
    "statement": _statement,
}
"""The kinds of mistake; each says what could stand in place of a node, if anything."""
