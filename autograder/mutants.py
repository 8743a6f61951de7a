"""Automatic mutants of a reference solution: its text with one small mistake, as overlays.

mutmut and cosmic-ray make mutants only as a step of running a project's own tests, and know
neither axes nor copies nor dtypes; what is needed here is a text for the grader to judge, so a
small mutator of syntax trees is our own. Which mistakes there are is told in ``mutations``; here
is where they may stand, how they are written down, and which ones are chosen. Nothing is run.
"""

from __future__ import annotations

import ast
import random
import textwrap
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder import marks
from autograder.model import Assignment
from autograder.mutations import MUTATIONS, Scope, is_count

KINDS = tuple(MUTATIONS)
"""Every kind of mutant."""
MOST_SHOWN = 64
"""Characters of the source that a sentence quotes."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_SILENT = {"print", "tqdm", "plot", "show", "imshow", "scatter", "warn", "write", "set_description"}
"""Calls that say or draw something: what stands in them changes no answer."""


@dataclass(frozen=True)
class Mutant:
    """The reference with one small mistake."""

    name: str
    """Stable while the function's text is: ``softmax__axis_1``."""
    kind: str
    function: str
    """Where the mistake is, with its class: ``KMeans._get_loss``."""
    line: int
    """Of the reference."""
    sentence: str
    """What was changed: "line 41: `axis=1` became `axis=0`"."""
    text: str
    """An overlay that holds the changed function only."""
    module: str | None = None
    """The module that it lies over; None: the main one."""


def mutants(text: str, functions: Collection[str], n: int, seed: int) -> list[Mutant]:
    """``n`` mutants of the module ``text`` (all, if there are fewer), in the order of its lines.

    They lie in ``functions`` (``name`` or ``Class.method``) and what these call, spread evenly
    over functions and kinds, and are the same ones for the same text and ``seed``. In a text with
    solution marks only what students write is changed. Raises SyntaxError.
    """
    return _spread(every(text, functions), n, seed)


def of_assignment(
    assignment: Assignment, sources: Mapping[str, str], n: int, seed: int
) -> list[Mutant]:
    """``n`` mutants of an assignment's reference; ``sources`` are its files' texts by name.

    Where functions of two modules share a name, the mutants' names begin with the module.
    Raises SyntaxError.
    """
    graded: dict[str, list[str]] = {}
    for qualified in assignment.qualified:
        module, _, function = qualified.partition(":")
        graded.setdefault(module, []).append(function)
    found: list[Mutant] = []
    for module, functions in graded.items():
        if f"{module}.py" in sources and f"{module}.py" in assignment.files:
            other = module if module != assignment.module else None
            found += every(sources[f"{module}.py"], functions, other)
    named = Counter(function for functions in graded.values() for function in functions)
    found = [
        replace(m, name=f"{m.module or assignment.module}.{m.name}") if named[m.function] > 1 else m
        for m in found
    ]
    return _spread(found, n, seed)


def every(text: str, functions: Collection[str], module: str | None = None) -> list[Mutant]:
    """All mutants of the module ``text``, in the order of its lines. Raises SyntaxError."""
    tree = ast.parse(text)
    there = _definitions(tree)
    written = _written(text)
    numpy = _numpy_name(tree)
    source = text.encode("utf-8").splitlines(keepends=True)
    found: list[Mutant] = []
    for name in sorted(_reached(there, functions), key=lambda name: there[name].lineno):
        function = there[name]
        rows = _rows(function, written, graded=name in functions)
        scope = Scope(_arrays(function), numpy)
        seen = {ast.dump(function)}
        number: Counter[str] = Counter()
        for node in _places(function):
            if not hasattr(node, "lineno") or node.lineno not in rows:
                continue
            for kind, mutation in MUTATIONS.items():
                for other in mutation(node, scope):
                    changed = _changed(source, function, node, other)
                    if changed is None:
                        continue
                    lines, dump = changed
                    if dump in seen:
                        continue
                    seen.add(dump)
                    number[kind] += 1
                    was = text.splitlines()[node.lineno - 1]
                    now = lines[node.lineno - _first_line(function)]
                    sentence = f"line {node.lineno}: {_became(node, other, was, now)}"
                    found.append(
                        Mutant(
                            f"{name}__{kind}_{number[kind]}",
                            kind,
                            name,
                            node.lineno,
                            sentence,
                            _overlay(name, sentence, lines, module),
                            module,
                        )
                    )
    return found


# Where -----------------------------------------------------------------------


def _definitions(tree: ast.Module) -> dict[str, _Function]:
    """Functions at the top and methods of classes at the top, by name."""
    found: dict[str, _Function] = {}
    for node in tree.body:
        if isinstance(node, _Function):
            found[node.name] = node
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{m.name}": m for m in node.body if isinstance(m, _Function)}
    return found


def _reached(there: Mapping[str, _Function], functions: Collection[str]) -> set[str]:
    """Graded functions and what they call of this module, by name: a guess on the wide side."""
    todo = [name for name in functions if name in there]
    found: set[str] = set()
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        words = {n.id for n in ast.walk(there[name]) if isinstance(n, ast.Name)}
        words |= {n.attr for n in ast.walk(there[name]) if isinstance(n, ast.Attribute)}
        todo += [
            other
            for other in there
            if other.rpartition(".")[2] in words
            or (other.endswith(".__init__") and other.partition(".")[0] in words)
        ]
    return found


def _written(text: str) -> set[int] | None:
    """Lines that students write, from the solution marks; None where there are no marks."""
    rows: set[int] = set()
    begin = 0
    try:
        found = list(marks.find(marks.Text(text, "", 1)))
    except marks.HandoutError:
        return None
    for mark in found:
        if mark.kind == "begin":
            begin = mark.row
        elif mark.kind == "end":
            rows |= set(range(begin, mark.row))
        elif mark.kind == "line":
            rows.add(mark.row)
    return rows if found else None


def _rows(function: _Function, written: set[int] | None, *, graded: bool) -> Collection[int]:
    """Lines of a function that may be changed.

    A graded function without marks is handed out whole, and may be rewritten: all of it counts.
    """
    own = range(function.body[0].lineno, (function.end_lineno or function.lineno) + 1)
    if written is None or (graded and not written & set(own)):
        return own
    return written & set(own)


def _places(function: _Function) -> Iterator[ast.AST]:
    """Statements and expressions of a function whose change changes what it computes."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    for statement in body:
        yield from _inside(statement)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, _Function):
        yield from _places(node)
        return
    if isinstance(node, ast.Assert | ast.Raise | ast.Import | ast.ImportFrom | ast.JoinedStr):
        return
    if isinstance(node, ast.If) and all(isinstance(s, ast.Raise) for s in node.body):
        for statement in node.orelse:
            yield from _inside(statement)
        return
    if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call):
        return
    if isinstance(node, ast.Expr) and _is_silent(node.value):
        return
    if isinstance(node, ast.expr | ast.stmt):
        yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_comment", "args") and (
            name != "args" or isinstance(node, ast.Lambda)
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            # An axis or a place is no number to change: kinds of their own do that.
            alone = isinstance(getattr(child, "operand", child), ast.Constant) and (
                isinstance(node, ast.Subscript | ast.Slice)
                or (isinstance(node, ast.keyword) and node.arg in ("axis", "ddof"))
            )
            if isinstance(child, ast.AST) and not alone:
                yield from _inside(child)


def _is_silent(node: ast.AST) -> bool:
    function = node.func if isinstance(node, ast.Call) else node
    return getattr(function, "attr", getattr(function, "id", "")) in _SILENT


def _first_line(function: _Function) -> int:
    return min([function.lineno, *(d.lineno for d in function.decorator_list)])


def _arrays(function: _Function) -> set[str]:
    """Arguments that are indexed, have attributes, or carry their shape in their name."""
    names = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)} - {"self"}
    used = {
        node.value.id
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.value, ast.Name)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            used |= {a.id for a in node.args if isinstance(a, ast.Name) and not is_count(a.id)}
    shaped = {name for name in names if name.rpartition("_")[2].isupper() and "_" in name}
    return names & (used | shaped)


def _numpy_name(tree: ast.Module) -> str | None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                # autograd.numpy is one too.
                if name.name.rpartition(".")[2] == "numpy" and (
                    name.asname or name.name == "numpy"
                ):
                    return name.asname or "numpy"
    return None


# What ------------------------------------------------------------------------


def _changed(
    source: Sequence[bytes], function: _Function, node: ast.AST, other: ast.AST
) -> tuple[list[str], str] | None:
    """The function's lines with ``other`` in place of ``node``, and their tree; None: not Python.

    Everything around the place stays as it was written.
    """
    first = _first_line(function)
    last = function.end_lineno or function.lineno
    text = ast.unparse(ast.fix_missing_locations(other))
    if isinstance(node, ast.If | ast.While):
        # Only the test is changed; what stands below it keeps its comments.
        if not isinstance(other, ast.If | ast.While):
            return None
        text = ast.unparse(other.test)
        node = node.test
    made = _put(source, first, last, node, text)
    plain = _tree(made)
    if not isinstance(node, ast.expr):
        return (made, plain) if plain is not None else None
    # What binds weaker than its surroundings needs brackets.
    within = _put(source, first, last, node, f"({text})")
    careful = _tree(within)
    if careful is None:
        return None
    return (made, careful) if plain == careful else (within, careful)


def _put(source: Sequence[bytes], first: int, last: int, node: ast.AST, text: str) -> list[str]:
    """Lines ``first`` to ``last`` of ``source`` with ``text`` in the place of ``node``."""
    place: Any = node
    before = b"".join(source[first - 1 : place.lineno - 1])
    before += source[place.lineno - 1][: place.col_offset]
    after = source[place.end_lineno - 1][place.end_col_offset :]
    after += b"".join(source[place.end_lineno : last])
    made: bytes = before + text.encode("utf-8") + after
    return made.decode("utf-8").splitlines()


def _tree(lines: Sequence[str]) -> str | None:
    """The tree of a function's lines as text; None where they are not valid Python."""
    try:
        tree = ast.parse(textwrap.dedent("\n".join(lines)))
        marks.quietly(lambda: compile(tree, "<mutant>", "exec"))
    except SyntaxError:
        return None
    return ast.dump(tree.body[0])


def _became(node: ast.AST, other: ast.AST, was: str, now: str) -> str:
    """Old and new in a few words, cut to where they differ; ``was`` and ``now`` are the lines."""
    if isinstance(node, ast.If | ast.While) and isinstance(other, ast.If | ast.While):
        node, other = node.test, other.test
    old, new = ast.unparse(node), ast.unparse(other)
    if isinstance(other, ast.Pass):
        return f"`{_cut(old)}` was left out"
    if isinstance(node, ast.Call) and isinstance(other, ast.Call):
        gone = [k for k in node.keywords if k not in other.keywords]
        put = [k for k in other.keywords if k not in node.keywords]
        rest = ast.dump(node.func) == ast.dump(other.func) and node.args == other.args
        if rest and len(gone) == 1:
            was = ast.unparse(gone[0])
            if put:
                return f"`{_cut(was)}` became `{_cut(ast.unparse(put[0]))}`"
            return f"`{_cut(was)}` was left out of `{_cut(ast.unparse(node.func))}(...)`"
    if isinstance(node, ast.Constant | ast.Name | ast.UnaryOp):  # alone they say little
        old, new = was, now
    old, new = _trimmed(old, new)
    return f"`{old}` became `{new}`"


def _cut(text: str) -> str:
    text = " ".join(text.split()).replace('"""', "'''").replace("\\", "/")
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def _trimmed(old: str, new: str) -> tuple[str, str]:
    """Both texts without the ends that they share, where they are long."""
    old, new = (" ".join(t.split()).replace('"""', "'''").replace("\\", "/") for t in (old, new))
    if max(len(old), len(new)) <= MOST_SHOWN:
        return old, new
    least = min(len(old), len(new))
    start = next((i for i in range(least) if old[i] != new[i]), least)
    stop = next((i for i in range(least - start) if old[-1 - i] != new[-1 - i]), least - start)
    start, stop = max(0, start - 12), max(0, stop - 12)
    texts = [t[start : len(t) - stop] for t in (old, new)]
    front, back = "…" if start else "", "…" if stop else ""
    return tuple(f"{front}{_cut(t)}{back}" for t in texts)  # type: ignore[return-value]


def _overlay(name: str, sentence: str, lines: Sequence[str], module: str | None) -> str:
    says = f'"""The reference, but in {sentence}.\n'
    says += f"\nmodule: {module}\n" if module else ""
    owner = name.rpartition(".")[0]
    head = f"class {owner}:\n" if owner else ""
    return f'{says}"""\n\n\n{head}' + "\n".join(lines) + "\n"


# Which -----------------------------------------------------------------------


def _spread(found: Sequence[Mutant], n: int, seed: int) -> list[Mutant]:
    """``n`` of them: function by function in turn, and of each the kind that came least."""
    generator = random.Random(seed)
    waiting: dict[tuple[str | None, str], list[Mutant]] = {}
    for mutant in found:
        waiting.setdefault((mutant.module, mutant.function), []).append(mutant)
    for group in waiting.values():
        generator.shuffle(group)
    taken: list[Mutant] = []
    of_kind: Counter[str] = Counter()
    here: Counter[tuple[str | None, str, str]] = Counter()
    while len(taken) < n and any(waiting.values()):
        for group in waiting.values():
            if len(taken) == n or not group:
                continue
            best = min(group, key=lambda m: (here[m.module, m.function, m.kind], of_kind[m.kind]))
            group.remove(best)
            taken.append(best)
            of_kind[best.kind] += 1
            here[best.module, best.function, best.kind] += 1
    place = {id(mutant): at for at, mutant in enumerate(found)}
    return sorted(taken, key=lambda mutant: place[id(mutant)])
