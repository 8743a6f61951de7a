"""Names from anywhere, as text that every file can hold and as folders that every system can make.

Pure functions of a name. What one file of a submission may be called is ``entries``'.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata

MAX_BYTES = 100
"""Bytes of a name that is kept whole; results lie below it, and Windows takes 260 in all."""

_RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789\N{SUPERSCRIPT ONE}²³"
}
_JOINERS = "\u200c\u200d"
"""Not printable by themselves, and part of how Persian, Hindi and emoji are written."""


def digest(name: str) -> str:
    """Eight digits that tell names apart, whatever bytes they are of."""
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:8]


def text(name: str) -> str:
    """A name as text that any file can hold: composed, and with bytes that are no text as ``%E9``.

    What reorders or hides the text around it is a ``_``.
    """
    known = "".join(f"%{ord(c) - 0xDC00:02X}" if "\udc80" <= c <= "\udcff" else c for c in name)
    composed = unicodedata.normalize("NFC", known)
    return "".join(c if c.isprintable() or c in _JOINERS else "_" for c in composed)


def folder_name(name: str) -> str:
    """``name`` as a folder may be called on Windows, macOS and Linux.

    What is too long, or has nothing that can be kept, gets a digest of the whole.
    """
    safe = re.sub(r'[<>:"/\\|?*]', "_", text(name)).lstrip(". ").rstrip(". ")
    if safe.partition(".")[0].rstrip().casefold() in _RESERVED:
        safe = f"_{safe}"
    if len(safe.encode()) > MAX_BYTES:
        ending = re.search(r"(?:\.\w{1,8})?\Z", safe, re.ASCII)
        end = f"-{digest(name)}{ending[0] if ending else ''}"
        cut = safe.encode()[: MAX_BYTES - len(end)].decode(errors="ignore")
        safe = cut.rstrip(". " + _JOINERS) + end
    return safe or f"unnamed-{digest(name)}"


def folded(name: str) -> str:
    """What two names have in common that some file systems cannot tell apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
