"""Checks under pytest in this process, silently, and as if nothing had been run.

What pytest is told, and what of it is left out to save time, stands here; what becomes of a check
is the ``plugin``'s. Somebody's shell has no say, and afterwards everything is as it was before.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from autograder.plugin import Plugin

OPTIONS = (
    "--noconftest",
    "--continue-on-collection-errors",
    "--import-mode=importlib",
    "-p no:cacheprovider",
    "-p no:faulthandler",
    "-p no:logging",
    "-p no:terminal",
    "-p no:unraisableexception",
    "-p no:threadexception",
    # Each one that is not there takes a millisecond less.
    "-p no:doctest",
    "-p no:junitxml",
    "-p no:legacypath",
    "-p no:pastebin",
    "-p no:setuponly",
    "-p no:setupplan",
    "-p no:stepwise",
    "--capture=sys",
)
ENVIRONMENT = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")


def run(checks: Sequence[Path], plugin: Plugin, bytecode: Path | None) -> str:
    """Run pytest over the folders ``checks``, silently; what it said, for staff.

    ``plugin`` is told of every check. Checks are compiled once and kept in ``bytecode``, or each
    time without it. Raises KeyboardInterrupt where Ctrl-C ended it.
    """
    said = io.StringIO()
    options = [part for option in OPTIONS for part in option.split(" ")]
    arguments = [*options, "--rootdir", str(checks[0].parent) if checks else "."]
    # Without confcutdir it would list every folder on the way to the checks.
    arguments += [f"--confcutdir={checks[0].parent}"] if checks else []
    arguments += ["-c", os.devnull, *map(str, checks)]
    written = sys.dont_write_bytecode, sys.pycache_prefix
    sys.dont_write_bytecode = bytecode is None
    sys.pycache_prefix = str(bytecode) if bytecode is not None else None
    # What the caller's shell says of pytest is not meant for the grader.
    before = {name: os.environ.pop(name, None) for name in ENVIRONMENT}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = pytest.main(arguments, plugins=[plugin, _Brief()])
    finally:
        _forget(checks)
        sys.dont_write_bytecode, sys.pycache_prefix = written
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update({name: value for name, value in before.items() if value is not None})
    if code == pytest.ExitCode.INTERRUPTED and not plugin.collection_errors:
        raise KeyboardInterrupt
    return said.getvalue()


class _Brief:
    """Lets pytest write a traceback as Python does.

    In its own way it reads and parses the check's source for each case that fails: 50 ms, for a
    text that the plugin replaces.
    """

    def pytest_configure(self, config: pytest.Config) -> None:
        config.option.tbstyle = "native"


def _forget(checks: Sequence[Path]) -> None:
    """Drop the check modules: pytest would find another course's by the same name."""
    folders = tuple(f"{folder}{os.sep}" for folder in checks)
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(folders):
            del sys.modules[name]
