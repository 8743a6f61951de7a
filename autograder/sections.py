"""A text cut where its answers stand: by markers and headings, into blocks and lines.

Text in, text out; ``written`` says which text is whose answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

MARKER = re.compile(r"<!--\s*answer\s+([^<>\n]{1,40}?)\s*-->", re.IGNORECASE)
_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*)")
_FENCE = re.compile(r" {0,3}(```|~~~)")


def sections(text: str, keys: Iterable[str]) -> dict[str, str]:
    """What stands under the heading of each key that has one, the heading itself left out.

    A heading is Markdown's; where a key has none, a line that begins with ``1a.``, ``1a)`` or
    ``1a:``. A section goes on to the next heading that is not below its own.
    """
    keys = list(keys)
    found = _sections(text, lambda line: _opens(line, keys, plain=False))
    lacking = [key for key in keys if key not in found]
    if lacking:
        whole = _sections(text, lambda line: _opens(line, keys, plain=True))
        found |= {key: whole[key] for key in lacking if key in whole}
    return {key: found[key] for key in keys if key in found}


def _sections(text: str, opens: Callable[[str], str | None]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    current, depth, fenced = None, 0, ""
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if fence and fenced in ("", fence[1]):
            fenced = "" if fenced else fence[1]
        heading = None if fenced or fence else _HEADING.match(line)
        key = None if fenced or fence else opens(line)
        if key is not None:
            current, depth = key, len(heading[1]) if heading else 7
            found.setdefault(key, [])
        elif heading and len(heading[1]) <= depth:
            current = None
        elif current is not None:
            found[current].append(line)
    return {key: "\n".join(lines).strip("\n") for key, lines in found.items()}


def _opens(line: str, keys: Sequence[str], *, plain: bool) -> str | None:
    marker = MARKER.search(line)
    if marker:
        return marker[1] if marker[1] in keys else None
    heading = _HEADING.match(line)
    if heading:
        return next((key for key in keys if _begins(heading[2], key)), None)
    if plain and len(line) < 120:
        bare = line.strip().strip("*_ ")
        return next((k for k in keys if _begins(bare, k, r"\s*(?:[.):]|$)")), None)
    return None


def _begins(text: str, key: str, then: str = "") -> bool:
    pattern = r"[*_\s]*(?:(?:question|problem|part|exercise|answer|q)\b\s*:?\s*(?:to\s+)?)?"
    end = rf"(?!\w|\.\w){then}"
    return re.match(pattern + re.escape(key) + end, text, re.IGNORECASE) is not None


def headed(source: str, keys: Iterable[str]) -> str | None:
    """The first key that a heading in ``source`` begins with."""
    for line in source.split("\n"):
        if heading := _HEADING.match(line):
            for key in keys:
                if _begins(heading[2], key):
                    return key
    return None


def squeezed(text: str) -> str:
    """``text`` without blanks, for comparing."""
    return "".join(text.split())


def without_lines(text: str, template: str) -> str:
    """``text`` without the lines that the template came with."""
    ours = {squeezed(line) for line in template.split("\n")} - {""}
    return "\n".join(line for line in text.split("\n") if squeezed(line) not in ours)


def blocks(text: str) -> list[str]:
    """The text cut at blank lines, code fences left whole."""
    found: list[list[str]] = [[]]
    fenced = ""
    for line in MARKER.sub("", text).split("\n"):
        fence = _FENCE.match(line)
        if fence and fenced in ("", fence[1]):
            fenced = "" if fenced else fence[1]
        if line.strip() or fenced:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(block) for block in found if block]
