"""Golden files: whole reports are compared with ``tests/golden/``.

``pytest --renew-golden`` writes what the code makes now; read the difference
before you keep it.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-golden", action="store_true", help="rewrite tests/golden/")


def pytest_configure() -> None:
    # A shell starts what it puts in the background without Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """``golden(name, text)``: ``text`` is what ``tests/golden/<name>`` holds."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--renew-golden"):
            path.write_bytes(text.encode())
        assert path.exists(), f"{name} is missing: run pytest --renew-golden and read the file"
        assert text == path.read_bytes().decode(), f"{name} differs: pytest --renew-golden"

    return compare
