"""The answers to written questions: where an assignment asks for them, and what each student wrote.

An answer stands in the student's notebook or in a report (``.md``, ``.txt``) that was given as a
template. It is found by the cell's id, then by the marker ``<!-- answer 5.1 -->``, then by the
heading that begins with the question's key; cells that students add belong to the question before
them. Text that the template came with is left out. PDFs are kept as they are and not read. Nothing
that was handed in is run or loaded from elsewhere.

Map of the folder it makes::

    DIR/written.html        every answer, question by question
    DIR/sheet.csv           to be filled in (or .xlsx)
    DIR/files/              PDFs that were handed in
    DIR/written.pdf         if asked for
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from autograder import prose, whole
from autograder.cells import plain_cells
from autograder.entries import Part
from autograder.model import Assignment, Question
from autograder.notebook import to_notebook
from autograder.sections import MARKER, blocks, headed, sections, squeezed, without_lines
from autograder.sheet import code_of
from autograder.submission import SubmissionError, collect
from autograder.visible import clean

MAX_PDFS = 5
"""Of one submission."""
MAX_CELLS = 50
"""Of one answer."""
MAX_BOOK_CELLS = 2000
MAX_CHARACTERS = 10_000_000
"""Of one cell or report, pasted pictures included; ``prose`` bounds the text itself."""
MAX_LINES = 20_000
"""Of one cell or report."""
MAX_OUTPUT = 3000
"""Characters that one cell printed."""
REPORTS = (".md", ".markdown", ".txt")

GIVEN, UNCHANGED, MISSING, PDF, UNREADABLE = "given", "unchanged", "missing", "pdf", "unreadable"
WORDS = {
    GIVEN: "answered",
    UNCHANGED: "unchanged: the template's text",
    MISSING: "missing",
    PDF: "in a PDF",
    UNREADABLE: "the submission cannot be read",
}

NOTHING = Markup()

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_IMAGE = re.compile(r"!\[[^\]]*\]\(")


class WrittenError(ValueError):
    """The written questions of an assignment cannot be gathered; the text says why."""


@dataclass(frozen=True)
class Cell:
    """What matters here of a notebook's cell."""

    kind: str
    source: str
    id: str = ""
    question: str = ""
    """What its metadata says."""
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    outputs: tuple[str | bytes, ...] = ()
    """Text that was printed, pictures that were drawn."""


@dataclass(frozen=True)
class Place:
    """Where an assignment asks for one answer, and what stands there before any student."""

    question: Question
    in_notebook: bool
    statement: str
    template: str
    id: str = ""


@dataclass(frozen=True)
class Form:
    """All places of an assignment, and the notebook that it hands out."""

    assignment: Assignment
    places: Mapping[str, Place]
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Answer:
    """What one student wrote to one question, safe to be shown."""

    status: str
    body: Markup = NOTHING


@dataclass(frozen=True)
class Student:
    """One submission: its answers by question, and the PDFs that were kept of it."""

    name: str
    code: str
    answers: Mapping[str, Answer]
    pdfs: tuple[str, ...] = ()
    """Paths relative to the page."""
    notice: str = ""


# --- where an answer is asked for ---------------------------------------------------------------


def form(assignment: Assignment, root: Path) -> Form:
    """The places of the written questions of ``assignment``, read from its ``solutions/``.

    Raises WrittenError when there are none, or when a question has no place.
    """
    questions = {q.key: q for q in assignment.questions if q.written}
    if not questions:
        raise WrittenError(
            f"{assignment.name}: none of its questions is written; mark one with `written: true`"
        )
    home = root / "solutions" / assignment.name
    places: dict[str, Place] = {}
    cells: tuple[Cell, ...] = ()
    source = home / "notebook.py"
    if source.is_file():
        text = source.read_text(encoding="utf-8-sig")
        cells = tuple(read_notebook(to_notebook(text, source.name).encode()))
        stated = {headed(c.source, questions): c.source for c in cells if c.kind == "markdown"}
        for cell in cells:
            if cell.question in questions:
                question, statement = questions[cell.question], stated.get(cell.question, "")
                places[question.key] = Place(question, True, statement, cell.source, cell.id)
    for name in assignment.templates:
        if Path(name).suffix.lower() in REPORTS and (home / name).is_file():
            found = sections((home / name).read_text(encoding="utf-8-sig"), questions)
            for key, text in found.items():
                places.setdefault(key, Place(questions[key], False, "", text))
    for key in questions:
        if key not in places:
            raise WrittenError(
                f"{assignment.name}, question {key}: no place for the answer; write a cell with "
                f'tags=["answer"] question="{key}" in notebook.py, or a heading that begins with '
                f"{key} in a template (.md or .txt)"
            )
    ordered = {key: places[key] for key in questions}
    return Form(assignment, ordered, cells)


# --- one student --------------------------------------------------------------------------------


def gather(form: Form, name: str, path: Path | Sequence[Part], out: Path) -> Student:
    """The answers of the submission at ``path``, or of its files; PDFs go to ``out/files``."""
    code = code_of(form.assignment.name, name)
    with tempfile.TemporaryDirectory(prefix="autograder-written-") as temporary:
        folder = Path(temporary)
        try:
            collect(path, form.assignment, folder)
        except SubmissionError as error:
            answers = {key: Answer(UNREADABLE) for key in form.places}
            return Student(name, code, answers, notice=str(error))
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        pdfs = _keep_pdfs(files, code, out)
        answers = {**_notebook_answers(form, files), **_report_answers(form, files)}
        for key in form.places:
            if pdfs and answers[key].status != GIVEN:
                answers[key] = Answer(PDF)
        return Student(name, code, answers, pdfs)


def _keep_pdfs(files: Iterable[Path], code: str, out: Path) -> tuple[str, ...]:
    kept: list[str] = []
    for path in files:
        if path.suffix.lower() == ".pdf" and len(kept) < MAX_PDFS:
            data = path.read_bytes()
            if b"%PDF-" in data[:1024]:
                # By code, so that the file's name does not tell whose it is.
                name = f"files/{code}-{len(kept) + 1}.pdf"
                whole.write(out / name, data)
                kept.append(name)
    return tuple(kept)


# --- notebooks ----------------------------------------------------------------------------------


def read_notebook(data: bytes) -> list[Cell]:
    """The cells of a notebook. Raises ValueError where the bytes are none."""
    try:
        return [_cell(plain) for plain in plain_cells(data)[:MAX_BOOK_CELLS]]
    except (TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a notebook") from error


def _cell(plain: Any) -> Cell:
    metadata = plain.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    attachments = plain.get("attachments")
    attachments = attachments if isinstance(attachments, dict) else {}
    pictures = {str(name): _picture(bundle) for name, bundle in attachments.items()}
    return Cell(
        kind=str(plain.get("cell_type", "")),
        source=_bounded(_joined(plain.get("source", plain.get("input", "")))),
        id=str(plain.get("id", "")),
        question=str(metadata.get("question", "")),
        attachments={name: data for name, data in pictures.items() if data is not None},
        outputs=tuple(_outputs(plain.get("outputs"))),
    )


def _joined(text: Any) -> str:
    joined = "".join(map(str, text)) if isinstance(text, list) else str(text)
    return joined


def _bounded(text: str) -> str:
    lines = text[:MAX_CHARACTERS].replace("\r\n", "\n").split("\n", MAX_LINES)
    return "\n".join(lines[:MAX_LINES])


def _picture(bundle: Any) -> bytes | None:
    """The picture of a bundle of one content in several formats."""
    for kind in ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"):
        text = bundle.get(kind) if isinstance(bundle, dict) else None
        if text is not None:
            try:
                return base64.b64decode(_joined(text))
            except (binascii.Error, ValueError):
                return None
    return None


def _outputs(plain: Any) -> Iterable[str | bytes]:
    for output in plain if isinstance(plain, list) else ():
        if not isinstance(output, dict):
            continue
        picture = _picture(output.get("data", output))  # older notebooks have no bundle
        data = output.get("data")
        bundle = data if isinstance(data, dict) else output
        text = output.get("text", bundle.get("text/plain"))
        if picture is not None:
            yield picture
        elif output.get("output_type") in ("error", "pyerr"):
            yield f"{output.get('ename')}: {output.get('evalue')}"
        elif text is not None:
            yield _ANSI.sub("", _bounded(_joined(text)))


def _notebook_answers(form: Form, files: Sequence[Path]) -> dict[str, Answer]:
    """From the notebook that holds most of the answers; of several, the one with our name."""
    places = {key: place for key, place in form.places.items() if place.in_notebook}
    best: dict[str, Answer] = {}
    ours = f"{form.assignment.name}.ipynb"
    books = [path for path in files if path.suffix.lower() == ".ipynb"]
    for path in sorted(books, key=lambda p: (p.name.casefold() != ours, len(p.parts), p.name)):
        try:
            cells = read_notebook(path.read_bytes())
        except ValueError:
            continue
        found = {
            key: _answer_of_cells(places[key], group, _beside(path.parent, files))
            for key, group in find_cells(cells, form, places).items()
        }
        if not best or _count(found) > _count(best):
            best = found
    return best or {key: Answer(MISSING) for key in places}


def _count(answers: Mapping[str, Answer]) -> int:
    return sum(answer.status == GIVEN for answer in answers.values())


def find_cells(
    cells: Iterable[Cell], form: Form, places: Mapping[str, Place]
) -> dict[str, list[Cell]]:
    """Which cells answer which question, in the notebook's order."""
    by_id = {place.id: key for key, place in places.items() if place.id}
    ids = {cell.id for cell in form.cells if cell.id}
    sources = {squeezed(cell.source) for cell in form.cells}
    found: dict[str, list[Cell]] = {key: [] for key in places}
    current: str | None = None
    for cell in cells:
        marker = MARKER.search(cell.source)
        marked = marker[1] if marker else ""
        anchor = by_id.get(cell.id) or (marked in places and marked)
        anchor = anchor or (cell.question in places and cell.question)
        heading = headed(cell.source, places) if cell.kind == "markdown" else None
        if anchor:
            current = anchor
            found[anchor].append(cell)
        elif heading is not None:
            # Whoever answers below the question itself changes that cell.
            current = heading
            rest = without_lines(cell.source, places[heading].statement)
            if squeezed(cell.source) not in sources and rest.strip():
                found[heading].append(Cell("markdown", rest, attachments=cell.attachments))
        elif cell.id in ids or (squeezed(cell.source) in sources and cell.source.strip()):
            current = None
        elif current is not None:
            found[current].append(cell)
    return found


def _answer_of_cells(place: Place, cells: Sequence[Cell], beside: prose.Find) -> Answer:
    pictures = prose.Pictures()
    parts: list[Markup] = []
    template = squeezed(MARKER.sub("", place.template))
    seen = False
    for cell in cells[:MAX_CELLS]:
        text = without_lines(cell.source, place.template)
        seen = seen or (bool(template) and template in squeezed(cell.source))
        if cell.kind == "code":
            parts += [prose.code(cell.source)] if cell.source.strip() else []
            parts += [_output(output, pictures) for output in cell.outputs[:MAX_CELLS]]
        elif MARKER.sub("", text).strip():
            named = {name.casefold(): data for name, data in cell.attachments.items()}
            parts.append(prose.render(MARKER.sub("", text), _attached(named, beside), pictures))
    if len(cells) > MAX_CELLS:
        parts.append(Markup("<p>[more cells than {} are left out]</p>").format(MAX_CELLS))
    if parts:
        return Answer(GIVEN, Markup("\n").join(parts))
    return Answer(UNCHANGED if seen else MISSING)


def _attached(named: Mapping[str, bytes], beside: prose.Find) -> prose.Find:
    def find(address: str) -> bytes | None:
        name = address.removeprefix("attachment:")
        return named.get(name.casefold()) if name != address else beside(address)

    return find


def _output(output: str | bytes, pictures: prose.Pictures) -> Markup:
    if isinstance(output, bytes):
        return Markup("<p>" + pictures.show(output, "drawn by the cell above") + "</p>")
    short = output if len(output) <= MAX_OUTPUT else output[:MAX_OUTPUT] + "\n…"
    return Markup('<pre class="output">{}</pre>').format(clean(short).strip("\n"))


# --- reports ------------------------------------------------------------------------------------


def _report_answers(form: Form, files: Sequence[Path]) -> dict[str, Answer]:
    """From the report with most of the headings; of several, the one with the template's name."""
    places = {key: place for key, place in form.places.items() if not place.in_notebook}
    stems = {Path(name).stem.casefold() for name in form.assignment.templates}
    best: tuple[Path, dict[str, str]] | None = None
    reports = [p for p in files if p.suffix.lower() in REPORTS and p.stem.casefold() != "readme"]
    for path in sorted(reports, key=lambda p: (p.stem.casefold() not in stems, len(p.parts))):
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
        found = sections(_bounded(text), places)
        if found and (best is None or len(found) > len(best[1])):
            best = path, found
    if best is None:
        return {key: Answer(MISSING) for key in places}
    find = _beside(best[0].parent, files)
    return {key: _answer_of_section(place, best[1].get(key), find) for key, place in places.items()}


def _answer_of_section(place: Place, text: str | None, find: prose.Find) -> Answer:
    if text is None:
        return Answer(MISSING)
    ours = {squeezed(block) for block in blocks(place.template)}
    own = [b for b in blocks(text) if squeezed(b) not in ours]
    kept = [b for b in blocks(text) if squeezed(b) not in ours or _IMAGE.search(b)]
    pictures = prose.Pictures()
    body = prose.render("\n\n".join(kept), find, pictures)
    if any(block.strip() for block in own) or pictures.shown:
        return Answer(GIVEN, body)
    return Answer(UNCHANGED if ours & {squeezed(b) for b in blocks(text)} else MISSING)


def _beside(home: Path, files: Sequence[Path]) -> prose.Find:
    """Pictures by their path beside a text, or else by a name that only one file has.

    Only what was handed in can be found: the address is compared and never opened.
    """

    def find(address: str) -> bytes | None:
        wanted = os.path.normpath(home / address.replace("\\", "/"))
        same = [path for path in files if os.path.normpath(path) == wanted]
        name = os.path.basename(wanted).casefold()
        same = same or [path for path in files if path.name.casefold() == name]
        return same[0].read_bytes() if len(same) == 1 else None

    return find
