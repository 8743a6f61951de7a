"""An assignment to the zip that is uploaded to Gradescope.

Map of the zip; ``gradescope`` is what runs in it::

    setup.sh  run_autograder    from bundle_files/; the two names that Gradescope looks for
    Dockerfile                  for those who build the image themselves
    requirements.txt            every package that grading needs, at the version installed here
    bundle.json  begun.json     the settings; what results.json holds before grading
    grading_config.yaml         the part of this assignment
    autograder/                 the engine
    solutions/<assignment>/     reference modules, given files and checks; nothing else
    data/                       the files that the assignment names

The same course and the same packages make the same bytes. Runs nothing of an
assignment.
"""

from __future__ import annotations

import ast
import importlib.metadata
import io
import json
import os
import secrets
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from autograder import config, gradescope, recognise
from autograder.gradescope import BundleError, Settings
from autograder.model import Assignment, to_plain

SCRIPTS = ("setup.sh", "run_autograder")
GRADER = ("numpy", "pytest", "pydantic", "yaml")
"""What grading imports besides the assignment's own packages."""
OLDEST_PYTHON = 10
"""Minor version: that of Gradescope's default image."""
LINUX = {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux", "extra": ""}
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def build(assignment: Assignment, root: Path, out: Path, settings: Settings) -> list[str]:
    """Write the zip to ``out``, whole or not at all; sentences about it.

    Raises BundleError when something that belongs in it is not there.
    """
    files = contents(assignment, root, settings)
    data = archive(files)
    temporary = out.with_name(f".{out.name}.{secrets.token_hex(4)}.tmp")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        os.replace(temporary, out)
    finally:
        temporary.unlink(missing_ok=True)
    pins = files["requirements.txt"].count(b"==")
    said = [
        f"{out}  {len(data) / 1000:.0f} kB, {len(files)} files, {pins} packages at their version"
    ]
    return said + _limits_told(assignment, settings)


def _limits_told(assignment: Assignment, settings: Settings) -> list[str]:
    own, left = assignment.limits, gradescope.fitted(assignment.limits, settings)
    said = [
        f"Set on Gradescope: a time limit of {settings.minutes:g} minutes, "
        f"{settings.memory_mb} MB of memory or more. The grader itself stops at "
        f"{settings.seconds / 60:g} minutes."
    ]
    for name, unit, option in (
        ("submission_seconds", "s", "--minutes"),
        ("memory_mb", "MB", "--memory"),
    ):
        wanted, got = getattr(own, name), getattr(left, name)
        if got < wanted:
            said.append(
                f"{name}: {got:g} {unit} there, for the config's {wanted:g} do not fit; "
                f"{option} makes room for more."
            )
    return said


def archive(files: dict[str, bytes]) -> bytes:
    """A zip of ``files``: by name, with one date, and with the rights that a Unix gives them."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, LONG_AGO)
            info.create_system = 3  # Unix, also when made on Windows
            mode = 0o755 if name in SCRIPTS else 0o644
            info.external_attr = (0o100000 | mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, files[name])
    return made.getvalue()


def contents(assignment: Assignment, root: Path, settings: Settings) -> dict[str, bytes]:
    """Every file of the zip, by name. Raises BundleError."""
    engine = Path(__file__).parent
    files = {
        name: (engine / "bundle_files" / name).read_bytes().replace(b"\r\n", b"\n")
        for name in (*SCRIPTS, "Dockerfile")
    }
    files |= {f"autograder/{path.name}": path.read_bytes() for path in engine.glob("*.py")}
    ours = _course_files(assignment, root)
    files |= ours
    files[gradescope.CONFIG] = config_part(root / gradescope.CONFIG, assignment).encode()
    files[gradescope.SETTINGS] = (json.dumps(to_plain(settings), indent=2) + "\n").encode()
    files[gradescope.BEGUN] = gradescope.begun(assignment).encode()
    used = {name: data for name, data in ours.items() if name.endswith(".py")}
    wanted = {*GRADER, *imported(used), *assignment.allowed_imports, *assignment.preload}
    files["requirements.txt"] = requirements(wanted).encode()
    return files


def _course_files(assignment: Assignment, root: Path) -> dict[str, bytes]:
    solution = root / "solutions" / assignment.name
    checks = [
        path
        for path in (solution / "checks").rglob("*")
        if path.is_file() and path.suffix != ".pyc" and "__pycache__" not in path.parts
    ]
    if not checks:
        raise BundleError(f"{solution / 'checks'}: there are no checks to grade with")
    parts = [solution / name for name in (*assignment.files, *assignment.given)]
    book = [path for path in [solution / recognise.NAME] if path.is_file()]
    paths = [*parts, *checks, *book, *(root / "data" / name for name in assignment.data)]
    try:
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    except OSError as error:
        why = error.strerror or error
        raise BundleError(
            f"{error.filename}: cannot be read ({why}), and grading needs it"
        ) from None


def config_part(path: Path, assignment: Assignment) -> str:
    """The text of the config without the other assignments; comments stay."""
    text = path.read_text(encoding="utf-8")
    root: Any = yaml.compose(text, yaml.SafeLoader)
    block = next(value for key, value in root.value if key.value == "assignments")
    lines = text.splitlines(keepends=True)
    begins = [key.start_mark.line for key, _ in block.value]
    ends = [*begins[1:], min(block.end_mark.line, len(lines))]
    others = [
        range(begin, end)
        for (key, _), begin, end in zip(block.value, begins, ends, strict=True)
        if key.value != assignment.name
    ]
    part = "".join(line for i, line in enumerate(lines) if not any(i in other for other in others))
    with tempfile.TemporaryDirectory() as temporary:
        trial = Path(temporary) / path.name
        trial.write_text(part, encoding="utf-8")
        try:
            same = config.load(trial).assignments == (assignment,)
        except config.ConfigError:
            same = False
    if not same:
        raise BundleError(
            f"{path.name}: {assignment.name} cannot be cut out of it; let every assignment begin "
            "on a line of its own and use no anchors of another one"
        )
    return part


# Packages ---------------------------------------------------------------------


def imported(sources: dict[str, bytes]) -> set[str]:
    """Top-level names that ``sources`` import, without the standard library and each other."""
    found: set[str] = set()
    for name, data in sources.items():
        try:
            tree = ast.parse(data, name)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            raise BundleError(f"{name}:{line}: not valid Python ({error})") from None
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
    own = {Path(name).stem for name in sources} | {"autograder"}
    return found - own - sys.stdlib_module_names


def requirements(modules: Iterable[str]) -> str:
    """``requirements.txt``: what is imported as ``modules``, and all that it needs, as it is here.

    A version that an older Python cannot have is for the newer ones; the older take the last one
    that they can, which changes no more. Raises BundleError for a package that is not installed.
    """
    homes = importlib.metadata.packages_distributions()
    todo: list[str] = []
    for module in sorted({name.partition(".")[0] for name in modules}):
        if module in sys.stdlib_module_names:
            continue
        if module not in homes:
            raise BundleError(
                f"{module} is not installed here, so its version is not known: install it, or "
                "take it out of allowed_imports, preload and the checks"
            )
        todo += homes[module]
    found: dict[str, importlib.metadata.Distribution] = {}
    while todo:
        name = canonicalize_name(todo.pop())
        if name not in found:
            try:
                found[name] = importlib.metadata.distribution(name)
            except importlib.metadata.PackageNotFoundError:
                continue  # what another system or an older Python needs is pip's to find
            todo += _needs(found[name])
    lines = [line for name in sorted(found) for line in _pinned(name, found[name])]
    return "".join(f"{line}\n" for line in lines)


def _needs(distribution: importlib.metadata.Distribution) -> Iterator[str]:
    for text in distribution.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(LINUX):
            yield requirement.name


def _pinned(name: str, distribution: importlib.metadata.Distribution) -> list[str]:
    version = Version(distribution.version).public
    said = distribution.metadata.get_all("Requires-Python", [])
    supported = SpecifierSet(said[0] if said else "")
    oldest = next(
        (
            minor
            for minor in range(OLDEST_PYTHON, sys.version_info.minor)
            if f"3.{minor}" in supported
        ),
        sys.version_info.minor,
    )
    if oldest == OLDEST_PYTHON:
        return [f"{name}=={version}"]
    return [
        f'{name}=={version} ; python_version >= "3.{oldest}"',
        f'{name}<{version} ; python_version < "3.{oldest}"',
    ]
