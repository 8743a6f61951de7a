"""A formula in TeX to a picture that a page can hold: SVG outlines drawn by matplotlib.

Nothing of TeX runs: mathtext knows a list of signs, reads no file and defines no macro. What it
does not know comes back as ``None``, and the reader gets the source instead. The formula is a
student's, so its length, depth, size and number of points are bounded.
"""

from __future__ import annotations

import functools
import html
import re
from typing import Any

MAX_SOURCE = 1000
"""Characters of one formula."""
MAX_DEPTH = 15
"""Braces inside braces; mathtext's parser recurses."""
MAX_POINTS = 20_000
MAX_EM = 120.0
"""Width and height of one line."""
_SCALE = 100
"""Units of an outline for one em."""

# Written by many and meant for paper; on a page they change nothing, or have another name here.
_DROPPED = re.compile(
    r"\\(displaystyle|textstyle|limits|nolimits|nonumber|notag|[bB]igg?[lrm]?(?![a-z])"
    r"|label\{[^{}]*\}|tag\*?\{[^{}]*\})"
)
_RENAMED = {
    "lVert": r"\Vert", "rVert": r"\Vert", "lvert": "|", "rvert": "|", "tfrac": r"\frac",
    "to": r"\rightarrow", "gets": r"\leftarrow", "implies": r"\Rightarrow",
    "iff": r"\Leftrightarrow", "le": r"\leq", "ge": r"\geq", "ne": r"\neq", "land": r"\wedge",
    "lor": r"\vee", "lnot": r"\neg", "argmin": r"\operatorname{argmin}",
    "argmax": r"\operatorname{argmax}", "colon": ":", "bm": r"\boldsymbol",
}  # fmt: skip
_NAME = re.compile(r"\\([A-Za-z]+)")
_STARRED = re.compile(r"\\operatorname\*")
_UNBRACED = re.compile(r"(\\d?frac)\s*([0-9A-Za-z])\s*([0-9A-Za-z])")
_ROWS = re.compile(r"\\(begin|end)\{(aligned|align|split|gather|gathered|equation|eqnarray)\*?\}")
_DRAWABLE = re.compile("[\t\n\x20-\u024f\u0370-\u03ff\u2010-\u22ff]*")


def svg(tex: str, *, display: bool = False) -> str | None:
    """``tex`` (without its dollars) as markup; None where it cannot be drawn."""
    if len(tex) > MAX_SOURCE or not _DRAWABLE.fullmatch(tex) or _depth(tex) > MAX_DEPTH:
        return None
    large = tex.replace(r"\frac", r"\dfrac") if display else tex
    lines = [_line(line) for line in _plain_lines(large)]
    if not lines or None in lines:
        return None
    drawn = "".join(str(line) for line in lines)
    label = html.escape(" ".join(tex.split()))
    kind = "formula display" if display else "formula"
    return f'<span class="{kind}" role="img" aria-label="{label}">{drawn}</span>'


def _depth(tex: str) -> int:
    deepest = depth = 0
    for letter in tex:
        depth += (letter == "{") - (letter == "}")
        deepest = max(deepest, depth)
    return max(deepest, tex.count(r"\left"))


def _plain_lines(tex: str) -> list[str]:
    """The formula's lines in the words that mathtext knows."""
    tex = _ROWS.sub(r"\\\\", tex)
    tex = _STARRED.sub(r"\\operatorname", _DROPPED.sub("", tex))
    tex = _NAME.sub(lambda m: _RENAMED.get(m[1], m[0]) + " " * (m[1] in _RENAMED), tex)
    tex = _UNBRACED.sub(r"\1{\2}{\3}", tex)
    tex = re.sub(r"\\text(?:rm|it|bf|sf|tt)?\{([^{}$\\]*)\}", _words, tex)
    tex = re.sub(r"(?<!\\)((?:\\\\)*)&", r"\1", tex)
    return [line for part in re.split(r"\\\\(?:\[[^\]]*\])?", tex) if (line := part.strip())]


def _words(match: re.Match[str]) -> str:
    return r"\mathrm{" + match[1].replace(" ", r"\ ") + "}"


@functools.lru_cache(maxsize=4096)
def _line(tex: str) -> str | None:
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path as Outline
    from matplotlib.textpath import text_to_path

    source = f"${tex}$"
    font = FontProperties(size=_SCALE, math_fontfamily="stix")
    if re.search(r"(?<!\\)(?:\\\\)*\$", tex):
        return None
    try:
        size = text_to_path.get_text_width_height_descent(source, font, True)
        points, codes = text_to_path.get_text_path(font, source, True)
    except Exception:  # whatever a parser can raise on a student's text, too deep included
        return None
    width, height, descent = (float(number) for number in size)
    if not (0 < width <= MAX_EM * _SCALE and height <= MAX_EM * _SCALE):
        return None
    if not 0 < len(points) <= MAX_POINTS:
        return None
    letters: dict[Any, str] = {
        Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C",
    }  # fmt: skip
    path, last = [], ""
    for (x, y), code in zip(points, codes, strict=True):
        if code == Outline.CLOSEPOLY:
            path.append("Z")
            last = ""
            continue
        letter = letters[code]
        # The points of one curve follow each other under one letter.
        path.append(f"{'' if letter == last and letter in 'QC' else letter}{x:.0f} {-y:.0f} ")
        last = letter
    top, left = height - descent + 2, -2
    box = f"{left} {-top:.0f} {width + 4:.0f} {height + 4:.0f}"
    style = f"width:{(width + 4) / _SCALE:.2f}em;vertical-align:{-(descent + 2) / _SCALE:.2f}em"
    return (
        f'<svg viewBox="{box}" style="{style}" aria-hidden="true" focusable="false">'
        f'<path d="{"".join(path).strip()}"/></svg>'
    )
