"""From a notebook's cells to a module that holds its definitions, and none of its experiments.

Definitions are found by name, wherever they stand: copied, split, moved or left-over cells make
no difference. Kept are the definitions that were asked for with all that they read (imports,
other definitions, assignments); other definitions as far as they do no harm; and statements such
as ``Class.method = function``. What a cell does besides, its plots and experiments, is left out.
This module reads and writes text; it must not run or judge anything.

Of several definitions of one name the last one counts that is not a stub, and where they differ
the student is told. Whatever may fail without need (a package that is not here, an assignment
that reads a file) is put into a ``try`` that says so and goes on.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from autograder.cells import CodeCell, Notebook, parsed
from autograder.entries import quote
from autograder.statements import NO_STATEMENT, Statement, statements

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}


@dataclass(frozen=True)
class Made:
    """A module made of a notebook."""

    text: str
    taken: dict[str, int] = field(default_factory=dict)
    """The code cell of each name that was asked for."""


def module(
    book: Notebook,
    name: str,
    asked: Sequence[str],
    *,
    others: Collection[str] = (),
    plain: Collection[str] = (),
    notices: list[str],
) -> Made | None:
    """Module ``name``, made of what ``book`` defines; None where it has none of it.

    ``asked`` are the functions and classes that the module has to have (none: whatever there
    is), ``others`` the assignment's other modules, and ``plain`` the packages that are known to
    be there. A cell may say whose it is by a comment with the file's name. Sentences for the
    student are added to ``notices``.
    """
    written = _written_file(book.cells, f"{name}.py")
    if written is not None:
        return Made(written)
    chooser = _Chooser(list(statements(book, name, others)), asked)
    roots = [n for n in asked if chooser.chosen(n)] if asked else chooser.defined
    if not any(not item.is_import for root in roots for item in chooser.chosen(root)):
        return None
    taken = {root: chooser.chosen(root)[-1].cell for root in roots}
    for root in roots if asked else ():
        differing = chooser.differing(root)
        if differing:
            told = ", ".join(map(str, differing[:-1])) + f" and {differing[-1]}"
            notices.append(
                f"{root} is defined in code cells {told} of {quote(book.name)}: code cell "
                f"{taken[root]} was taken."
            )
    kept = _Keeper(chooser, roots)
    futures = sorted({line for cell in book.cells for line in _futures(cell)})
    blocks = kept.blocks({*plain, *others, *sys.stdlib_module_names})
    return Made("\n\n\n".join([*futures, *blocks]) + "\n", taken)


def defines(
    book: Notebook, name: str, asked: Sequence[str], others: Collection[str] = ()
) -> list[str]:
    """Which of ``asked`` the notebook defines for module ``name`` by more than a stub."""
    if _written_file(book.cells, f"{name}.py") is not None:
        return list(asked) or [name]
    chooser = _Chooser(list(statements(book, name, others)), asked)
    names = asked or chooser.defined
    return [n for n in names if any(not (i.stub or i.is_import) for i in chooser.chosen(n))]


def in_other_cells(book: Notebook, asked: Iterable[str]) -> list[str]:
    """Which of ``asked`` are defined in a cell that is no code cell."""
    return [
        name
        for name in asked
        if re.search(rf"^(?:def|class) {re.escape(name)}\b", book.prose, re.MULTILINE)
    ]


def _written_file(cells: Iterable[CodeCell], file: str) -> str | None:
    """What ``%%writefile`` makes of the cells for ``file``."""
    text: str | None = None
    for cell in cells:
        if cell.writes == file:
            text = f"{text}{cell.text}\n" if cell.appends and text is not None else f"{cell.text}\n"
    return text


def _futures(cell: CodeCell) -> Iterator[str]:
    for node in cell.tree.body if cell.tree is not None else ():
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            yield ast.unparse(node)


# --- which definition counts ----------------------------------------------------------------


class _Chooser:
    """What each name stands for once all cells are read."""

    def __init__(self, items: list[Statement], asked: Sequence[str]) -> None:
        self.asked = set(asked)
        self._classes = {n for i in items if isinstance(i.node, ast.ClassDef) for n in i.names}
        self.items = [item for item in items if not self._is_experiment(item)]
        self._by_name: dict[str, list[Statement]] = {}
        self.changes: dict[str, list[Statement]] = {}
        """What sets an attribute or an item of a name."""
        for item in self.items:
            if item.target:
                self.changes.setdefault(item.target, []).append(item)
            for name in item.names:
                self._by_name.setdefault(name, []).append(item)
        self._known: dict[str, list[Statement]] = {}

    @property
    def defined(self) -> list[str]:
        """Every name that is not merely imported."""
        return [n for n, items in self._by_name.items() if not all(i.is_import for i in items)]

    def chosen(self, name: str) -> list[Statement]:
        """The statements that make ``name`` what it is, in order; none: nothing does."""
        if name not in self._known:
            self._known[name] = self._choose(name)
        return self._known[name]

    def differing(self, name: str) -> list[int]:
        """Code cells whose definitions of ``name`` are written and not the same."""
        written = {
            ast.dump(item.node): item.cell for item in self._best(name) if item.is_definition
        }
        return sorted(set(written.values())) if len(written) > 1 else []

    def _choose(self, name: str) -> list[Statement]:
        found = self._best(name)
        if not found:
            return []
        if found[-1].is_import:
            # ``import a.b`` and ``import a.c`` make one name together.
            node = found[-1].node
            if isinstance(node, ast.Import) and node.names[0].asname is None:
                return [item for item in found if isinstance(item.node, ast.Import)]
            return found[-1:]
        start = len(found) - 1
        while start > 0 and name in found[start].reads:  # x = x + 1; class K(K)
            start -= 1
        return found[start:]

    def _best(self, name: str) -> list[Statement]:
        """The bindings of ``name`` among which the last one counts."""
        found = self._by_name.get(name, [])
        if name in self.asked:
            # Who defines a function that was asked for does not mean to import it.
            found = [i for i in found if i.is_definition] or [
                i for i in found if not i.is_import
            ] or found  # fmt: skip
        written = [item for item in found if not item.stub] or found
        return [
            item
            for item in written
            if not (item.todo and any(item.done < other.done for other in written))
        ]

    def _is_experiment(self, item: Statement) -> bool:
        """Whether a statement calls what was asked for: then it is a use and no part of it."""
        if item.is_definition or item.is_import:
            return False
        for node in ast.walk(item.node):
            if isinstance(node, ast.Call):
                function = node.func
                if isinstance(function, ast.Name) and function.id in self.asked:
                    if function.id not in self._classes:
                        return True
                    continue
                inner = function.value if isinstance(function, ast.Attribute) else function
                while isinstance(inner, (ast.Call, ast.Attribute)):
                    inner = inner.func if isinstance(inner, ast.Call) else inner.value
                if isinstance(inner, ast.Name) and inner.id in self.asked:
                    return True
        return False


@dataclass
class _Keeper:
    """What is kept, and in which order."""

    chooser: _Chooser
    roots: Sequence[str]
    needed: dict[Statement, bool] = field(default_factory=dict)
    """Items kept; whether something that was asked for needs them."""
    missing: bool = False
    """Whether a name is read that nothing here binds: a ``*`` import may."""

    def __post_init__(self) -> None:
        self._need(self.roots, True)
        extras = [name for name in self.chooser.defined if name not in self.roots]
        for name in extras:
            found = self.chooser.chosen(name)
            if found and all(item.is_definition for item in found):
                self._need([name], False)

    def _need(self, names: Iterable[str], core: bool) -> None:
        todo = list(names)
        seen: set[str] = set()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            found = self.chooser.chosen(name)
            if core and not found and name not in _BUILTINS:
                self.missing = True
            changes = self.chooser.changes.get(name, []) if found else []
            for item in [*found, *changes]:
                if item in self.needed:
                    continue
                if not core and not (item.is_import or item.is_definition or _is_cheap(item)):
                    continue
                self.needed[item] = core
                todo += [*item.reads, *item.later]

    def blocks(self, plain: Collection[str]) -> list[str]:
        """The module's text, in pieces that know their cell."""
        imports = [item for item in self.needed if item.is_import]
        stars = [i for i in self.chooser.items if i.is_import and "*" in i.names]
        imports += [item for item in stars if item not in imports]
        imports.sort(key=lambda item: item.order)
        texts = {f"# code cell {item.cell}\n{self._import(item, plain)}": None for item in imports}
        rest = sorted((i for i in self.needed if not i.is_import), key=lambda item: item.order)
        placed: dict[Statement, None] = {}
        try:
            for item in rest:
                self._place(item, placed, set())
        except RecursionError:
            placed = dict.fromkeys(rest)
        return [*texts, *(f"# code cell {i.cell}\n{self._guarded(i)}" for i in placed)]

    def _import(self, item: Statement, plain: Collection[str]) -> str:
        node = item.node
        path = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name  # type: ignore[attr-defined]
        core = self.needed.get(item, self.missing)
        if core and str(path).partition(".")[0] in plain:
            return item.source
        # No plot is worth more than the functions.
        return _tried(item, "ImportError")

    def _guarded(self, item: Statement) -> str:
        needs_nothing = item.is_definition and item.reads <= _BUILTINS
        if needs_nothing or _is_literal(item) or (item.is_definition and self.needed[item]):
            return item.source
        return _tried(item, "Exception")

    def _place(self, item: Statement, placed: dict[Statement, None], busy: set[Statement]) -> None:
        """Put an item behind all that has to be there when it runs."""
        if item in placed or item in busy:
            return
        busy.add(item)
        for name in sorted(item.reads):
            self._place_name(name, placed, busy)
        if item.target:
            self._place_name(item.target, placed, busy)
        # What went before under the same name.
        for name in sorted(item.names):
            for before in self.chooser.chosen(name):
                if before is item:
                    break
                self._place(before, placed, busy)
        placed[item] = None

    def _place_name(self, name: str, placed: dict[Statement, None], busy: set[Statement]) -> None:
        for item in self.chooser.chosen(name):
            if item in self.needed and not item.is_import and item not in busy:
                self._place(item, placed, busy)
                # It may be called while the module is made, and needs all that it reads then.
                busy.add(item)
                for inner in sorted(item.later):
                    self._place_name(inner, placed, busy)


def _is_literal(item: Statement) -> bool:
    """Whether a statement only puts numbers and texts into a name."""
    return _consists_of(item, _LITERAL)


def _is_cheap(item: Statement) -> bool:
    """Whether it does a little arithmetic besides; a power or a product may take for ever."""
    return _consists_of(item, (*_LITERAL, ast.BinOp, ast.Add, ast.Sub, ast.Div))


_LITERAL = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.UnaryOp, ast.USub, ast.expr_context)


def _consists_of(item: Statement, kinds: tuple[type[ast.AST], ...]) -> bool:
    if item.target or not isinstance(item.node, (ast.Assign, ast.AnnAssign)):
        return False
    value = item.node.value
    return value is not None and all(isinstance(node, kinds) for node in ast.walk(value))


def _tried(item: Statement, error: str) -> str:
    """A statement that may fail; then it says so and what was printed is shown with the case."""
    try:
        source = ast.unparse(item.node)
    except NO_STATEMENT:
        return item.source
    inner = "\n".join(f"    {line}" for line in source.split("\n"))
    text = (
        f"try:\n{inner}\nexcept {error} as _error:\n"
        f'    print("code cell {item.cell}:", type(_error).__name__, _error)'
    )
    if not item.is_definition and "\n" in source:
        again = parsed(text)
        tried = again.body[0] if again is not None else None
        if not isinstance(tried, ast.Try) or ast.dump(tried.body[0]) != ast.dump(item.node):
            return item.source  # indenting has changed a text of several lines
    return text
