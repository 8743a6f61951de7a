"""A class made by a machine: students who write by themselves, and some who copy.

Whoever writes by themselves takes one of several ways for every function and then writes it in a
manner of their own: operands in another order, other temporaries, ``x.sum()`` for ``np.sum(x)``,
other numbers and checks. Whoever copies takes another's text and changes names, comments, layout
and the order of the functions.
"""

from __future__ import annotations

import ast
import builtins
import random
from collections.abc import Iterable, Mapping

Ways = Mapping[str, list[str]]
"""For every function or ``Class.method``, the ways to write it."""

_METHODS = ("sum", "max", "min", "mean", "argmin", "argmax", "reshape", "dot", "std", "copy")


def ways(texts: Iterable[str]) -> dict[str, list[str]]:
    """Every function of ``texts`` with all the ways in which it is written there."""
    found: dict[str, dict[str, str]] = {}
    for text in texts:
        for node in ast.parse(text).body:
            members = node.body if isinstance(node, ast.ClassDef) else [node]
            owner = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
            for item in members:
                if isinstance(item, ast.FunctionDef):
                    body = item.body[1:] if ast.get_docstring(item) else item.body
                    item.body = body or item.body
                    source = ast.unparse(item)
                    found.setdefault(owner + item.name, {})[source] = source
    return {name: list(sources) for name, sources in found.items()}


class _Manner(ast.NodeTransformer):
    """One student's habits."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.count = 0

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, (ast.Add, ast.Mult)) and self.rng.random() < 0.5:
            node.left, node.right = node.right, node.left
        if isinstance(node.op, ast.Pow) and self.rng.random() < 0.5:
            return ast.Call(_dotted("np.power"), [node.left, node.right], [])
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        func = node.func
        of_numpy = isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name)
        if (
            of_numpy
            and func.value.id == "np"
            and func.attr in _METHODS
            and node.args
            and not isinstance(node.args[0], (ast.Starred, ast.GeneratorExp))
            and self.rng.random() < 0.5
        ):
            first, *rest = node.args
            return ast.Call(ast.Attribute(first, func.attr, ast.Load()), rest, node.keywords)
        self.rng.shuffle(node.keywords)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, int) and node.value in (1, 2) and self.rng.random() < 0.2:
            return ast.Constant(float(node.value))
        return node

    def statements(self, body: list[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for statement in body:
            for name in ("body", "orelse"):
                if getattr(statement, name, None):
                    setattr(statement, name, self.statements(getattr(statement, name)))
            statement = self.visit(statement)
            value = getattr(statement, "value", None)
            parts = (
                [n for n in ast.walk(value) if isinstance(n, (ast.BinOp, ast.Call))]
                if value
                else []
            )
            simple = not any(
                isinstance(n, (ast.Lambda, ast.GeneratorExp, ast.ListComp))
                for n in ast.walk(statement)
            )
            if len(parts) > 2 and simple and self.rng.random() < 0.6:
                self.count += 1
                part, name = self.rng.choice(parts[1:]), f"t{self.count}"
                made.append(ast.Assign([ast.Name(name, ast.Store())], part))
                statement = _replaced(statement, part, ast.Name(name, ast.Load()))
            if self.rng.random() < 0.12:
                made.append(ast.parse(self.rng.choice(_REMARKS)).body[0])
            made.append(statement)
        return made


_REMARKS = (
    "print('here', flush=True)",
    "assert np.ndim(0) == 0",
    "debug = None",
    "if False: pass",
    "n_rows, n_cols = 0, 0",
    "eps = 1e-12",
)


def _dotted(name: str) -> ast.expr:
    return ast.parse(name, mode="eval").body


def _replaced(statement: ast.stmt, old: ast.AST, new: ast.expr) -> ast.stmt:
    class Swap(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return new if node is old else super().visit(node)

    return Swap().visit(statement)


def alone(choice: Ways, rng: random.Random) -> dict[str, str]:
    """One who writes by themselves: every function, in a manner of their own."""
    made = {}
    for name, sources in choice.items():
        tree = ast.parse(rng.choice(sources))
        function = tree.body[0]
        assert isinstance(function, ast.FunctionDef)
        function.body = _Manner(rng).statements(function.body)
        made[name] = ast.unparse(ast.fix_missing_locations(tree))
    return made


def copied(pieces: Mapping[str, str], rng: random.Random) -> dict[str, str]:
    """Another's functions under other names, in another order, with comments of one's own."""
    items = list(pieces.items())
    rng.shuffle(items)
    return {name: _renamed(source, rng) for name, source in items}


def _renamed(source: str, rng: random.Random) -> str:
    tree = ast.parse(source)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.setdefault(node.id, f"{rng.choice(('my', 'the', 'new'))}_{node.id}_{len(names)}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not hasattr(builtins, node.id):
            node.id = names.get(node.id, node.id)
    lines = []
    for line in ast.unparse(tree).splitlines():
        if line.strip() and rng.random() < 0.3:
            indent = line[: len(line) - len(line.lstrip())]
            lines.append(f"{indent}# {rng.choice(('see the lecture', 'step by step', 'TODO'))}")
        lines.append(line)
    return "\n".join(lines)


def module(pieces: Mapping[str, str]) -> str:
    """The file that holds ``pieces``."""
    blocks = ["import numpy as np"]
    owners = dict.fromkeys(name.rpartition(".")[0] for name in pieces)
    for owner in owners:
        own = [source for name, source in pieces.items() if name.rpartition(".")[0] == owner]
        if owner:
            inner = ["\n".join("    " + line for line in source.splitlines()) for source in own]
            own = [f"class {owner}:\n\n" + "\n\n".join(inner)]
        blocks += own
    return "\n\n\n".join(blocks) + "\n"
