"""Which cases can tell a submission with one function changed from the one without.

A case that runs none of the changed functions, in a program that is the same
everywhere else, comes out the same: it need not be run again. What runs is
seen by tracing the reference once (``worker``); what a change touches is read
here. Text only; nothing is run. Whenever a change might reach further than
its functions, the answer is None: everything.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
Trace = frozenset[tuple[str, int]]
"""Functions that ran: file and first line of each."""


def touched(reference: str, overlay: str, allowed: Collection[str]) -> set[str] | None:
    """Functions of ``reference`` (methods as ``Class.method``) that ``overlay`` changes.

    ``allowed`` are packages that a submission may import: another one is a matter of the source,
    which is read as a whole. Raises SyntaxError.
    """
    base, over = ast.parse(reference), ast.parse(overlay)
    there = set(_definitions(base))
    words = _words(base)
    imports = {ast.dump(node) for node in base.body if isinstance(node, ast.Import)}
    found: set[str] = set()
    for node in over.body[1:] if ast.get_docstring(over) else over.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            if not _is_harmless(node, imports, words, allowed):
                return None
        elif isinstance(node, _Function):
            if node.name in there:
                found.add(node.name)
            elif node.name in words:
                return None
        elif isinstance(node, ast.ClassDef) and f"{node.name}." in _classes(base):
            for item in node.body[1:] if ast.get_docstring(node) else node.body:
                if not isinstance(item, _Function):
                    return None
                if f"{node.name}.{item.name}" in there:
                    found.add(f"{node.name}.{item.name}")
                elif item.name in words or item.name.startswith("__"):
                    return None
        elif isinstance(node, ast.ClassDef):
            if node.name in words:
                return None
        elif not (_assigned(node) and not _assigned(node) & words):
            return None
        if any(_imports_other(part, allowed) for part in ast.walk(node)):
            return None
    return found


def _imports_other(node: ast.AST, allowed: Collection[str]) -> bool:
    if isinstance(node, ast.Import):
        return any(name.name.partition(".")[0] not in allowed for name in node.names)
    if isinstance(node, ast.ImportFrom):
        return bool(node.level) or (node.module or "").partition(".")[0] not in allowed
    return False


def _is_harmless(
    node: ast.Import | ast.ImportFrom, imports: set[str], words: set[str], allowed: Collection[str]
) -> bool:
    """Whether an import at the top binds no name that the rest of the program uses."""
    if ast.dump(node) in imports:
        return True
    names = {(name.asname or name.name).partition(".")[0] for name in node.names}
    return not names & words and not _imports_other(node, allowed)


def _assigned(node: ast.stmt) -> set[str]:
    """Names that a plain assignment at the top binds; empty for any other statement."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    if not all(isinstance(target, ast.Name) for target in targets):
        return set()
    return {target.id for target in targets if isinstance(target, ast.Name)}


def defined(text: str) -> set[str]:
    """Functions, classes and methods (``Class.method``) that a module's text defines at the top.

    A method may be a base class's: of a class with bases any method counts that some class has.
    """
    tree = ast.parse(text)
    found = set(_definitions(tree))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    methods = {name.partition(".")[2] for name in found if "." in name}
    found |= {node.name for node in classes}
    return found | {f"{node.name}.{name}" for node in classes if node.bases for name in methods}


def _definitions(tree: ast.Module) -> dict[str, ast.stmt]:
    """Functions at the top and methods of classes at the top, by name."""
    found: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, _Function):
            found[node.name] = node
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{m.name}": m for m in node.body if isinstance(m, _Function)}
    return found


def _classes(tree: ast.Module) -> set[str]:
    return {f"{node.name}." for node in tree.body if isinstance(node, ast.ClassDef)}


def _words(tree: ast.Module) -> set[str]:
    """Every name, attribute and text in the program: whatever is named could be meant."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def ran(trace: Trace, sources: Mapping[str, str]) -> set[str]:
    """What a trace ran, as ``file:function``; ``sources`` are the files by name."""
    spans = {
        file: [
            (_first_line(node), node.end_lineno or node.lineno, name)
            for name, node in _definitions(ast.parse(text)).items()
        ]
        for file, text in sources.items()
    }
    return {
        f"{file}:{name}"
        for file, line in trace
        for first, last, name in spans.get(file, ())
        if first <= line <= last
    }


def _first_line(node: ast.stmt) -> int:
    lines: list[int] = [d.lineno for d in getattr(node, "decorator_list", [])]
    return min([node.lineno, *lines])


def readers(checks: Iterable[Path]) -> set[str]:
    """Cases whose check reads the source: those see a change wherever it is."""
    return {
        node.name.removeprefix("test_")
        for path in checks
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, _Function) and node.name.startswith("test_")
        if "source" in {argument.arg for argument in node.args.args}
    }
