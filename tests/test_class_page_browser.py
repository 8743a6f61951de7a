"""The page of a class in a real browser: sorting, searching, links, keyboard, print, size."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import class_report, report, whole
from autograder.model import Visibility
from autograder.roll import Row, Student
from tests import browser, samples
from tests import class_samples as small
from tests.test_report import PAGES

CHROMIUM = browser.program()

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason=f"no Chromium here: none of {', '.join(browser.NAMES)}"
)

NAMES = "[...document.querySelectorAll('#students-table tbody tr')].filter(r => !r.hidden)" \
    ".map(r => r.querySelector('bdi').textContent)"  # fmt: skip
"""The names in the rows that are shown, in their order."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[browser.Page]:
    assert CHROMIUM is not None
    with browser.started(CHROMIUM) as page:
        yield page


@pytest.fixture
def classroom(chromium: browser.Page, tmp_path: Path) -> browser.Page:
    """The class's page, opened, with the pages of its submissions beside it."""
    rows = small.rows()
    for row in rows:
        if row.handed is not None and row.result is not None:
            home = tmp_path / row.handed.name
            whole.write_text(home / "r.html", report.html(row.result, audience="staff"))
    whole.write_text(
        tmp_path / "report.html",
        class_report.class_html(rows, small.ASSIGNMENT, small.links(rows)),
    )
    chromium.size(1280)
    chromium.media()
    chromium.open(tmp_path / "report.html")
    return chromium


BLANK = {"فاطمة الفهرية", "מרים"}
"""Who has no total: one handed in nothing, of the other a score is withheld."""


def click(page: browser.Page, selector: str) -> None:
    page.run(f"document.querySelector({json.dumps(selector)}).click()")


def heading(name: str) -> str:
    return (
        "[...document.querySelectorAll('#students-table th')]"
        f".find(h => h.textContent === {json.dumps(name)})"
    )


def sort_by(page: browser.Page, name: str) -> str:
    """Click a heading of the table of students; what it says of its order afterwards."""
    page.run(f"{heading(name)}.querySelector('button').click()")
    found: str = page.run(f"{heading(name)}.getAttribute('aria-sort')")
    return found


def search(page: browser.Page, text: str) -> list[str]:
    """Type into the search box; who is left."""
    page.run("document.getElementById('search').focus()")
    page.run("document.getElementById('search').select()")
    page.call("Input.insertText", text=text)
    found: list[str] = page.run(NAMES)
    return found


def test_it_says_nothing_and_asks_for_nothing(classroom: browser.Page) -> None:
    """No error, no warning, no request but for the file itself, whatever is clicked."""
    for name in ("Student", "Points", "Flags"):
        sort_by(classroom, name)
    search(classroom, "a")
    assert classroom.complaints() == []
    (only,) = classroom.requests()
    assert only.endswith("/report.html")


def test_a_heading_sorts_by_numbers(classroom: browser.Page) -> None:
    """Up at first, down at the next click; a blank is last either way; the order is said aloud."""
    assert sort_by(classroom, "Points") == "ascending"
    up = classroom.run(NAMES)
    assert up[:3] == ["José Ñíguez", "김민준", "Ngozi Okonjo"]
    assert set(up[-2:]) == BLANK
    assert sort_by(classroom, "Points") == "descending"
    down = classroom.run(NAMES)
    assert down[0] == "Ada Lovelace"
    assert set(down[-2:]) == BLANK


def test_a_heading_sorts_by_words(classroom: browser.Page) -> None:
    """Names go by the alphabet, accents aside; only one heading says that it sorts."""
    sort_by(classroom, "Points")
    sort_by(classroom, "Student")
    names = classroom.run(NAMES)
    latin = [n for n in names if n[0] in "ABDEJLNZŁ"]
    assert latin == sorted(latin, key=lambda n: n.replace("Ł", "L"))
    assert len(names) == len(small.NAMES)
    said = "[...document.querySelectorAll('#students-table [aria-sort]')].map(h => h.textContent)"
    assert classroom.run(said) == ["Student"]


def test_other_tables_sort_alone(classroom: browser.Page) -> None:
    """A heading of the cases leaves the students as they are."""
    before = classroom.run(NAMES)
    cases = "[...document.querySelectorAll('table.items tbody code')].map(c => c.textContent)"
    was = classroom.run(cases)
    click(classroom, "table.items th:nth-child(3) button")
    assert classroom.run(cases) != was
    assert sorted(classroom.run(cases)) == sorted(was)
    assert classroom.run(NAMES) == before


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("bjork", ["Björk Guðmundsdóttir"]),
        ("BJÖRK", ["Björk Guðmundsdóttir"]),
        ("小明", ["王小明"]),
        ("иван", ["Иван Петров"]),
        ("θεανω", ["Θεανώ"]),
        ("s07@uni.example", ["김민준"]),
        ("noether emmy", ["Emmy Noether"]),
        ('"nothing written"', ["김민준"]),
        ('"handed in nothing', ["فاطمة الفهرية"]),
        ("double__squares łukasz", ["Łukasz Żółć"]),
        ("no such person", []),
    ],
)
def test_search(classroom: browser.Page, text: str, names: list[str]) -> None:
    """Every word has to be in the row, in any order, letter case and accents aside."""
    assert search(classroom, text) == names
    said = classroom.run("document.getElementById('found').textContent")
    assert said == f"{len(names)} of {len(small.NAMES)} students"


def test_escape_empties_the_search(classroom: browser.Page) -> None:
    """And everybody is back."""
    search(classroom, "bjork")
    classroom.press("Escape", 27)
    assert len(classroom.run(NAMES)) == len(small.NAMES)
    assert classroom.run("document.getElementById('found').textContent") == "14 students"


def test_a_finding_shows_its_people_in_the_table(classroom: browser.Page) -> None:
    """The button of a mistake searches for it and puts the focus there."""
    click(classroom, "[data-search='double__squares']")
    assert classroom.run(NAMES) == [
        "Björk Guðmundsdóttir", "王小明", "Łukasz Żółć", "Ngozi Okonjo",
    ]  # fmt: skip
    assert classroom.run("document.activeElement.id") == "search"


def test_every_flags_button_finds_its_people(classroom: browser.Page) -> None:
    """As many as the flag says, and nobody else."""
    found = classroom.run(
        "[...document.querySelectorAll('[aria-labelledby=flags] button.find')].map(b => {"
        "b.click();"
        "const told = Number(b.closest('div').querySelector('dt .quiet').textContent);"
        f"return [told, {NAMES}.length];}})"
    )
    assert all(told == shown for told, shown in found)


def test_no_table_has_to_be_scrolled_on_a_desk(classroom: browser.Page) -> None:
    """At 1280 pixels every table stands there whole."""
    wide = "[...document.querySelectorAll('.scroll')].filter(d => d.scrollWidth > d.clientWidth)"
    assert classroom.run(f"{wide}.map(d => d.getAttribute('aria-labelledby'))") == []


def test_links_lead_to_the_students_pages(classroom: browser.Page) -> None:
    """Each link of the page is a file that is there, or a place on the page."""
    links = classroom.run("[...document.querySelectorAll('a')].map(a => a.href)")
    inside = [link for link in links if "#" in link]
    pages = {link for link in links if "#" not in link}
    assert len(pages) == 12
    for link in inside:
        assert classroom.run(f"document.getElementById({json.dumps(link.split('#')[1])}) !== null")
    for link in pages:
        assert Path(link.removeprefix("file://")).is_file()
    classroom.follow("document.querySelector('#students-table a').click()")
    assert classroom.run("document.title").startswith("Small sums – ada")


def test_the_keyboard_does_it_all(classroom: browser.Page) -> None:
    """The skip link comes first and leads to the students; Enter on a heading sorts."""
    classroom.press("Tab", 9)
    assert classroom.run("document.activeElement.className") == "skip"
    assert classroom.run("document.activeElement.getBoundingClientRect().left") >= 0
    classroom.press("Enter", 13)
    assert classroom.run("location.hash") == "#students"
    classroom.press("Tab", 9)
    assert classroom.run("document.activeElement.id") == "search"
    for _ in range(4):  # the region that scrolls, then the headings
        classroom.press("Tab", 9)
    assert classroom.run("document.activeElement.parentElement.textContent") == "Points"
    outline = classroom.run("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    classroom.press("Enter", 13)
    assert classroom.run(f"{heading('Points')}.getAttribute('aria-sort')") == "ascending"


def test_a_large_class_stays_a_table(chromium: browser.Page, tmp_path: Path) -> None:
    """Beyond a few hundred rows it is drawn otherwise: sorted, searched and read aloud the same."""
    rows = [
        replace(row, student=Student(f"n{n:03}{i:02}", row.student.name))
        for n in range(30) for i, row in enumerate(small.rows())
    ]  # fmt: skip
    (tmp_path / "report.html").write_text(
        class_report.class_html(rows, small.ASSIGNMENT, {}), encoding="utf-8"
    )
    chromium.size(1280)
    chromium.open(tmp_path / "report.html")
    assert chromium.complaints() == []
    assert chromium.run("document.getElementById('students-table').className") == "sortable many"
    sort_by(chromium, "Points")
    assert set(chromium.run(NAMES)[-30:]) <= BLANK
    assert search(chromium, "n02904") == ["Иван Петров"]
    row = chromium.run("document.querySelector('#students-table tbody tr:not([hidden])').outerHTML")
    assert row.count('role="cell"') == row.count("<td")
    assert 'role="rowheader"' in row
    tops = chromium.run(
        "[...document.querySelector('#students-table tbody tr:not([hidden])').cells]"
        ".map(c => c.getBoundingClientRect().top)"
    )
    assert max(tops) == min(tops)


PAGES_TO_SHOW = {
    "class": lambda: class_report.class_html(small.rows(), small.ASSIGNMENT, {}),
    **PAGES,
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES_TO_SHOW)
def test_pages_fit(
    chromium: browser.Page, tmp_path: Path, name: str, width: int, scheme: str
) -> None:
    """On a desk and on a phone, light and dark: nothing wider than the screen, no complaint."""
    (tmp_path / "p.html").write_text(PAGES_TO_SHOW[name](), encoding="utf-8")
    chromium.size(width)
    chromium.media(prefers_color_scheme=scheme)
    chromium.open(tmp_path / "p.html")
    assert chromium.run("document.documentElement.scrollWidth") <= width
    assert chromium.complaints() == []
    assert len(chromium.requests()) == 1
    ground = chromium.run("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(21, 24, 27)")


def test_print_shows_what_is_folded(classroom: browser.Page, tmp_path: Path) -> None:
    """On paper there is no search box, and the names behind a fold are there."""
    classroom.media("print")
    shown = "getComputedStyle(document.querySelector({}), {}).display"
    assert classroom.run(shown.format("'#searching'", "null")) == "none"
    assert classroom.run(shown.format("'details.more'", "'::details-content'")) == "block"
    classroom.pdf(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    classroom.media()


def test_a_wrong_array_is_drawn(chromium: browser.Page, tmp_path: Path) -> None:
    """The picture of differences has its size and its words, and needs no script."""
    (tmp_path / "p.html").write_text(report.html(samples.graded()), encoding="utf-8")
    chromium.size(1280)
    chromium.open(tmp_path / "p.html")
    seen = [c for c in samples.cases() if c.differs and c.visibility is Visibility.VISIBLE]
    boxes = chromium.run(
        "[...document.querySelectorAll('.differs > svg')].map(s => {"
        "const b = s.getBoundingClientRect(); return [b.width > 40, b.height > 40,"
        "s.querySelectorAll('path').length, s.querySelector('title').textContent]})"
    )
    assert boxes == [
        [True, True, 3, "Picture of where it differs: 5 of 6 rows of squares and 4 of 6 columns "
         "hold wrong entries; the worst is off by 10⁸ tolerances or more, or is not finite"]
    ]  # fmt: skip
    assert len(seen) == 1


def test_without_the_script_it_is_a_plain_table(chromium: browser.Page, tmp_path: Path) -> None:
    """Nothing that does not work is shown, and everybody is there."""
    rows: list[Row] = small.rows()
    (tmp_path / "p.html").write_text(
        class_report.class_html(rows, small.ASSIGNMENT, {}), encoding="utf-8"
    )
    chromium.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        chromium.open(tmp_path / "p.html")
        # The page's own script is off; what DevTools asks still runs.
        assert len(chromium.run(NAMES)) == len(rows)
        shown = "[...document.querySelectorAll('button, form')].filter(b => b.offsetParent).length"
        assert chromium.run(shown) == 0
    finally:
        chromium.call("Emulation.setScriptExecutionDisabled", value=False)
