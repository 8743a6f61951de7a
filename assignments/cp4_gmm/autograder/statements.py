"""The statements of a notebook's cells: what each one binds, reads and leaves to be written.

One ``Statement`` for each statement at the top of a cell that a module may want to keep. Facts
only: what is kept of them is for ``extraction`` to say. Nothing is run.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from autograder.cells import CodeCell, Notebook
from autograder.scopes import TOO_DEEP, UNREADABLE

NO_STATEMENT = (*UNREADABLE, *TOO_DEEP, SystemError)
"""What reading or writing one that is odd or too deep may raise."""
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
_Definition = (*_Function, ast.ClassDef)
_EAGER_SCOPES = {"listcomp", "setcomp", "dictcomp", "genexpr"}


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement at the top of a cell, or one name of an import."""

    cell: int
    order: int
    node: ast.stmt
    source: str
    names: frozenset[str]
    """Names that it binds."""
    reads: frozenset[str]
    """Names that it reads when it runs ..."""
    later: frozenset[str]
    """... and those that its functions read when they are called."""
    stub: bool = False
    done: frozenset[str] = frozenset()
    """Methods of a class that are written; ``todo`` are those that are not."""
    todo: frozenset[str] = frozenset()
    target: str = ""
    """The name that ``Name.attribute = ...`` or ``Name[...] = ...`` changes."""

    @property
    def is_import(self) -> bool:
        return isinstance(self.node, (ast.Import, ast.ImportFrom))

    @property
    def is_definition(self) -> bool:
        return isinstance(self.node, _Definition)


def statements(book: Notebook, own: str, others: Collection[str]) -> Iterator[Statement]:
    """Those that may be kept for module ``own``; cells that say they are of ``others`` are not."""
    for cell in book.cells:
        if cell.tree is not None and not _belongs_to_another(cell, own, others):
            yield from _items(cell, own)


def _items(cell: CodeCell, own: str) -> Iterator[Statement]:
    """What of a cell may be kept."""
    assert cell.tree is not None
    lines = cell.text.split("\n")
    for place, node in enumerate(cell.tree.body):
        order = cell.number * 1_000_000 + place
        try:
            yield from _item(node, lines, cell.number, order, own)
        except NO_STATEMENT:
            continue


def _item(node: ast.stmt, lines: list[str], cell: int, order: int, own: str) -> Iterator[Statement]:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from _imports(node, cell, order, own)
        return
    target = ""
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        target = _changed(node)
    elif not isinstance(node, (*_Definition, ast.With, ast.Try, ast.If)) or _is_main(node):
        return
    source = _segment(node, lines)
    table = symtable.symtable(source, "cell", "exec")
    symbols = table.get_symbols()
    names = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    reads = {s.get_name() for s in symbols if s.is_referenced()}
    later: set[str] = set()
    for child in table.get_children():
        _collect(child, reads, later)
    if isinstance(node, _Definition):
        names = {node.name}
        # A function or class that names itself inside does not need an earlier one.
        itself = {n.id for part in _evaluated(node) for n in ast.walk(part)
                  if isinstance(n, ast.Name)}  # fmt: skip
        reads -= {node.name} - itself
    if isinstance(node, ast.AugAssign):
        reads |= names
    done, todo = _methods(node)
    yield Statement(
        cell,
        order,
        node,
        source,
        frozenset(names),
        frozenset(reads),
        frozenset(later),
        stub=_is_stub(node) or (isinstance(node, ast.ClassDef) and bool(todo) and not done),
        done=done,
        todo=todo,
        target=target,
    )


def _imports(
    node: ast.Import | ast.ImportFrom, cell: int, order: int, own: str
) -> Iterator[Statement]:
    """One item for each name; none for what the module would import from itself."""
    if isinstance(node, ast.ImportFrom) and (node.level or node.module in ("__future__", own)):
        return
    for alias in node.names:
        if isinstance(node, ast.Import) and alias.name.partition(".")[0] == own:
            continue
        one = type(node)(**{**vars(node), "names": [alias]})
        bound = alias.asname or (
            alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name
        )
        nothing: frozenset[str] = frozenset()
        yield Statement(cell, order, one, ast.unparse(one), frozenset({bound}), nothing, nothing)


def _changed(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> str:
    """The name whose attribute or item an assignment sets."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        inner: ast.expr = target
        while isinstance(inner, (ast.Attribute, ast.Subscript)):
            inner = inner.value
        if inner is not target and isinstance(inner, ast.Name):
            return inner.id
    return ""


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and any(
        isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test)
    )


def _segment(node: ast.stmt, lines: list[str]) -> str:
    """The text of a statement, decorators included."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)])
    text = lines[first - 1 : node.end_lineno]
    text[-1] = text[-1].encode()[: node.end_col_offset].decode()
    if first == node.lineno:
        text[0] = text[0].encode()[node.col_offset :].decode()
    return "\n".join(text)


def _collect(table: symtable.SymbolTable, reads: set[str], later: set[str]) -> None:
    """Names of the module that a scope inside a statement uses, now or when it is called."""
    now = table.get_type() == "class" or table.get_name() in _EAGER_SCOPES
    into = reads if now else later
    into |= {s.get_name() for s in table.get_symbols() if s.is_global()}
    for child in table.get_children():
        _collect(child, into, later)


def _evaluated(node: ast.stmt) -> list[ast.expr]:
    """What of a definition is evaluated where it stands."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]
    if isinstance(node, _Function):
        defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        return [*node.decorator_list, *defaults]
    return []


def _methods(node: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    """The methods of a class that are written, and those that are stubs."""
    methods = (
        [m for m in node.body if isinstance(m, _Function)] if isinstance(node, ast.ClassDef) else []
    )
    todo = frozenset(m.name for m in methods if _is_stub(m))
    return frozenset(m.name for m in methods) - todo, todo


def _is_stub(node: ast.stmt) -> bool:
    """Whether a definition is as it was handed out: a docstring and nothing that works."""
    if not isinstance(node, _Definition):
        return False
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    if isinstance(node, _Function) and any(_says_todo(n, node.name) for n in ast.walk(node)):
        return True
    return all(_does_nothing(statement) for statement in body)


def _does_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Raise):
        error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return isinstance(error, ast.Name) and error.id == "NotImplementedError"
    if isinstance(node, ast.Return):
        return node.value is None or (
            isinstance(node.value, ast.Constant) and node.value.value is None
        )
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _says_todo(node: ast.AST, name: str) -> bool:
    """Whether this is what a handout has in place of a part of function ``name``."""
    if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args):
        return False
    error, text = node.exc.func, node.exc.args[0]
    return (
        isinstance(error, ast.Name)
        and error.id == "NotImplementedError"
        and isinstance(text, ast.Constant)
        and re.match(rf"([\w.]+\.)?{re.escape(name)}(\.\w+)*: ", str(text.value)) is not None
    )


def _belongs_to_another(cell: CodeCell, name: str, others: Collection[str]) -> bool:
    named = {
        other
        for line in cell.text.split("\n")
        if line.startswith("#")
        for other in re.findall(r"(\w+)\.py\b", line)
    }
    return name not in named and any(other in named for other in others)
