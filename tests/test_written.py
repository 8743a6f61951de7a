"""Written answers: found in what was handed in, shown harmlessly, graded by people, merged back."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import sys
import types
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import nbformat
import numpy as np
import pytest
from PIL import Image

from autograder import (
    config,
    formulas,
    gradebook,
    handout,
    leaks,
    merge,
    prose,
    report,
    roll,
    sheet,
    whole,
    written,
)
from autograder import written_page as page
from autograder.__main__ import main
from autograder.lateness import Charge
from autograder.model import Assignment, LatePolicy, SubmissionResult, Verdict, Waiting
from autograder.sheet import COLUMNS
from tests import mini, samples
from tests.outline import Outline
from tests.test_report import VALIDATOR

ROOT = Path(__file__).resolve().parents[1]

RUBRIC = """        written: true
        rubric:
          reason: {points: 1.5, sentence: You give the reason for twice.}
          example: {points: 0.5, sentence: You give an example of it.}
          copied: {points: -1, sentence: The words are those of the lecture.}
      "4b":
        title: Figure
        points: 3
        written: true
"""

NOTEBOOK = """\
# %% [markdown]
# # Small sums

# %%
from mini import double

# %% [markdown]
# ## 3. Why (2 points)
#
# Why is $2x$ called *twice*?

# %% [markdown] tags=["answer"] question="3"
# <!-- answer 3 -->
# *Your answer to 3:*

# %% [markdown]
# ## The end
"""

REPORT = """\
# Report

**Name:** <your name>

## 4b. Figure

![The figure](results/figure.png)

*Caption:* <three sentences>

Say in the caption

- what is shown.

| graded | points |
|---|--:|
| all | 3 |
"""

WRITTEN = "mini"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small course with a question in the notebook and one in a report."""
    root = mini.write(tmp_path / "course")
    text = mini.CONFIG.replace("        written: true\n", RUBRIC)
    text = text.replace("files: [mini.py]\n", "files: [mini.py]\n    templates: [report.md]\n")
    (root / "grading_config.yaml").write_text(text)
    (root / "solutions/mini/notebook.py").write_text(NOTEBOOK)
    (root / "solutions/mini/report.md").write_text(REPORT)
    return root


@pytest.fixture
def assignment(root: Path) -> Assignment:
    return config.assignment(config.load(root / "grading_config.yaml"), "mini")


@pytest.fixture
def form(root: Path, assignment: Assignment) -> written.Form:
    return written.form(assignment, root)


@pytest.fixture
def book(root: Path, assignment: Assignment) -> nbformat.NotebookNode:
    """The notebook that students get."""
    made = handout.contents(assignment, root)["mini.ipynb"]
    return nbformat.reads(made.decode(), as_version=4)


Answers = dict[str, written.Answer]


@pytest.fixture
def gather(form: written.Form, tmp_path: Path) -> Callable[..., Answers]:
    """What a student who handed in these files answered."""

    def gathered(files: dict[str, bytes | str | nbformat.NotebookNode]) -> Answers:
        hand_in(tmp_path / "in" / "ada", files)
        student = written.gather(form, "ada", tmp_path / "in" / "ada", tmp_path / "out")
        return dict(student.answers)

    return gathered


def hand_in(folder: Path, files: dict[str, bytes | str | nbformat.NotebookNode]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, nbformat.NotebookNode):
            nbformat.write(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def answer_cell(book: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return next(cell for cell in book.cells if "answer 3" in cell.source)


def png(width: int = 6, height: int = 4) -> bytes:
    made = io.BytesIO()
    shade = np.arange(width * height * 3, dtype=np.uint8).reshape(height, width, 3)
    Image.fromarray(shade).save(made, "PNG")
    return made.getvalue()


PICTURE = {"image/png": base64.b64encode(png()).decode()}


def jpeg(width: int, height: int) -> bytes:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "Ada Lovelace"  # who took it
    Image.new("RGB", (width, height), (10, 200, 30)).save(made, "JPEG", exif=exif)
    return made.getvalue()


def text_of(answer: written.Answer) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", str(answer.body)).split())


# Where answers are asked for


def test_an_answer_cell_has_an_id_of_its_own(book: nbformat.NotebookNode) -> None:
    """The id says which question, whatever the cell holds, and the notebook is valid."""
    cell = answer_cell(book)
    assert (cell.id, cell.metadata.question) == ("answer-3", "3")
    nbformat.validate(book)


def test_every_written_question_of_the_course_has_a_place() -> None:
    """hw2 asks in its notebook, cp4 in its report; each question has a rubric."""
    course = config.load(ROOT / "grading_config.yaml")
    for name, in_notebook in (("hw2_clustering", True), ("cp4_gmm", False)):
        form = written.form(config.assignment(course, name), ROOT)
        assert form.places
        for place in form.places.values():
            assert place.in_notebook is in_notebook
            assert place.template.strip()
            assert place.question.rubric


def test_a_question_without_a_place_is_named(root: Path, assignment: Assignment) -> None:
    """The sentence says what to write, and where."""
    (root / "solutions/mini/report.md").write_text("# Report\n")
    with pytest.raises(written.WrittenError, match=r"mini, question 4b: no place .* template"):
        written.form(assignment, root)
    none = replace(assignment, questions=assignment.questions[:1])
    with pytest.raises(written.WrittenError, match="none of its questions is written"):
        written.form(none, root)


def test_no_handout_has_a_rubric(root: Path, assignment: Assignment) -> None:
    """Its sentences are half an answer, and are looked for in what is handed out."""
    made = handout.contents(assignment, root)
    assert not any(b"reason for twice" in data for data in made.values())
    into = root / "assignments" / "mini"
    handout.build(assignment, root, into)
    assert leaks.leaks(assignment, root, into) == []
    (into / "notes.md").write_text("What counts:\nYou give the reason  for twice.\n")
    (leak,) = leaks.leaks(assignment, root, into)
    assert "notes.md:2: rubric item reason of question 3" in leak


# Notebooks


def test_an_answer_is_found_by_its_id(gather, book) -> None:
    """Whatever the student does to the cell's text; the template's own line is left out."""
    answer_cell(book).source = "*Your answer to 3:*\nBecause of two."
    answers = gather({"mini.ipynb": book})
    assert answers["3"].status == written.GIVEN
    assert text_of(answers["3"]) == "Because of two."
    assert answers["4b"].status == written.MISSING


def test_an_answer_on_the_templates_line_is_whole(gather, book) -> None:
    """Text behind the template's words belongs to the student."""
    answer_cell(book).source = "*Your answer to 3:* Because of two."
    assert text_of(gather({"mini.ipynb": book})["3"]).endswith("Because of two.")


def bare(book: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """As a service saves it that keeps neither ids nor metadata."""
    book.nbformat_minor = 4
    for cell in book.cells:
        cell.pop("id", None)
        cell.metadata.clear()
    return book


def test_a_moved_cell_without_ids_is_found_by_its_marker(gather, book) -> None:
    """The comment moves with the text and is not shown."""
    cell = answer_cell(book)
    book.cells.remove(cell)
    book.cells.insert(0, cell)
    cell.source += "\nMoved, and still here."
    answer = gather({"homework final (2).ipynb": bare(book)})["3"]
    assert text_of(answer) == "Moved, and still here."


def test_a_new_cell_without_marker_is_found_by_the_heading(gather, book) -> None:
    """The answer cell is gone; the student writes a cell below the question."""
    position = book.cells.index(answer_cell(book))
    book.cells[position] = nbformat.v4.new_markdown_cell("My own cell.")
    assert text_of(gather({"mini.ipynb": bare(book)})["3"]) == "My own cell."


def test_an_answer_below_the_question_is_found(gather, book) -> None:
    """Written into the cell of the question itself: what is new in it."""
    position = book.cells.index(answer_cell(book))
    book.cells.pop(position)
    book.cells[position - 1].source += "\n\nIt doubles."
    assert text_of(gather({"mini.ipynb": book})["3"]) == "It doubles."


def test_split_cells_are_one_answer(gather, book) -> None:
    """New cells after the answer cell belong to it, code and output included, up to ours."""
    cell = answer_cell(book)
    cell.source += "\nFirst half."
    position = book.cells.index(cell)
    code = nbformat.v4.new_code_cell("print(2 * 3)")
    code.outputs = [
        nbformat.v4.new_output("stream", text="\x1b[31m6\x1b[0m\n"),
        nbformat.v4.new_output("display_data", data=PICTURE),
        nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=["/home/ada"]),
    ]
    book.cells[position + 1 : position + 1] = [code, nbformat.v4.new_markdown_cell("Second half.")]
    book.cells.append(nbformat.v4.new_markdown_cell("Not of the answer."))
    answer = gather({"mini.ipynb": book})["3"]
    assert text_of(answer) == "First half. print(2 * 3) 6 ValueError: no Second half."
    assert str(answer.body).count("<img src=") == 1


def test_split_parts_that_moved_are_put_together(gather, book) -> None:
    """Notebooks copy the metadata to both halves of a cell."""
    cell = answer_cell(book)
    cell.source += "\nFirst."
    second = nbformat.v4.new_markdown_cell("Second.", metadata={"question": "3"})
    book.cells.insert(1, second)
    assert text_of(gather({"mini.ipynb": book})["3"]) == "Second. First."


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda cell: None, written.UNCHANGED),
        (lambda cell: cell.update(source="  *Your answer to 3:* \n\n"), written.UNCHANGED),
        (lambda cell: cell.update(source=""), written.MISSING),
        (lambda cell: cell.update(source="<!-- answer 3 -->"), written.MISSING),
    ],
)
def test_untouched_and_empty_answers_are_told_apart(gather, book, change, status) -> None:
    """The template's text alone is no answer, and neither is nothing."""
    change(answer_cell(book))
    assert gather({"mini.ipynb": book})["3"] == written.Answer(status)


def test_the_handout_itself_answers_nothing(gather, book) -> None:
    """Handed in as it came: everything is unchanged."""
    answers = gather({"mini.ipynb": book, "report.md": REPORT})
    assert [a.status for a in answers.values()] == [written.UNCHANGED, written.UNCHANGED]


def test_of_several_notebooks_the_answered_one_is_read(gather, book) -> None:
    """A copy of the handout beside the work does not hide it."""
    empty = nbformat.from_dict(json.loads(json.dumps(book)))
    answer_cell(book).source += "\nHere."
    assert text_of(gather({"mini.ipynb": empty, "work/copy.ipynb": book})["3"]) == "Here."


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b'{"cells": 3}', b'{"cells": [3]}', b'{"worksheets": []}',
     b"[" * 100_000, b'{"cells": [{"cell_type": "markdown", "source": 7, "outputs": 5}]}',
     b'{"cells": [{"attachments": {"a": 3}, "metadata": [], "outputs": [1, {"data": 2}]}]}'],
)  # fmt: skip
def test_a_broken_notebook_is_no_answer(gather, data) -> None:
    """Whatever is called a notebook, the class is gathered."""
    assert gather({"mini.py": "x = 1", "mini.ipynb": data})["3"].status == written.MISSING


# Reports


OWN = REPORT.replace("<three sentences>", "Scores rise with $K$.")


def test_a_report_is_cut_at_its_headings(gather) -> None:
    """The student's words and the picture beside the report; our instructions are left out."""
    answer = gather({"work/report.md": OWN, "work/results/figure.png": png()})["4b"]
    assert answer.status == written.GIVEN
    assert text_of(answer) == "Caption: Scores rise with ."
    assert str(answer.body).count('<img src="data:image/png;base64,') == 1
    assert 'aria-label="K"' in answer.body


def test_a_figure_alone_is_an_answer(gather) -> None:
    """Only the picture was made: that may be worth something."""
    assert gather({"report.md": REPORT, "figure.png": png()})["4b"].status == written.GIVEN


@pytest.mark.parametrize(
    "text",
    ["## 4b. Figure\nMine.", "### Question 4b\nMine.", "# <!-- answer 4b -->\nMine.", "4b) \nMine.",
     "**4b.** Figure\nMine.", "# Part 4b: it\r\nMine.\r\n# Other\r\nno", "4b\n\nMine.",
     "```\n# 4b no\n```\n## 4b\nMine."],
)  # fmt: skip
def test_headings_as_students_write_them(gather, text) -> None:
    """In Markdown or plain text, with or without the word question."""
    assert text_of(gather({"my report.txt": text})["4b"]) == "Mine."


@pytest.mark.parametrize("text", ["## 4bc\nNo.", "## 4b.1 Sub\nNo.", "See 4b, it is good.", ""])
def test_other_headings_are_not_taken(gather, text) -> None:
    """A key is a whole word."""
    assert gather({"report.md": text})["4b"].status == written.MISSING


def test_a_pdf_is_kept_and_not_read(form, tmp_path: Path, book) -> None:
    """It is linked under a name that does not tell whose it is; other bytes are no PDF."""
    folder = hand_in(
        tmp_path / "in",
        {"mini.ipynb": book, "Ada Lovelace.pdf": b"%PDF-1.7 ...", "no.pdf": b"MZ no"},
    )
    student = written.gather(form, "ada", folder, tmp_path / "out")
    assert student.pdfs == (f"files/{student.code}-1.pdf",)
    assert (tmp_path / "out" / student.pdfs[0]).read_bytes() == b"%PDF-1.7 ..."
    assert [p.name for p in (tmp_path / "out" / "files").iterdir()] == [f"{student.code}-1.pdf"]
    assert student.answers["4b"].status == written.PDF
    assert "Ada Lovelace" not in page.html(form, [student], anonymous=True, sheet_name="s.csv")


# Untrusted text


EVIL = """\
<script>alert(1)</script> <img src="http://evil.example/x.png" onerror="alert(2)">
![remote](https://evil.example/y.png) ![other](//evil.example/z.png) ![disk](file:///etc/passwd)
![up](../../../../etc/passwd) [click](javascript:alert(3)) <https://evil.example/auto>
![svg](data:image/svg+xml;base64,PHN2Zy8+) {{ 7 * 7 }} $\\href{javascript:alert(4)}{x}$
$<script>alert(5)</script>$ ![alt" onload="alert(6)](pic.png)

</div></main><style>body{display:none}</style><iframe src="//evil.example"></iframe>
<!-- end written rows --> \u202eturned\u202c\x1b[31m

[a]: javascript:alert(7) "onclick=alert(8)"

| <b>head</b> |
|---|
| [a] |

```"><script>
code
```
"""


def test_hostile_text_can_do_nothing(form, tmp_path: Path, book) -> None:
    """No script, no address, no attribute of theirs; the words themselves can be read."""
    cell = answer_cell(book)
    cell.source = EVIL
    cell["attachments"] = {"pic.png": PICTURE}
    name = "<script>alert(9)</script>"
    folder = hand_in(
        tmp_path / "in",
        {"mini.ipynb": book, "report.md": "## 4b " + EVIL + "\n" + EVIL, "<b>.txt": "no"},
    )
    student = written.gather(form, name, folder, tmp_path / "out")
    text = page.html(form, [student], anonymous=False, sheet_name="s.csv")
    outline = Outline(text)
    tags = {tag for tag, _ in outline.elements}
    assert not tags & {"script", "iframe", "link", "object", "embed", "form", "base"}
    assert len(list(outline.all("style"))) == 1
    for tag, attrs in outline.elements:
        assert not any(attribute.startswith("on") for attribute in attrs), (tag, attrs)
        for attribute in ("src", "href", "xlink:href", "action", "srcset"):
            address = attrs.get(attribute)
            assert address is None or re.match(r"#|data:image/png;base64,", address), address
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "not loaded: https://evil.example/y.png" in text
    assert "{{ 7 * 7 }}" in text
    assert "root:" not in text
    assert not set("\u202e\x1b") & set(text)


@pytest.mark.parametrize(
    "text",
    ["[" * 50_000, "*" * 50_000, "> " * 30_000, "$" * 50_000, "$x$ " * 20_000, "`" * 50_000,
     "\\(" * 20_000, "\\[" * 20_000, "\\begin{align}" * 5_000, "<!--" * 20_000, "![](" * 20_000,
     "# 4b\n" * 10_000, "|a" * 20_000 + "\n" + "|-" * 20_000, "~~~\n" * 20_000],
)  # fmt: skip
def test_long_text_ends_soon(gather, text) -> None:
    """What is made to take long is cut, and does not."""
    answer = gather({"report.md": "## 4b\nx " + text})["4b"]
    assert len(answer.body) < 1_000_000


def test_pictures_are_made_anew_and_bounded() -> None:
    """Metadata stays behind, large ones shrink, too many are named."""
    uri = prose.picture_uri(jpeg(3000, 100))
    kind, data = uri.split(",")
    assert kind == "data:image/jpeg;base64"
    made = Image.open(io.BytesIO(base64.b64decode(data)))
    assert max(made.size) == prose.MAX_SIDE
    assert b"Lovelace" not in base64.b64decode(data)
    for bad in (b"", b"\x89PNG\r\n\x1a\n", b"<svg/>", png()[:40], b"GIF89a" + b"\xff" * 50):
        assert prose.picture_uri(bad) == ""
    pictures = prose.Pictures()
    shown = [pictures.show(png(), "p") for _ in range(prose.MAX_PICTURES + 2)]
    assert sum("<img" in s for s in shown) == prose.MAX_PICTURES
    assert "more than" in shown[-1]


def test_pictures_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of a class has to open on a laptop."""
    monkeypatch.setattr(prose, "MAX_SHOWN_MB", 1e-4)
    assert "too large" in prose.Pictures().show(png(), "plot")


def test_huge_files_are_bounded(form) -> None:
    """Millions of lines or cells are cut before anybody looks at each of them."""
    cell = {"cell_type": "markdown", "source": "<!-- answer 3\n" * 300_000}
    book = {"cells": [cell, *[{"cell_type": "code", "source": ""}] * 5000]}
    read = written.read_notebook(json.dumps(book).encode())
    assert len(read) == written.MAX_BOOK_CELLS
    assert read[0].source.count("\n") < written.MAX_LINES
    assert written.find_cells(read, form, form.places) == {"3": [], "4b": []}
    assert written.sections("<!-- answer " * 200_000, ["3"]) == {}


def test_a_picture_of_many_pixels_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its head says how large it is, before anything is decoded."""
    monkeypatch.setattr(prose, "MAX_PIXELS", 20)
    assert prose.picture_uri(png(6, 4)) == ""
    monkeypatch.setattr(prose, "MAX_PICTURE_MB", 0)
    assert prose.picture_uri(png(2, 2)) == ""


def test_pictures_pasted_into_the_text_are_shown(gather, book) -> None:
    """As a ``data:`` address, as an HTML tag, as a file beside the notebook; each however long."""
    large = base64.b64encode(jpeg(400, 400) + bytes(30_000)).decode()
    cell = answer_cell(book)
    cell["attachments"] = {"a b.png": PICTURE}
    cell.source = (
        f"![pasted](data:image/jpeg;base64,{large}) <img width=3 src='plot.png'> "
        '<img src="attachment:a%20b.png"/> <img src="pasted/9"> ![no](%00.png) end.'
    )
    answer = gather({"mini.ipynb": book, "plot.png": png()})["3"]
    assert str(answer.body).count('<img src="data:image/') == 3
    assert str(answer.body).count("picture not handed in") == 2
    assert text_of(answer).endswith("end.")


def test_an_answer_that_cannot_be_rendered_is_shown_as_text(
    gather, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of a library costs the looks of one answer, not the class."""

    def broken(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(prose.mistune, "create_markdown", broken)
    answer = gather({"report.md": "## 4b\nIt is <b> *so*."})["4b"]
    assert str(answer.body) == "<pre>It is &lt;b&gt; *so*.</pre>"


# Formulas


@pytest.mark.parametrize(
    "tex",
    ["x", r"\frac{1}{2}\sum_{i=1}^N x_i^2", r"\lVert x\rVert_2 \le 3", r"\text{loss of } K",
     r"\bigl( a \bigr)", r"\tfrac12", r"\begin{aligned}a &= b \\ c &= d\end{aligned}",
     r"\operatorname*{argmin}_k J", r"\displaystyle\mathbb{R}^{N \times D}", "a<b"],
)  # fmt: skip
def test_formulas_are_drawn(tex: str) -> None:
    """What a course like this writes becomes outlines; the source is there for screen readers."""
    drawn = formulas.svg(tex)
    assert drawn is not None
    assert "<path d=" in drawn
    assert "NaN" not in drawn
    assert "aria-label=" in drawn


@pytest.mark.parametrize(
    "tex",
    ["", r"\foo", "x" * 2000, "{" * 40 + "x" + "}" * 40, r"\frac{1}{", r"\hspace{100000}x",
     r"\input{/etc/passwd}", r"\left(" * 30, "漢", "\ud800", r"\includegraphics{x}", "x_{" * 10],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told(tex: str) -> None:
    """Nothing raises; the reader gets the source."""
    assert formulas.svg(tex) is None
    assert formulas.svg(f"{tex}$x") is None
    shown = prose.render(f"see ${tex}$", lambda _: None, prose.Pictures())
    assert "<svg" not in shown


def test_formulas_in_other_marks_are_drawn_and_code_is_not() -> None:
    """Brackets and environments are formulas too, except in code."""
    text = "\\(a\\) and \\[b\\] and \\begin{align*}c &= d\\end{align*} and `\\(e\\)`"
    shown = prose.render(text, lambda _: None, prose.Pictures())
    assert shown.count('role="img"') == 3
    assert r"<code>\(e\)</code>" in shown


# The page and the sheet


@pytest.fixture
def students(form, tmp_path: Path, book) -> list[written.Student]:
    """A class of six, with something of everything."""
    untouched = nbformat.from_dict(json.loads(json.dumps(book)))
    cell = answer_cell(book)
    cell.source += "\nBecause $2x = x + x$ ![proof](attachment:proof.png)\n\n$$\\frac{2x}{x} = 2$$"
    cell["attachments"] = {"proof.png": PICTURE}
    folders = {
        "ada": {"mini.ipynb": book, "report.md": OWN, "results/figure.png": png(8, 8)},
        "=SUM(A1)": {"mini.ipynb": untouched, "report.md": REPORT},
        "Žižek 张伟": {"mini.py": "x = 1", "Žižek.pdf": b"%PDF-1.7"},
        "nobody": {"mini.py": "x = 1"},
        "mallory <b>": {"report.md": "## 4b\n" + EVIL},
    }
    for name, files in folders.items():
        hand_in(tmp_path / "class" / name, files)  # type: ignore[arg-type]
    (tmp_path / "class" / "broken").mkdir()
    (tmp_path / "class" / "broken" / "work.zip").write_bytes(b"PK\x03\x04 and no more")
    names = [*folders, "broken"]
    return [written.gather(form, n, tmp_path / "class" / n, tmp_path / "out") for n in names]


def _same_everywhere(text: str) -> str:
    """Pictures and outlines by digest or not at all: encoders and fonts differ."""

    def digest(match: re.Match[str]) -> str:
        image = Image.open(io.BytesIO(base64.b64decode(match[1])))
        return f"data:image/png;pixels,{hashlib.sha256(image.tobytes()).hexdigest()[:16]}"

    text = re.sub(r"data:image/png;base64,([A-Za-z0-9+/=]+)", digest, text)
    text = re.sub(r'<path d="M[^"]*"/></svg>', '<path d="outline"/></svg>', text)
    return re.sub(r'viewBox="[-\d ]+" style="width:[^"]*em"', 'viewBox="" style=""', text)


@pytest.mark.parametrize("anonymous", [False, True])
def test_whole_page_of_answers(golden, form, students, monkeypatch, anonymous: bool) -> None:
    """A page is what its golden file holds."""
    monkeypatch.setattr(report, "__version__", "0.0.0")
    text = page.html(form, students, anonymous=anonymous, sheet_name="sheet.csv")
    golden(f"written{'_anonymous' * anonymous}.html", _same_everywhere(text))
    outline = Outline(text)
    assert all(attrs.get("alt") for attrs in outline.all("img"))


def test_names_can_be_hidden(form, students) -> None:
    """Neither page nor sheet has a name; the code leads back to it, in any spelling of the name."""
    text = page.html(form, students, anonymous=True, sheet_name="sheet.csv")
    table = str(page.rows(form, students, anonymous=True))
    for student in students:
        assert not re.search(rf"\b{re.escape(student.name)}\b", text + table)
        assert student.code in text
        assert student.code in table
    assert "work.zip" not in text
    decomposed = "Z\u030ciz\u030cek 张伟"
    assert sheet.code_of("mini", decomposed) == sheet.code_of("mini", "Žižek 张伟")
    assert sheet.code_of("mini", "ada") == "fhczxxv" != sheet.code_of("other", "ada")


def test_the_sheet_has_a_row_for_every_answer(form, students, tmp_path: Path) -> None:
    """In the page's order; spreadsheets read its letters, and take no name for a formula."""
    path = tmp_path / "sheet.csv"
    path.write_bytes(sheet.write(path, page.rows(form, students, anonymous=False)))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["question"] for row in rows] == ["3"] * 6 + ["4b"] * 6
    by_name = {(row["student"], row["question"]): row["answer"] for row in rows}
    assert by_name["ada", "3"] == "given"
    assert by_name["'=SUM(A1)", "4b"] == "unchanged"
    assert by_name["nobody", "3"] == "missing"
    assert by_name["Žižek 张伟", "4b"] == "pdf"
    assert by_name["broken", "3"] == "unreadable"
    assert all(row.empty for row in sheet.read(path))


def test_xlsx_without_openpyxl_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing, and what to do instead."""
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(sheet.SheetError, match=r"XLSX needs openpyxl.*--sheet csv"):
        sheet.write(Path("sheet.xlsx"), [])


def test_xlsx_comes_back_as_it_went(tmp_path: Path) -> None:
    """Texts stay texts, umlauts and formulas included."""
    pytest.importorskip("openpyxl")
    path = tmp_path / "sheet.xlsx"
    rows = [["abc", "'=x", "3", "given", "", "1.5", "=1+1 ü"]]
    path.write_bytes(sheet.write(path, rows))
    (row,) = sheet.read(path)
    assert (row.line, row.points, row.comment) == (2, "1.5", "=1+1 ü")


def test_xlsx_is_read_by_openpyxls_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers become text, empty cells nothing; a file that is none is one sentence."""
    values = [COLUMNS, ("abc", None, 3, "given", None, 1.5, " fine ")]
    book = types.SimpleNamespace(
        worksheets=[types.SimpleNamespace(iter_rows=lambda **_: iter(values))]
    )
    fake = types.SimpleNamespace(load_workbook=lambda *_, **__: book)
    monkeypatch.setitem(sys.modules, "openpyxl", fake)
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(b"PK")
    (row,) = sheet.read(path)
    assert (row.code, row.question, row.points, row.comment) == ("abc", "3", "1.5", "fine")

    def broken(*_: object, **__: object) -> None:
        raise zipfile.BadZipFile("File is not a zip file")

    fake.load_workbook = broken
    with pytest.raises(sheet.SheetError, match="not an XLSX file"):
        sheet.read(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "line 1: no single column code, question, items, points, comment"),
        (b"code,question,items,points\n", "no single column comment"),
        (b"a;b\n1;2\n", "line 1: no single column code"),
        (b"code,code,question,items,points,comment\n", "no single column code"),
        (b"code,question,items,points,comment\n" + b'"' + b"x" * 200_000, "not CSV"),
    ],
)
def test_a_file_that_is_no_sheet_is_one_sentence(tmp_path: Path, data: bytes, said: str) -> None:
    """Which columns are missing, and what they are called."""
    (tmp_path / "s.csv").write_bytes(data)
    with pytest.raises(sheet.SheetError, match=re.escape(said)):
        sheet.read(tmp_path / "s.csv")


def test_a_sheet_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not there, or far too large."""
    with pytest.raises(sheet.SheetError, match=r"cannot be read .*; name the sheet"):
        sheet.read(tmp_path / "none.csv")
    monkeypatch.setattr(sheet, "MAX_MB", 0)
    (tmp_path / "s.csv").write_text("code")
    with pytest.raises(sheet.SheetError, match="larger than 0 MB"):
        sheet.read(tmp_path / "s.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_sheets_as_spreadsheets_save_them(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """Whatever separates the cells and encodes the letters; lines are those of the file."""
    lines = [
        COLUMNS,
        ("abc", "Jörg", "3", "", "", "1", '"two\nlines"'),
        ("x", "", "3", "", "", "2", ""),
    ]
    text = "\r\n".join(delimiter.join(cells) for cells in lines)
    (tmp_path / "s.csv").write_bytes(text.encode(encoding))
    first, second = sheet.read(tmp_path / "s.csv")
    assert (first.student, first.comment, first.line) == ("Jörg", "two\nlines", 2)
    assert second.line == 4


# Merging


CODES = {name: sheet.code_of("mini", name) for name in ("ada", "=bob", "Žižek 张伟")}


def of_mini(result: SubmissionResult, assignment: Assignment) -> SubmissionResult:
    """A sample as a result of mini, whose question 3 is written and not of code."""
    cases = tuple(replace(c, question=f"code {c.question}") for c in result.cases)
    return replace(result, submission="ada", cases=cases, questions=assignment.questions)


def write_book(out: Path, rows: list[roll.Row], assignment: Assignment) -> None:
    whole.write_text(out / "gradebook.csv", gradebook.gradebook_csv(rows, assignment))


def read_book(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((out / "gradebook.csv").read_text())))


@pytest.fixture
def graded(assignment: Assignment, tmp_path: Path) -> Path:
    """What grade-all wrote of three students; a fourth handed in nothing."""
    waiting = tuple(Waiting(q.key, q.title, q.points) for q in assignment.questions if q.written)
    base = of_mini(samples.graded(), assignment)
    judged = tuple(c for c in base.cases if c.verdict is not Verdict.JUDGE_ERROR)
    base = replace(base, cases=judged, waiting=waiting)
    made = [replace(base, submission=name) for name in CODES]
    out = tmp_path / "graded"
    for result in made:
        report.write_json(result, out / result.submission / "results.json")
        text = report.html(result, audience="staff")
        whole.write_text(out / result.submission / "report.html", text)
    handed = [roll.Handed(result.submission, (), (roll.Student(name),)) for name, result in
              zip(CODES, made, strict=True)]  # fmt: skip
    rows = roll.rows(handed, {r.submission: r for r in made}, policy=LatePolicy(), due=None)
    write_book(out, [*rows, roll.Row(roll.Student("none"))], assignment)
    return out


def filled(path: Path, *rows: tuple[str, str, str, str, str]) -> Path:
    """A sheet: student, question, items, points, comment."""
    table = [(CODES.get(name, name), "", key, "", *rest) for name, key, *rest in rows]
    path.write_bytes(sheet.write(path, table))
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def merged(root: Path, sheet_path: Path, graded: Path, *more: str) -> int:
    arguments = ["merge", "mini", "--sheet", str(sheet_path), "--results", str(graded), *more]
    return main([*arguments, "--root", str(root)])


GOOD = (
    ("ada", "3", "reason, example", "", "Nice & <b>short</b>."),
    ("ada", "4b", "", "2,5", ""),
    ("=bob", "3", "REASON copied", "", ""),
    ("=bob", "4b", "", "0", "Nothing here."),
    ("Žižek 张伟", "3", "reason", "2", "Rounded up."),
    ("Žižek 张伟", "4b", "", "", ""),
)


def test_points_arrive_everywhere(root, graded, tmp_path: Path, capsys) -> None:
    """results.json, page and gradebook; what waits is said."""
    assert merged(root, filled(tmp_path / "s.csv", *GOOD), graded) == 0
    assert "question 4b waits for 1 student: Žižek 张伟" in capsys.readouterr().out
    made = json.loads((graded / "ada" / "results.json").read_text())
    VALIDATOR.validate(made)
    assert made["score"] == 17.5 + 2 + 2.5
    three, figure = made["tests"][-2:]
    assert (three["score"], three["max_score"], three["status"]) == (2, 2, "passed")
    assert three["output"] == (
        "+1.5  You give the reason for twice.\n+0.5  You give an example of it.\n\n"
        "Nice & <b>short</b>."
    )
    assert three["extra_data"]["verdict"] == "accepted"
    assert three["number"] == "3"
    assert (figure["score"], figure["extra_data"]["verdict"]) == (2.5, "partially_accepted")
    assert made["extra_data"]["waiting"] == []
    assert "waits for staff" not in made["output"]
    bob = json.loads((graded / "=bob" / "results.json").read_text())
    assert [t["score"] for t in bob["tests"][-2:]] == [0.5, 0]
    assert "\N{MINUS SIGN}1  The words are those of the lecture." in bob["tests"][-2]["output"]
    last = json.loads((graded / "Žižek 张伟" / "results.json").read_text())
    assert "+0.5  Changed by the grader." in last["tests"][-1]["output"]
    assert last["output"].endswith("4b Figure: waits for staff (3 points)")
    assert [w["question"] for w in last["extra_data"]["waiting"]] == ["4b"]
    rows = {r.pop("submission"): r for r in read_book(graded)}
    assert {n: (r["question 3"], r["question 4b"]) for n, r in rows.items()} == {
        "ada": ("2.0", "2.5"), "'=bob": ("0.5", "0.0"), "Žižek 张伟": ("2.0", ""), "": ("", ""),
    }  # fmt: skip
    assert {n: (r["total"], r["score"], r["max"]) for n, r in rows.items()} == {
        "ada": ("22.0", "22.0", "54.0"),
        "'=bob": ("18.0", "18.0", "54.0"),
        "Žižek 张伟": ("19.5", "19.5", "51.0"),
        "": ("", "", ""),
    }
    assert list(rows["ada"]).index("question 3") < list(rows["ada"]).index("points softmax_rows")


def test_the_students_page_shows_it(golden, root, graded, tmp_path: Path, monkeypatch) -> None:
    """Sentences, points and comment, escaped; what waits still says so."""
    monkeypatch.setattr(report, "__version__", "0.0.0")
    merged(root, filled(tmp_path / "s.csv", *GOOD), graded)
    text = (graded / "ada" / "report.html").read_text()
    Outline(text)
    assert "Nice &amp; &lt;b&gt;short&lt;/b&gt;." in text
    assert "Written questions, graded by people: 4.5 of 5 points on top of these." in text
    assert "waits for staff" not in text
    last = (graded / "Žižek 张伟" / "report.html").read_text()
    assert last.count("written, waits for staff") == 1
    parts = re.findall(r"<!-- written .*?<!-- end written \w+ -->", last, re.DOTALL)
    golden("written_parts.html", "\n".join(parts) + "\n")


def test_merging_twice_is_merging_once(root, graded, tmp_path: Path) -> None:
    """Every file is the same, byte for byte."""
    path = filled(tmp_path / "s.csv", *GOOD)
    merged(root, path, graded)
    once = files(graded)
    merged(root, path, graded)
    assert files(graded) == once


def test_a_corrected_sheet_replaces(root, graded, tmp_path: Path) -> None:
    """The last word counts; a row that is emptied waits again; other rows stay."""
    first = tmp_path / "once"
    merged(root, filled(tmp_path / "a.csv", *GOOD), graded, "--out", str(first))
    wrong = (("ada", "3", "", "0", ""), ("=bob", "4b", "", "3", ""), *GOOD[4:5])
    merged(root, filled(tmp_path / "b.csv", *wrong), graded)
    again = (GOOD[0], GOOD[1], GOOD[2], GOOD[3])
    merged(root, filled(tmp_path / "c.csv", *again), graded)
    assert files(graded) == files(first)


def test_emptied_rows_bring_back_what_was(root, graded, tmp_path: Path) -> None:
    """Merge and take all of it back: results and gradebook have their points as before."""
    before = {n: json.loads(d) for n, d in files(graded).items() if n.endswith(".json")}
    merged(root, filled(tmp_path / "a.csv", *GOOD), graded)
    empty = [(name, key, "", "", "") for name, key, *_ in GOOD]
    merged(root, filled(tmp_path / "b.csv", *empty), graded)
    after = {n: json.loads(d) for n, d in files(graded).items() if n.endswith(".json")}
    assert after == before
    rows = [(r["total"], r["score"], r["max"], r["question 3"]) for r in read_book(graded)]
    assert sorted(rows) == [("",) * 4, *[("17.5", "17.5", "49.0", "")] * 3]


def test_a_total_that_waits_for_a_withheld_case_stays_blank(
    root, graded, assignment, tmp_path: Path
) -> None:
    """The written points stand in their columns; nobody's total lacks what is our fault."""
    result = of_mini(samples.graded(), assignment)
    rows = [roll.Row(roll.Student("ada"), roll.Handed("ada", ()), result)]
    write_book(graded, rows, assignment)
    assert merged(root, filled(tmp_path / "s.csv", *GOOD), graded) == 0
    (row,) = read_book(graded)
    assert (row["total"], row["score"], row["question 4b"], row["max"]) == ("", "", "2.5", "57.0")


def test_written_points_are_not_charged_for_lateness(
    root, graded, assignment, tmp_path: Path
) -> None:
    """They come on top of the total as it was, and of the score before lateness."""
    result = of_mini(samples.perfect(), assignment)
    late = Charge(1, 10.0)
    rows = [roll.Row(roll.Student("ada"), roll.Handed("ada", ()), result, late)]
    write_book(graded, rows, assignment)
    assert merged(root, filled(tmp_path / "s.csv", *GOOD), graded) == 0
    (row,) = read_book(graded)
    assert float(row["total"]) == pytest.approx(0.9 * 52 + 4.5)
    assert float(row["score"]) == 52 + 4.5


def test_out_leaves_the_results_alone(root, graded, tmp_path: Path) -> None:
    """With --out the merged files lie there, and only there."""
    before = files(graded)
    out = tmp_path / "merged"
    assert merged(root, filled(tmp_path / "s.csv", *GOOD), graded, "--out", str(out)) == 0
    assert files(graded) == before
    assert set(files(out)) == set(before)


def test_everything_wrong_is_listed_at_once(root, graded, tmp_path: Path, capsys) -> None:
    """With the sheet's lines; status 2, and not a byte has changed."""
    before = files(graded)
    path = filled(
        tmp_path / "s.csv",
        ("zzzzzzz", "3", "", "1", ""),
        ("ada", "3", "reason reason resaon", "", ""),
        ("ada", "4b", "", "3.5", ""),
        ("=bob", "3", "", "two", ""),
        ("=bob", "3", "", "-1", "twice"),
        ("=bob", "9", "", "1", ""),
        ("=bob", "4b", "reason", "1", ""),
        ("Žižek 张伟", "4b", "", "", "only words"),
        ("Žižek 张伟", "3", "", "nan", ""),
    )
    assert merged(root, path, graded) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    for sentence in (
        "11 things are wrong; nothing was changed",
        "s.csv line 2: no results for the student zzzzzzz",
        "s.csv line 3: item reason stands twice",
        "s.csv line 3: 'resaon' is no item of question 3's rubric (reason, example, copied)",
        "s.csv line 4: points 3.5 is not between 0 and 3, the question's",
        "s.csv line 5: points 'two' is not a number",
        "s.csv line 6: points -1 is not between 0 and 2, the question's",
        "s.csv line 6: =bob has a row for question 3 in line 5 already; delete one",
        "s.csv line 7: '9' is no written question of mini (3, 4b)",
        "s.csv line 8: 'reason' is no item of question 4b's rubric (it has none)",
        "s.csv line 9: a comment without points or items; write 0 where it has none",
        "s.csv line 10: points 'nan' is not a number",
    ):
        assert sentence in said, sentence
    assert files(graded) == before


def test_code_and_name_have_to_agree(root, graded, tmp_path: Path, capsys) -> None:
    """A row whose cells were shifted is found; a name does where the code is lost."""
    path = tmp_path / "s.csv"
    rows = [
        (CODES["ada"], "Žižek 张伟", "3", "", "", "1", ""),
        ("", "'=bob", "3", "", "", "1", ""),
        ("", "", "3", "", "", "1", ""),
    ]
    path.write_bytes(sheet.write(path, rows))
    assert merged(root, path, graded) == 2
    said = capsys.readouterr().err
    assert f"line 2: code {CODES['ada']} is that of ada, not of Žižek 张伟" in said
    assert "line 4: no results for the student (no code)" in said
    assert "line 3" not in said


def test_two_students_of_one_code_are_told(assignment, tmp_path: Path, monkeypatch) -> None:
    """It is one in a billion, and never silent."""
    monkeypatch.setattr(sheet, "code_of", lambda *_: "same")
    row = sheet.Row(2, "same", "", "3", "", "1", "")
    _, wrong = merge._marks(assignment, [row], ["ada", "bob"])
    assert wrong == ["line 2: same may be ada or bob; rename one of the folders"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("ada/results.json", "{", "ada/results.json does not fit"),
        ("ada/results.json", "[]", "ada/results.json does not fit"),
        ("ada/results.json", '{"extra_data": {"waiting": []}, "tests": [], "score": 1}',
         "its written questions are others than the config's: 3"),
        ("gradebook.csv", "a,total\n1,2\n",
         "gradebook.csv does not fit (it has no single column submission, max)"),
        ("gradebook.csv", "", "no single column submission, total, max"),
        ("gradebook.csv", "submission,total,max\nada,1\n", "gradebook.csv does not fit"),
        ("gradebook.csv", "submission,total,max\nzoe,1,2\n", "'zoe' has no results.json"),
        ("gradebook.csv", "submission,total,max\nada,x,2\n", "gradebook.csv does not fit"),
    ],
)  # fmt: skip
def test_results_that_do_not_fit_are_named(
    root, graded, tmp_path: Path, capsys, name: str, text: str, said: str
) -> None:
    """Which file, and to grade again."""
    (graded / name).write_text(text)
    before = files(graded)
    assert merged(root, filled(tmp_path / "s.csv", *GOOD), graded) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "run grade-all again" in error
    assert files(graded) == before


def test_folders_that_hold_no_results_are_named(root, tmp_path: Path, capsys) -> None:
    """Not there, or not the right one."""
    path = filled(tmp_path / "s.csv", *GOOD)
    assert merged(root, path, tmp_path / "none") == 2
    assert "no such folder; name the one that grade-all wrote" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert merged(root, path, tmp_path / "empty") == 2
    assert "no <submission>/results.json here" in capsys.readouterr().err


def test_a_page_of_an_earlier_version_is_told(root, graded, tmp_path: Path, capsys) -> None:
    """It has no place for the points; the other files have them."""
    (graded / "ada" / "report.html").write_text("<html></html>")
    assert merged(root, filled(tmp_path / "s.csv", *GOOD), graded) == 0
    assert "ada/report.html has no place" in capsys.readouterr().out
    assert (graded / "ada" / "report.html").read_text() == "<html></html>"


def test_a_write_that_fails_changes_nothing(root, graded, tmp_path: Path, monkeypatch) -> None:
    """All files are written under other names before the first one is replaced."""
    before = files(graded)
    real, count = Path.write_bytes, iter(range(100))

    def full(path: Path, data: bytes) -> int:
        if next(count) == 4:
            raise OSError(28, "No space left on device", str(path))
        return real(path, data)

    path = filled(tmp_path / "s.csv", *GOOD)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        patched.setattr("os.dup2", lambda *_: None)
        assert merged(root, path, graded) == 2
    assert files(graded) == before


def test_lateness_that_was_charged_stays(root, graded, tmp_path: Path) -> None:
    """Only our part of the total is changed."""
    path = graded / "ada" / "results.json"
    made = json.loads(path.read_text())
    made["score"] = 10.0
    path.write_text(json.dumps(made))
    for points, total in (("1", 11.0), ("2", 12.0)):
        merged(root, filled(tmp_path / "s.csv", ("ada", "3", "", points, "")), graded)
        assert json.loads(path.read_text())["score"] == total


# The commands


def gathered(root: Path, folder: Path, out: Path, *more: str) -> int:
    return main(["written", "mini", str(folder), "--out", str(out), "--root", str(root), *more])


def test_from_answers_to_points(root, book, tmp_path: Path, capsys) -> None:
    """The way of a class: gather, fill in, grade the code, merge."""
    answer_cell(book).source += "\nBecause."
    folder = tmp_path / "class"
    hand_in(folder / "Žižek 张伟", {"mini.ipynb": book, "mini.py": mini.REFERENCE})
    with zipfile.ZipFile(folder / "ada.zip", "w") as archive:
        archive.writestr("work/mini.py", mini.REFERENCE)
        archive.writestr("work/report.md", OWN)
    (folder / "notes.docx").write_text("?")
    out, results = tmp_path / "written", tmp_path / "graded"
    assert gathered(root, folder, out, "--anonymous") == 0
    said = capsys.readouterr().out
    assert "1 given, 1 missing" in said
    assert "Left out   'notes.docx' is no submission." in said
    rows = list(csv.reader(io.StringIO((out / "sheet.csv").read_text("utf-8-sig"))))
    for row in rows[1:]:
        row[5] = "1" if row[3] == "given" else "0"
    path = tmp_path / "filled.csv"
    path.write_bytes(sheet.write(path, rows[1:]))
    arguments = ["grade-all", "mini", str(folder), "--out", str(results), "--require", "open"]
    assert main([*arguments, "--jobs", "1", "--root", str(root)]) == 0
    assert merged(root, path, results) == 0
    for name in ("Žižek 张伟", "ada"):
        made = json.loads((results / name / "results.json").read_text())
        jsonschema.validate(made, VALIDATOR.schema)
        assert (made["score"], made["extra_data"]["waiting"]) == (7, [])


def test_a_begun_sheet_is_not_written_over(root, tmp_path: Path, capsys) -> None:
    """Nobody's grading is lost; an empty sheet is replaced."""
    hand_in(tmp_path / "class" / "ada", {"mini.py": "x = 1"})
    out = tmp_path / "out"
    assert gathered(root, tmp_path / "class", out) == 0
    assert gathered(root, tmp_path / "class", out) == 0
    path = filled(out / "sheet.csv", ("ada", "3", "", "1", ""))
    before = files(out)
    capsys.readouterr()
    assert gathered(root, tmp_path / "class", out) == 2
    assert f"{path}: there is a sheet already, and it is not empty" in capsys.readouterr().err
    path.write_text("no sheet at all")
    before = files(out)
    assert gathered(root, tmp_path / "class", out) == 2
    assert files(out) == before


def test_submissions_that_cannot_be_read_cost_no_other(root, tmp_path: Path, capsys) -> None:
    """They are named, without their names where names are hidden."""
    hand_in(tmp_path / "class" / "ada", {"mini.py": "x = 1"})
    (tmp_path / "class" / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    assert gathered(root, tmp_path / "class", tmp_path / "a") == 0
    assert "broken: 'broken.zip'" in capsys.readouterr().err
    assert gathered(root, tmp_path / "class", tmp_path / "b", "--anonymous") == 0
    captured = capsys.readouterr()
    assert "the submission cannot be read" in captured.err
    assert "broken" not in captured.err
    assert gathered(root, tmp_path / "none", tmp_path / "c") == 2
    assert "no such folder" in capsys.readouterr().err


def test_xlsx_is_refused_before_anything_is_written(
    root, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence comes first, not after a class has been read."""
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    hand_in(tmp_path / "class" / "ada", {"mini.py": "x = 1"})
    assert gathered(root, tmp_path / "class", tmp_path / "out", "--sheet", "xlsx") == 2
    assert "XLSX needs openpyxl" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_pdf_without_a_browser_is_one_sentence(
    root, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What to install, or what to do by hand; nothing is written."""
    monkeypatch.setattr(page.shutil, "which", lambda _: None)
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    hand_in(tmp_path / "class" / "ada", {"mini.py": "x = 1"})
    assert gathered(root, tmp_path / "class", tmp_path / "out", "--pdf") == 2
    assert "--pdf: no browser to print with on this machine; install" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("script", ["exit 3", "exit 0"])
def test_a_browser_that_fails_is_one_sentence(tmp_path: Path, script: str) -> None:
    """It may end as it likes: without a PDF there is none."""
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\n{script}\n")
    browser.chmod(0o755)
    with pytest.raises(written.WrittenError, match=r"did not print the page .*status"):
        page.print_pdf([str(browser)], tmp_path / "p.html", tmp_path / "p.pdf")
    with pytest.raises(written.WrittenError, match="FileNotFoundError"):
        page.print_pdf([str(tmp_path / "gone")], tmp_path / "p.html", tmp_path / "p.pdf")
    assert not (tmp_path / "p.pdf").exists()


def test_the_page_is_printed(tmp_path: Path) -> None:
    """Where the machine has a browser, the PDF is one."""
    try:
        command = page.printer()
    except written.WrittenError:
        pytest.skip("no browser on this machine")
    (tmp_path / "p.html").write_text("<!DOCTYPE html><title>t</title><p>Words")
    page.print_pdf(command, tmp_path / "p.html", tmp_path / "p.pdf")
    assert (tmp_path / "p.pdf").read_bytes().startswith(b"%PDF-")
