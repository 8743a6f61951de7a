"""A student's Markdown to a piece of a page that can do nothing.

Everything is escaped; links are text; no address is ever loaded. Pictures come from what was handed
in, are decoded and encoded again (which leaves their metadata behind), and are bounded in number
and size; formulas are drawn by ``formulas``.
"""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import unquote

import mistune
from markupsafe import Markup

from autograder.formulas import svg
from autograder.visible import clean, cut

MAX_TEXT = 20_000
"""Characters of one answer."""
MAX_FORMULAS = 200
"""In one answer."""
MAX_PICTURES = 8
"""In one answer."""
MAX_PICTURE_MB = 20
"""Of one picture as it was handed in."""
MAX_SHOWN_MB = 8
"""All pictures of one answer together, as they are shown."""
MAX_PIXELS = 50_000_000
MAX_SIDE = 1400
"""Pixels; larger pictures are made smaller."""

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")

Find = Callable[[str], bytes | None]
"""The bytes of the picture that a text refers to; None: it was not handed in."""

_ROWS = r"align|aligned|equation|gather|eqnarray|multline"
_KEPT = r"(?P<kept>```.*?```|~~~.*?~~~|`[^`\n]+`|\$\$.*?\$\$)"
_ROWED = rf"(?P<rowed>\\begin\{{(?P<name>(?:{_ROWS})\*?)\}}.{{0,4000}}?\\end\{{(?P=name)\}})"
_SQUARE, _ROUND = (
    r"\\\\?\[(?P<square>.{1,2000}?)\\\\?\]",
    r"\\\\?\((?P<round>[^\n]{1,1000}?)\\\\?\)",
)
_TAG = r"(?P<tag><img\b[^<>]{0,500}>)"
_SPECIAL = re.compile(f"{_KEPT}|{_ROWED}|{_SQUARE}|{_ROUND}|{_TAG}", re.DOTALL)
_SRC = re.compile(r"\bsrc\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)
# Some editors put a pasted picture into the text itself.
_PASTED = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp);base64,([A-Za-z0-9+/=]+)")


class Pictures:
    """The pictures of one answer: those that are too many or too large are named, not shown."""

    def __init__(self) -> None:
        self.shown = 0
        self._characters = 0

    def show(self, data: bytes | None, alt: str) -> str:
        """The picture as markup, or words in its place."""
        alt = html.escape(" ".join(clean(alt).split())[:300] or "picture")
        if data is None:
            return _note(f"picture not handed in: {alt}")
        if self.shown >= MAX_PICTURES:
            return _note(f"picture left out, there are more than {MAX_PICTURES}: {alt}")
        uri = picture_uri(data)
        if not uri:
            return _note(f"picture that cannot be shown: {alt}")
        self._characters += len(uri)
        if self._characters > MAX_SHOWN_MB * 1_000_000:
            return _note(f"picture left out, all together are too large: {alt}")
        self.shown += 1
        return f'<img src="{uri}" alt="{alt}">'


def picture_uri(data: bytes) -> str:
    """A picture as a ``data:`` address; empty if it is none, or one that is too large."""
    from PIL import Image, ImageOps

    if len(data) > MAX_PICTURE_MB * 1_000_000:
        return ""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                return ""
            photo = opened.format == "JPEG"
            if photo:
                opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
            image = ImageOps.exif_transpose(opened)
            image = image.convert("RGB" if photo else "RGBA")
            image.thumbnail((MAX_SIDE, MAX_SIDE))
            # Of what the file said about itself, nothing comes along.
            image.info = {}
            made = io.BytesIO()
            kind = "JPEG" if photo else "PNG"
            image.save(made, kind, **({"quality": 85} if photo else {"optimize": True}))
    except Exception:  # bytes made to confuse a decoder raise a dozen kinds
        return ""
    return f"data:image/{kind.lower()};base64,{base64.b64encode(made.getvalue()).decode('ascii')}"


def render(text: str, find: Find, pictures: Pictures) -> Markup:
    """Markdown as markup that is safe to put into a page."""
    pasted: list[str] = []

    def name(match: re.Match[str]) -> str:
        pasted.append(match[1])
        return f"pasted/{len(pasted)}"

    def found(address: str) -> bytes | None:
        known = re.fullmatch(r"pasted/(\d{1,4})", address)
        if known and 0 < int(known[1]) <= len(pasted):
            return _decoded(pasted[int(known[1]) - 1])
        return find(address)

    text = cut(_PASTED.sub(name, clean(text)), MAX_TEXT)
    try:
        return _rendered(_SPECIAL.sub(_in_markdown, text), found, pictures)
    except Exception:  # one answer that our libraries cannot read must not cost a class
        return code(text)


def _rendered(text: str, find: Find, pictures: Pictures) -> Markup:
    renderer = _Safe(find, pictures)
    markdown = mistune.create_markdown(
        renderer=renderer, plugins=["math", "table", "strikethrough"]
    )
    renderer.register("block_math", lambda _, tex: renderer.formula(tex, display=True))
    renderer.register("inline_math", lambda _, tex: renderer.formula(tex, display=False))
    return Markup(markdown(text))


def code(text: str) -> Markup:
    """Code or output, as it is."""
    return Markup("<pre>{}</pre>").format(cut(clean(text), MAX_TEXT))


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text)
    except ValueError:
        return None


def _in_markdown(match: re.Match[str]) -> str:
    """Formulas in other marks than dollars, and pictures in HTML; what is code stays."""
    if match["kept"]:
        return match["kept"]
    if match["tag"]:
        source = _SRC.search(match["tag"])
        return f"![picture](<{source[1]}>)" if source else match["tag"]
    if match["round"]:
        return f"${match['round'].strip()}$"
    return f"$${match['rowed'] or match['square']}$$"


def _note(escaped: str) -> str:
    return f'<span class="left-out">[{escaped}]</span>'


class _Safe(mistune.HTMLRenderer):
    """Writes no address but the ``data:`` of a picture."""

    NAME: ClassVar = "html"

    def __init__(self, find: Find, pictures: Pictures) -> None:
        super().__init__(escape=True)
        self._find = find
        self._pictures = pictures
        self._formulas = 0

    def link(self, text: str, url: str, title: str | None = None) -> str:
        address = html.escape(url)
        return text if address in text else f'{text} <span class="address">({address})</span>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        remote = re.match(r"[a-z][a-z0-9+.-]*:|//", url, re.IGNORECASE)
        if remote and not url.startswith("attachment:"):
            return _note(f"picture from elsewhere, not loaded: {html.escape(cut(url, 200))}")
        return self._pictures.show(self._find(unquote(url)), html.unescape(text) or url)

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        # The page's outline is ours.
        return f'<p class="heading">{text}</p>\n'

    def block_html(self, html: str) -> str:
        return f"<p>{mistune.escape(_without_comments(html))}</p>\n"

    def inline_html(self, html: str) -> str:
        return mistune.escape(_without_comments(html))

    def formula(self, tex: str, *, display: bool) -> str:
        self._formulas += 1
        drawn = svg(tex, display=display) if self._formulas <= MAX_FORMULAS else None
        if drawn is not None:
            return f"<p>{drawn}</p>\n" if display else drawn
        dollars = "$$" if display else "$"
        source = f"<code>{dollars}{html.escape(tex)}{dollars}</code>"
        return f"<p>{source}</p>\n" if display else source


def _without_comments(text: str) -> str:
    return re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
