"""A page's elements in order, and what every page of ours has to hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Outline(HTMLParser):
    """Elements of a page in order, with their attributes; raises on a tag that closes another."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attrs for name, attrs in self.elements if name == tag)


def asks_for_nothing(page: str, *allowed: str) -> None:
    """A page refers to nothing but itself, pictures inside it and its pages (``…/r.html``).

    ``allowed`` are tags that it may hold beside the harmless ones.
    """
    outline = Outline(page)
    tags = {tag for tag, _ in outline.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "base", "form"} - {*allowed}
    for _, attrs in outline.elements:
        assert not any(attribute.startswith("on") for attribute in attrs)
        for attribute in ("src", "href", "action"):
            address = attrs.get(attribute)
            if address is not None:
                assert re.match(r"#|data:image/png;base64,|[^:]*/r\.html$", address), address
    assert not re.search(r"url\((?!#)|@import|https?:", page)


def is_accessible(page: str) -> None:
    """Language, one h1, no heading level skipped, scopes, text for images, labels that exist."""
    outline = Outline(page)
    assert next(outline.all("html"))["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in outline.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(attrs.get("scope") in ("col", "row") for attrs in outline.all("th"))
    assert all(attrs.get("alt") for attrs in outline.all("img"))
    for attrs in outline.all("svg"):
        assert attrs.get("aria-hidden") == "true" or attrs.get("role") == "img"
    ids = [attrs["id"] for _, attrs in outline.elements if "id" in attrs]
    assert max(Counter(ids).values()) == 1
    for tag, attrs in outline.elements:
        for reference in (
            attrs.get("aria-labelledby"),
            attrs.get("aria-describedby"),
            attrs.get("for"),
            (attrs.get("href") or "")[1:],
        ):
            if reference and (tag != "a" or str(attrs["href"]).startswith("#")):
                assert reference in ids
    for tag in ("pre", "div"):
        for attrs in outline.all(tag):
            if attrs.get("role") == "region":
                assert attrs["tabindex"] == "0"
