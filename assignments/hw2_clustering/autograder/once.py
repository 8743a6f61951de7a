"""What is the same for every submission, and computed for the first one alone.

A check may compare with a long run of the reference solution. That run is kept in this process,
under everything that it depends on: the check's file, the reference's files, the case and its seed.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

MOST = 200
"""Results that are kept; whoever asks for more pays for the oldest again."""
_kept: OrderedDict[tuple[object, ...], object] = OrderedDict()

T = TypeVar("T")


class Once:
    """The results of one case, in the order in which its check asks for them."""

    def __init__(self, check: Path, reference: Path | None, *key: object) -> None:
        files = [check, *(sorted(reference.glob("*.py")) if reference is not None else ())]
        digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).digest()
        self._key = (str(check), digest, *key)
        self._asked = 0

    def __call__(self, make: Callable[[], T]) -> T:
        """What ``make`` gave the first time. It must depend on nothing of the submission's, and
        nobody may change its result.
        """
        key = (*self._key, self._asked)
        self._asked += 1
        if key not in _kept:
            _kept[key] = make()
            if len(_kept) > MOST:
                _kept.popitem(last=False)
        return _kept[key]  # type: ignore[return-value]  # kept under a key that is make's alone
