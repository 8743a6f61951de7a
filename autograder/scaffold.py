"""A new assignment that already works: one function, its checks, and all that goes with them.

Map of what is made, from ``starter/``::

    solutions/<name>/
        README.md  <name>.py  notebook.py   statement, worked solution, notebook
        checks/public  checks/hidden        one file each
        misconceptions/  variants/          wrong and right ways that prove the checks
    grading_config.yaml                     one more block, with comments

The new block is tried before it is written. Either everything is there in the
end or nothing is.
"""

from __future__ import annotations

import keyword
import re
import secrets
import shutil
import tempfile
from pathlib import Path

from autograder import config

STARTER = Path(__file__).with_name("starter")
PLACES = {
    "README.md": "README.md",
    "module.py": "{name}.py",
    "notebook.py": "notebook.py",
    "test_public.py": "checks/public/test_{name}_public.py",
    "test_hidden.py": "checks/hidden/test_{name}_hidden.py",
    "misconception_axis.py": "misconceptions/standardize__whole_table.py",
    "misconception_constant.py": "misconceptions/standardize__constant_column.py",
    "misconception_in_place.py": "misconceptions/standardize__in_place.py",
    "variant_columns.py": "variants/column_by_column.py",
}
"""Files of the starter and where each goes in ``solutions/<name>/``."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
EMPTY = (
    "# What every key means: docs/author.md of the kit, and the comments below.\ncourse: {course}\n"
)


class NewError(ValueError):
    """An assignment that cannot be begun; the text says why and what to do."""


def make(root: Path, name: str) -> list[Path]:
    """Make the assignment ``name`` in the course at ``root``; the paths that are new.

    ``root`` need not have a configuration yet. Raises NewError for a name that
    cannot be one or is taken, ConfigError when the configuration is broken.
    """
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise NewError(
            f"{name!r} cannot be an assignment's name: take small letters, digits and _, "
            "beginning with a letter, such as lab1_regression"
        )
    home, settings = root / "solutions" / name, root / "grading_config.yaml"
    if home.exists():
        raise NewError(f"{home} is there already: take another name, or remove it first")
    before = settings.read_text(encoding="utf-8") if settings.exists() else None
    text = _with_block(before, name, root)
    _try(text, settings, name)
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=home.parent) as temporary:
        made = Path(temporary) / name
        for source, target in PLACES.items():
            path = made / target.format(name=name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_filled((STARTER / source).read_text(encoding="utf-8"), name), "utf-8")
        written = Path(temporary) / settings.name
        written.write_text(text, encoding="utf-8")
        made.rename(home)
        try:
            written.replace(settings)
        except OSError:
            shutil.rmtree(home)
            raise
    return [home, settings]


def _filled(text: str, name: str) -> str:
    title = name.replace("_", " ").capitalize()
    for word, value in (("ASSIGNMENT", title), ("MODULE", name), ("FOLDER", name)):
        text = text.replace(word, value)
    # Any number will do, but not the same for every course.
    return text.replace("SEED", str(20_000_000 + secrets.randbelow(10_000_000)))


def _with_block(before: str | None, name: str, root: Path) -> str:
    """The configuration with one more assignment at its end."""
    block = _filled((STARTER / "block.yaml").read_text(encoding="utf-8"), name)
    if before is None:
        course = root.resolve().name or "course"
        return EMPTY.format(course=f'"{course}"') + "\nassignments:\n" + block
    # `assignments: {}` is how an empty course may be written.
    before = re.sub(r"^assignments:\s*\{\s*\}\s*$", "assignments:", before, flags=re.M)
    return before.rstrip("\n") + "\n" + block


def _try(text: str, settings: Path, name: str) -> None:
    """Raise unless ``text`` is a configuration that has the assignment, for ``settings``."""
    if settings.exists():
        config.load(settings)  # what was wrong before is told as such
    with tempfile.TemporaryDirectory() as temporary:
        tried = Path(temporary) / settings.name
        tried.write_text(text, encoding="utf-8")
        try:
            config.assignment(config.load(tried), name)
        except config.ConfigError as error:
            raise NewError(
                f"{settings}: a block for {name} does not fit at its end "
                f"({str(error).replace(str(tried), tried.name)}); `assignments:` has to be the "
                "last key, with its blocks indented by two spaces"
            ) from error
