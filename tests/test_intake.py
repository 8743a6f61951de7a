"""What a class handed in, found in what each platform gives: shapes, names, zips, sentences."""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import sys
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import downloads, entries, intake, lateness, platforms, submission
from autograder.entries import Part
from autograder.intake import Intake, IntakeError
from autograder.model import Assignment, LatePolicy
from autograder.roll import Handed
from autograder.safenames import MAX_BYTES, folded, folder_name, text

ONE = Assignment("hw", "Homework", ("clustering.py",), ())
CODE = b"def softmax(logits):\n    return logits\n"
NFD = unicodedata.normalize("NFD", "José Núñez")
ZWJ = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}"
PEOPLE = ("王小明", "أحمد علي", "Анна Иванова", "José Núñez", "ŠIMON", "नेहा शर्मा", ZWJ)

needs_posix = pytest.mark.skipif(os.name == "nt", reason="names and links that Windows refuses")
needs_bytes = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="needs names of any bytes"
)


def lay(folder: Path, files: Mapping[str, bytes | str | None]) -> Path:
    """Write ``files`` below ``folder``; None makes an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def zipped(
    path: Path, files: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED
) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def found(folder: Path, kind: intake.Kind | None = None) -> Intake:
    return intake.find(folder, folder / "out", kind)


def graded(one: Handed, into: Path) -> dict[str, bytes]:
    """The files that would be graded."""
    submission.collect(one.parts, ONE, into)
    return {
        path.relative_to(into).as_posix(): path.read_bytes()
        for path in into.rglob("*")
        if path.is_file()
    }


def by_student(taken: Intake) -> dict[str, Handed]:
    return {student.id: one for one in taken.handed for student in one.students}


# --- plain --------------------------------------------------------------------------------


def test_a_plain_folder_is_one_submission_an_item(tmp_path: Path) -> None:
    """Folders, zips, scripts and notebooks; hidden files, results and the rest are none."""
    files = {"ada/clustering.py": CODE, "cy.py": CODE, "dora.ipynb": b"{}", "notes.txt": b""}
    lay(tmp_path, {**files, ".git/config": b"", "__MACOSX/ada/._x": b"", "out/x.py": b""})
    lay(tmp_path, {"old/gradebook.csv": b"", "old/report.html": b"", "old/ada/results.json": b""})
    lay(tmp_path, {"written/written.html": b"", "written/sheet.csv": b""})
    zipped(tmp_path / "boris.zip", {"clustering.py": CODE})
    taken = found(tmp_path)
    assert [one.name for one in taken.handed] == ["ada", "boris", "cy", "dora"]
    assert [one.students[0].id for one in taken.handed] == ["ada", "boris", "cy", "dora"]
    assert taken.kind == "plain"
    assert taken.line == "A plain folder: 4 submissions of 4 students; 3 left out."
    assert taken.left_out == (
        "'old' holds results and no submission.",
        "'written' holds results and no submission.",
        "'notes.txt' is no submission.",
    )
    assert graded(taken.handed[1], tmp_path / "clean") == {"clustering.py": CODE}


def test_a_folder_and_a_zip_of_one_name_are_both_there(tmp_path: Path) -> None:
    """An unpacked zip beside itself: nothing is lost, and staff are told."""
    lay(tmp_path, {"ada/clustering.py": CODE})
    zipped(tmp_path / "ada.zip", {"clustering.py": CODE})
    taken = found(tmp_path)
    assert [one.name for one in taken.handed] == ["ada", "ada.zip"]
    assert [one.notices for one in taken.handed] == [
        ("Beside it lies 'ada.zip': see which one counts.",),
        ("Beside it lies 'ada': see which one counts.",),
    ]


@needs_posix
def test_links_and_pipes_are_told_and_not_followed(tmp_path: Path) -> None:
    """A link gives nothing of what it points to, and a pipe is not waited on."""
    lay(tmp_path / "class", {"ada.py": CODE})
    lay(tmp_path / "secret", {"clustering.py": b"secret"})
    (tmp_path / "class" / "eve").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "class" / "pipe.py")
    taken = found(tmp_path / "class")
    assert [one.name for one in taken.handed] == ["ada"]
    assert taken.left_out == ("'eve' is a link.", "'pipe.py' is not a regular file.")


# --- Gradescope ---------------------------------------------------------------------------

METADATA = """\
---
submission_409194023:
  :submitters:
  - :name: 王小明
    :sid: '007'
    :email: wang@example.edu
  :created_at: 2026-04-26 17:34:00.861687000 Z
  :score: 2.0
  :status: processed
  :results:
    tests:
    - name: Correct Assignment Check
      output: 'Don''t worry about this test, it just checks that you submitted the
        correct assignment.

'
      status: passed
submission_500000001:
  :submitters:
  - :name: Alice A
    :sid: 111
    :email: alice@example.edu
  - :name: Carl
    :sid: null
    :email:
  - :name: Bob B
    :sid: 222
    :email: bob@example.edu
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-04-27 09:00:00.000000000 Z
    zone: UTC
  :score: 10.0
  :output: |+
    trailing

...
submission_600000002:
  :submitters:
  - :name: José
    :sid:
    :email: jose@example.edu
  :created_at: 2026-04-25 08:00:00 -07:00
submission_700000003:
  :submitters: []
submission_800000004:
  :submitters:
  - :name: Gone
    :sid: '444'
"""


def gradescope(folder: Path) -> Path:
    names = ("409194023", "500000001", "600000002", "700000003")
    files = {f"submission_{number}/clustering.py": CODE for number in names}
    return lay(folder, {"submission_metadata.yml": METADATA, **files})


def test_gradescopes_export_says_whose_and_when(tmp_path: Path) -> None:
    """Groups, SIDs with zeros, Ruby's ways to write keys, times, quotes and documents."""
    taken = found(gradescope(tmp_path))
    assert taken.kind == "gradescope"
    assert taken.line == "Gradescope's export: 4 submissions of 6 students; 1 left out."
    assert taken.left_out == (
        "'submission_800000004' is in submission_metadata.yml and not in the folder ('Gone').",
    )
    students = by_student(taken)
    assert list(students) == [
        "submission_700000003",
        "jose@example.edu",
        "007",
        "111",
        "Carl",
        "222",
    ]
    assert students["111"] is students["222"]
    assert students["111"].name == "Alice A_111+Carl+Bob B_222"
    assert students["007"].students[0].name == "王小明"
    assert students["007"].students[0].email == "wang@example.edu"
    assert students["submission_700000003"].described["id"] == 700000003
    assert students["submission_700000003"].notices == (
        "submission_metadata.yml does not say whose it is.",
    )


def test_gradescopes_times_are_what_lateness_reads(tmp_path: Path) -> None:
    """Fractions of nine digits, offsets and Rails' own objects are moments."""
    students = by_student(found(gradescope(tmp_path)))
    policy = LatePolicy(percent_per_day=10, max_percent=50)
    due = "2026-04-26T00:00:00Z"
    late = {i: lateness.charge(policy, one.described, due).days for i, one in students.items()}
    assert late == {
        "007": 1,
        "111": 2,
        "222": 2,
        "Carl": 2,
        "jose@example.edu": 0,
        "submission_700000003": None,
    }


def test_of_gradescopes_two_the_later_one_counts(tmp_path: Path) -> None:
    """By when it came and not by its number; the older one is told."""
    about = "submission_{}:\n  :submitters:\n  - :sid: '1'\n    :name: Ann\n  :created_at: {}\n"
    text = about.format(9, "2026-01-01 10:00:00 Z") + about.format(8, "2026-01-02 10:00:00 Z")
    files = {f"submission_{n}/clustering.py": CODE for n in (8, 9)}
    taken = found(lay(tmp_path, {"submission_metadata.yml": text, **files}))
    assert [one.parts[0].name for one in taken.handed] == ["submission_8"]
    assert (
        taken.line == "Gradescope's export: 1 submission of 1 student; 1 replaced by a later one."
    )
    assert taken.left_out == ("'submission_9' of 'Ann' was replaced by 'submission_8'.",)


def test_a_group_of_which_one_went_on_alone_is_kept(tmp_path: Path) -> None:
    """The other one has only the group's; and the later is the last in order."""
    text = (
        "submission_5:\n  :submitters:\n  - :sid: a\n  - :sid: b\n"
        "submission_6:\n  :submitters:\n  - :sid: a\n"
    )
    files = {f"submission_{n}/clustering.py": CODE for n in (5, 6)}
    taken = found(lay(tmp_path, {"submission_metadata.yml": text, **files}))
    assert [one.parts[0].name for one in taken.handed] == ["submission_5", "submission_6"]


def test_the_folder_around_an_export_is_understood(tmp_path: Path) -> None:
    """Gradescope's zip holds one folder; so does the folder that it is unpacked to."""
    gradescope(tmp_path / "class" / "assignment_12_export")
    lay(tmp_path / "class", {"roster.csv": b"id\n"})
    taken = found(tmp_path / "class")
    assert (taken.kind, len(taken.handed)) == ("gradescope", 4)
    assert "'roster.csv' is no submission." in taken.left_out


def test_the_folder_of_one_student_is_not_looked_into(tmp_path: Path) -> None:
    """A class of one is a class: the student's files are not taken for students."""
    lay(tmp_path, {"ada/clustering.py": CODE, "ada/plots.py": CODE})
    assert [one.name for one in found(tmp_path).handed] == ["ada"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: [1\nb: 2", ", line 2: cannot be read; export the submissions again, or take the "),
        ("a: &x [*y]\n", ", line 1: cannot be read; export the submissions again, or take the "),
        ("- 1\n", ": names no submission; export the submissions again, or take the "),
        ("", ": names no submission; export the submissions again, or take the "),
    ],
)
def test_metadata_that_cannot_be_read_is_told(content: str, said: str, tmp_path: Path) -> None:
    """The file, the line, and what to do."""
    lay(tmp_path, {"submission_metadata.yml": content, "submission_1/clustering.py": CODE})
    with pytest.raises(IntakeError) as caught:
        found(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: submission_metadata.yml{said}folders as they are with --kind plain"
    )
    assert len(found(tmp_path, "plain").handed) == 1


def test_metadata_constructs_nothing(tmp_path: Path) -> None:
    """A tag is text about text, and what is repeated by name takes no space."""
    many = "".join(f"x{i}: &x{i} [{', '.join(9 * [f'*x{i - 1}'])}]\n" for i in range(1, 40))
    made = tmp_path / "made"
    about = (
        f"x0: &x0 [1]\n{many}submission_1: !!python/object/apply:os.mkdir ['{made}']\n"
        "submission_2: !ruby/object:OpenStruct\n  :submitters:\n  - !ruby/hash\n    :sid: 1\n"
    )
    lay(tmp_path, {"submission_metadata.yml": about, "submission_2/clustering.py": CODE})
    assert list(by_student(found(tmp_path))) == ["1"]
    assert not made.exists()


def test_a_folder_that_metadata_lacks_is_taken(tmp_path: Path) -> None:
    """No submission is lost for a line that is not there; what else lies there is told."""
    lay(tmp_path, {"submission_metadata.yml": "submission_1:\n  :submitters:\n  - :sid: '1'\n"})
    lay(tmp_path, {"submission_1": None, "submission_2/clustering.py": CODE, "marked/x.py": CODE})
    taken = found(tmp_path)
    assert sorted(by_student(taken)) == ["1", "submission_2"]
    assert taken.left_out == ("'marked' is no submission.",)


# --- Canvas -------------------------------------------------------------------------------


def test_canvas_names_are_read_whole(tmp_path: Path) -> None:
    """Files of one user belong together and get their own names back."""
    lay(
        tmp_path,
        {
            "smithanna_12345_670_clustering.py": CODE,
            "smithanna_12345_671_report_2_final.pdf": b"%PDF",
            "王小明_LATE_222_680_clustering-2.py": CODE,
            f"{unicodedata.normalize('NFD', 'núñezjosé')}_333_690_hw.ipynb": b"{}",
            "ivanova_anna_444_691_clustering.py": CODE,
            f"ö_446_694_{unicodedata.normalize('NFD', 'größe')}.py": CODE,
            "anon_Ab3dE_692_clustering.py": CODE,
            "LATE_anon_Zz9yX_693_clustering.py": CODE,
            "typed_555_text.html": b"<p>",
            "linked_LATE_556_link.html": b"<a>",
        },
    )
    taken = found(tmp_path)
    students = by_student(taken)
    names = {i: [part.name for part in one.parts] for i, one in students.items()}
    assert names == {
        "12345": ["clustering.py", "report_2_final.pdf"],
        "222": ["clustering.py"],
        "333": ["hw.ipynb"],
        "444": ["clustering.py"],
        "446": ["größe.py"],
        "anon_Ab3dE": ["clustering.py"],
        "anon_Zz9yX": ["clustering.py"],
    }
    assert students["333"].students[0].name == "núñezjosé"
    assert [part.name for part in students["446"].parts] == ["größe.py"]
    assert students["12345"].name == "smithanna_12345"
    assert students["anon_Ab3dE"].name == "anon_Ab3dE"
    late = "Canvas marks it as late and does not say when it came: lateness is not charged."
    assert {i for i, one in students.items() if late in one.notices} == {"222", "anon_Zz9yX"}
    assert all(not one.described for one in taken.handed)
    assert taken.line == "Canvas's download: 7 submissions of 7 students; 2 left out."
    assert taken.left_out == (
        "'linked_LATE_556_link.html' was typed on Canvas and is no file.",
        "'typed_555_text.html' was typed on Canvas and is no file.",
    )
    assert graded(students["12345"], tmp_path / "clean") == {
        "clustering.py": CODE,
        "report_2_final.pdf": b"%PDF",
    }


@pytest.mark.parametrize(
    ("files", "names", "older"),
    [
        (["1_hw.py", "2_hw-2.py"], {"hw.py": "2"}, ["'a_9_1_hw.py' was replaced by 'hw-2.py'."]),
        (["1_hw-1.py"], {"hw.py": "1"}, []),
        (["1_a-1.py", "2_a-2.py"], {"a-1.py": "1", "a.py": "2"}, []),
        (["10_hw.py", "9_hw-1.py"], {"hw.py": "10", "hw-1.py": "9"}, []),
        (["1_hw.py", "2_data-1.csv"], {"hw.py": "1", "data-1.csv": "2"}, []),
        (["1_hw-3.py", "2_data-1.csv"], {"hw.py": "1", "data.csv": "2"}, []),
        (["1_hw-0f8fad5b-d9cb-469f-a165-70867728950e.py"], {"hw.py": "1"}, []),
        (["1_hw-1.tar.gz", "2_x-1.zip"], {"hw.tar.gz": "1", "x.zip": "2"}, []),
        (["1_hw2-100.py", "2_k-means.py"], {"hw2-100.py": "1", "k-means.py": "2"}, []),
    ],
)
def test_canvas_numbers_are_taken_off_again(
    files: list[str], names: dict[str, str], older: list[str], tmp_path: Path
) -> None:
    """The last file of a name has it, the one before is told, and nothing else is lost."""
    lay(tmp_path, {f"a_9_{name}": name.partition("_")[0] for name in files})
    taken = found(tmp_path)
    (one,) = taken.handed
    assert {part.name: part.path.read_text() for part in one.parts} == names
    assert list(taken.left_out) == older


def test_what_came_late_replaces_what_came_in_time(tmp_path: Path) -> None:
    """Two downloads in one folder: Canvas marks the whole of the later one."""
    lay(tmp_path, {"a_9_1_x.py": b"old", "a_LATE_9_2_x.py": b"new", "b_8_3_x.py": b""})
    taken = found(tmp_path)
    assert by_student(taken)["9"].parts == (Part("x.py", tmp_path / "a_LATE_9_2_x.py"),)
    assert taken.line == (
        "Canvas's download: 2 submissions of 2 students; 1 replaced by a later one."
    )
    assert taken.left_out == ("'a_9_1_x.py' was replaced by what the same student handed in late.",)


def test_a_zip_beside_a_pdf_is_opened(tmp_path: Path) -> None:
    """So Canvas gives what a student uploads as two files."""
    zipped(lay(tmp_path, {}) / "a_9_1_hw-1.zip", {"hw/clustering.py": CODE, "more.zip": b"PK"})
    lay(tmp_path, {"a_9_2_essay.pdf": b"%PDF"})
    (one,) = found(tmp_path).handed
    assert graded(one, tmp_path / "clean") == {
        "clustering.py": CODE,
        "essay.pdf": b"%PDF",
        "more.zip": b"PK",
    }


# --- Moodle -------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", "_"])
def test_moodles_folders_are_read(end: str, tmp_path: Path) -> None:
    """Names with blanks and of any script; text that was typed is no file; teams, anonymity."""
    names = [
        *(f"{who}_{i}" for i, who in enumerate(PEOPLE, 100)),
        "Participant_200",
        "Default team",
    ]
    files = {f"{name}_assignsubmission_file{end}/hw/clustering.py": CODE for name in names}
    typed = f"Anna Smith_300_assignsubmission_onlinetext{end}/onlinetext.html"
    taken = found(lay(tmp_path, {**files, typed: b"<p>"}))
    assert taken.kind == "moodle"
    students = {s.id: s.name for one in taken.handed for s in one.students}
    assert students == {
        **{str(i): text(who) for i, who in enumerate(PEOPLE, 100)},
        "200": "Participant",
        "Default team": "Default team",
    }
    assert taken.left_out == (
        f"'Anna Smith_300_assignsubmission_onlinetext{end}' holds typed text and no file.",
    )
    for number, one in enumerate(taken.handed):
        assert graded(one, tmp_path / f"clean{number}") == {"clustering.py": CODE}


def test_moodles_files_without_folders_are_read(tmp_path: Path) -> None:
    """Moodle can leave the folders out; then a student's files belong together."""
    lay(
        tmp_path,
        {
            "Anna Smith_7_assignsubmission_file_clustering.py": CODE,
            "Anna Smith_7_assignsubmission_file_notes_1.txt": b"n",
            "Bo_8_assignsubmission_file_hw_assignsubmission_file_2.py": CODE,
        },
    )
    taken = found(tmp_path)
    assert taken.line == "Moodle's download: 2 submissions of 2 students."
    assert {i: [p.name for p in one.parts] for i, one in by_student(taken).items()} == {
        "7": ["clustering.py", "notes_1.txt"],
        "8": ["hw_assignsubmission_file_2.py"],
    }


# --- which it is --------------------------------------------------------------------------


def test_mixed_names_are_a_plain_folder_and_said(tmp_path: Path) -> None:
    """Nobody guesses: the sentence says how to have it otherwise."""
    lay(tmp_path, {"a_9_1_x.py": CODE, "b_8_2_x.py": CODE, "mine.py": CODE})
    taken = found(tmp_path)
    assert (taken.kind, len(taken.handed)) == ("plain", 3)
    assert taken.line == (
        "A plain folder, since 1 of 3 are not named as Canvas names them (--kind canvas takes the "
        "2 that are): 3 submissions of 3 students."
    )
    taken = found(tmp_path, "canvas")
    assert (taken.kind, len(taken.handed)) == ("canvas", 2)
    assert taken.left_out == ("'mine.py' is no submission.",)


def test_a_students_own_numbers_are_no_platforms(tmp_path: Path) -> None:
    """Canvas leaves no blanks and no points in a name."""
    lay(tmp_path, {"my hw_2_3_final.py": CODE, "v1.2_5_6_x.py": CODE})
    assert found(tmp_path).kind == "plain"


def test_what_is_no_submission_does_not_spoil_a_shape(tmp_path: Path) -> None:
    """A table or a text beside the download is left out."""
    taken = found(lay(tmp_path, {"a_9_1_x.py": CODE, "roster.csv": b"", "README.txt": b""}))
    assert (taken.kind, len(taken.handed), len(taken.left_out)) == ("canvas", 1, 2)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (
            "gradescope",
            "is not Gradescope's export: there is no submission_metadata.yml beside the folders; "
            "it looks like --kind plain",
        ),
        (
            "canvas",
            "is not Canvas's download: no file is named like smithanna_12345_67890_hw.py; "
            "it looks like --kind plain",
        ),
        (
            "moodle",
            "is not Moodle's download: no folder is named like "
            "Anna Smith_12345_assignsubmission_file; it looks like --kind plain",
        ),
    ],
)
def test_a_kind_that_it_is_not_is_one_sentence(
    kind: intake.Kind, said: str, tmp_path: Path
) -> None:
    """What is missing, and what it looks like."""
    lay(tmp_path, {"ada/clustering.py": CODE})
    with pytest.raises(IntakeError) as caught:
        found(tmp_path, kind)
    assert str(caught.value) == f"{tmp_path}: {said}"


def test_platforms_reads_no_export_without_its_metadata() -> None:
    """Whoever asks for it by itself is told the same."""
    with pytest.raises(IntakeError, match=r"^there is no submission_metadata\.yml beside"):
        platforms.gradescope([])


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, ""),
        ({"notes.txt": b""}, " ('notes.txt' is no submission)"),
        ({"a_9_text.html": b""}, " ('a_9_text.html' was typed on Canvas and is no file)"),
    ],
)
def test_a_folder_without_submissions_is_told(
    files: dict[str, bytes], said: str, tmp_path: Path
) -> None:
    """What was expected there, and what lies there."""
    with pytest.raises(IntakeError) as caught:
        found(lay(tmp_path, files))
    assert str(caught.value) == (
        f"{tmp_path}: no submissions here{said}; expected folders, .zip, .py or .ipynb files"
    )


def test_results_do_not_go_among_the_submissions_files(tmp_path: Path) -> None:
    """They would take the place of what students handed in."""
    lay(tmp_path, {"anna/clustering.py": CODE})
    with pytest.raises(IntakeError, match=r"holds the submissions.*another folder with --out"):
        intake.find(tmp_path, tmp_path / "anna" / "..")


def test_results_further_down_are_no_submission(tmp_path: Path) -> None:
    """Whatever folder they lie in, and it is said."""
    lay(tmp_path, {"anna/clustering.py": CODE, "res/hw1/gradebook.csv": "", "boris.py": CODE})
    taken = intake.find(tmp_path, tmp_path / "res" / "hw1")
    assert [one.name for one in taken.handed] == ["anna", "boris"]
    assert "'res' holds the results." in taken.left_out


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A mistyped path is named, by both ways in."""
    path = tmp_path / "typo"
    with pytest.raises(IntakeError, match="no such folder; name the one that holds the"):
        found(path)
    with (
        pytest.raises(IntakeError, match="no such folder or zip; name the one that holds the"),
        intake.opened(path, tmp_path / "out"),
    ):
        pass


@needs_posix
def test_a_pipe_is_no_class(tmp_path: Path) -> None:
    """It is not waited on."""
    os.mkfifo(tmp_path / "pipe")
    with (
        pytest.raises(IntakeError, match="is neither a folder nor a zip"),
        intake.opened(tmp_path / "pipe", tmp_path / "out"),
    ):
        pass


def test_a_folder_that_cannot_be_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system said, and what to do."""

    def refuse(_: object) -> Iterator[os.DirEntry[str]]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(IntakeError, match=r"could not be read \(Permission denied\); check it"):
        found(tmp_path)


def test_metadata_without_permission_is_told(tmp_path: Path) -> None:
    """What the system said of Gradescope's file, too."""
    with pytest.raises(IntakeError, match=r"could not be read \(.*\); check it"):
        platforms._metadata(tmp_path)


# --- names --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("王小明", "王小明"),
        ("أحمد علي", "أحمد علي"),
        (ZWJ, ZWJ),
        (NFD, "José Núñez"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"),
        ("Sammy Davis Jr.", "Sammy Davis Jr"),
        (" .hidden. ", "hidden"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("COM¹", "_COM¹"),
        ("console", "console"),
        ("evil\u202egpj.py", "evil_gpj.py"),
        ("line\nend\x00", "line_end_"),
        (os.fsdecode(b"caf\xe9"), "caf%E9"),
    ],
)
def test_names_become_safe_folders(name: str, safe: str) -> None:
    """Every script stays as it is; what some system or page cannot have is replaced."""
    assert folder_name(name) == safe


def test_long_and_empty_names_get_a_digest() -> None:
    """Two long names with the same beginning stay apart, and an ending stays an ending."""
    long, other = "王" * 60 + "a.py", "王" * 60 + "b.py"
    assert len(folder_name(long).encode()) <= MAX_BYTES
    assert folder_name(long).endswith(".py")
    assert folder_name(long) != folder_name(other)
    assert folder_name("...").startswith("unnamed-")


@given(st.text() | st.binary(max_size=300).map(os.fsdecode))
def test_any_name_is_safe_once_and_for_all(name: str) -> None:
    """Whatever it was: text of a size, no path, and the same when it is made safe again."""
    safe = folder_name(name)
    assert 0 < len(safe.encode()) <= MAX_BYTES
    assert not set(safe) & set('<>:"/\\|?*\0')
    assert not safe.startswith((".", " "))
    assert not safe.endswith((".", " "))
    assert folder_name(safe) == safe


@needs_bytes
def test_names_of_any_bytes_are_kept_apart(tmp_path: Path) -> None:
    """Letter case, composition, bytes that are no text: every submission has a folder and an id."""
    raw = [
        b"Ada",
        b"ada",
        b"caf\xe9",
        b"caf\xe8",
        b"Report.html",
        "José".encode(),
        NFD[:5].encode(),
    ]
    for name in raw:
        (tmp_path / os.fsdecode(name)).mkdir()
    taken = found(tmp_path)
    names = [one.name for one in taken.handed]
    assert len({folded(name) for name in names}) == len(raw)
    assert "report.html" not in {name.casefold() for name in names}
    ids = [student.id for one in taken.handed for student in one.students]
    assert len(set(ids)) == len(raw)
    "".join(names + ids).encode()
    assert {part.path for one in taken.handed for part in one.parts} == set(tmp_path.iterdir())


def test_a_name_in_use_is_given_to_nobody() -> None:
    """Whatever lies among the results already, and a name that a digest made already."""
    handed = [Handed(name, ()) for name in ("Out", "x", "X", "x~2")]
    first = intake._named(handed, ["out"])
    again = intake._named(handed, ["out", *(one.name for one in first)])
    names = [folded(one.name) for one in (*first, *again)]
    assert len(set(names)) == 8
    assert "out" not in names


def test_a_name_does_not_depend_on_the_others_order(tmp_path: Path) -> None:
    """All that clash are changed, so that the results of one are not those of another."""
    handed = [Handed("Ada", ()), Handed("ada", ()), Handed("bo", ())]
    there = {one.name for one in intake._named(handed, ())}
    assert there == {one.name for one in intake._named(handed[::-1], ())}
    assert "bo" in there


# --- zips ---------------------------------------------------------------------------------


def opened(path: Path, kind: intake.Kind | None = None) -> tuple[Intake, list[dict[str, bytes]]]:
    """What a zip holds, and the files of each submission."""
    rooms = path.parent / "rooms"
    rooms.mkdir(exist_ok=True)
    with intake.opened(path, path.parent / "out", kind, room=rooms) as taken:
        files = []
        for number, one in enumerate(taken.handed):
            files.append(graded(one, path.parent / "clean" / str(number)))
    assert list(rooms.iterdir()) == []
    return taken, files


def refused(path: Path) -> str:
    """The sentence that refuses a zip; nothing of it stays."""
    rooms = path.parent / "rooms"
    rooms.mkdir(exist_ok=True)
    with (
        pytest.raises(IntakeError) as caught,
        intake.opened(path, path.parent / "out", room=rooms),
    ):
        pass
    assert list(rooms.iterdir()) == []
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    return said.removeprefix(f"{path}: ")


def test_canvas_zip_is_taken_as_it_is(tmp_path: Path) -> None:
    """It is unpacked for as long as it is needed, and zips in it stay zips."""
    inner = zipped(tmp_path / "in.zip", {"clustering.py": CODE}).read_bytes()
    names = ("smithanna_1_2_hw.zip", "王小明_LATE_3_4_clustering-1.py")
    path = zipped(tmp_path / "submissions.zip", {names[0]: inner, names[1]: CODE})
    taken, files = opened(path)
    assert (taken.kind, len(taken.handed)) == ("canvas", 2)
    assert files == [{"clustering.py": CODE}] * 2


@needs_posix
def test_what_a_killed_command_unpacked_is_deleted(tmp_path: Path) -> None:
    """Not what another one still has, and not what has only just been made."""
    made = {}
    for name in ("left", "held", "young"):
        made[name] = lay(tmp_path / f"autograder-zip-{name}", {"lock": "", "class/a.py": CODE})
        if name != "young":
            os.utime(made[name], (0, 0))
    archive = zipped(tmp_path / "class.zip", {"anna.py": CODE})
    with open(made["held"] / "lock", "r+b") as lock:
        assert downloads._locked(lock)
        with intake.opened(archive, tmp_path / "out", room=tmp_path) as taken:
            assert [one.name for one in taken.handed] == ["anna"]
            assert taken.handed[0].parts[0].path.read_bytes() == CODE
            assert {name: folder.exists() for name, folder in made.items()} == {
                "left": False, "held": True, "young": True,
            }  # fmt: skip
    assert sorted(p.name for p in tmp_path.glob("autograder-zip-*")) == [
        "autograder-zip-held", "autograder-zip-young",
    ]  # fmt: skip


def test_gradescopes_zip_is_taken_as_it_is(tmp_path: Path) -> None:
    """Its one folder is looked into."""
    gradescope(tmp_path / "tree" / "assignment_12_export")
    path = shutil.make_archive(str(tmp_path / "export"), "zip", tmp_path / "tree")
    taken, files = opened(Path(path))
    assert (taken.kind, len(taken.handed)) == ("gradescope", 4)
    assert files == [{"clustering.py": CODE}] * 4


def test_a_zipped_folder_is_the_folder(tmp_path: Path) -> None:
    """A zip of a folder holds the folder; a student's only folder is not looked into."""
    files = {"class/Ada/clustering.py": CODE, "class/Bo/clustering.py": CODE}
    taken, _ = opened(zipped(tmp_path / "Class.zip", files))
    assert [one.name for one in taken.handed] == ["Ada", "Bo"]
    lay(tmp_path / "other", {})
    taken, _ = opened(zipped(tmp_path / "other" / "other.zip", files))
    assert [one.name for one in taken.handed] == ["class"]


def test_names_in_a_zip_survive(tmp_path: Path) -> None:
    """Scripts, emoji, blanks at the end, letter case, compositions: one submission each."""
    names = [*PEOPLE, NFD, "Davis Jr.", "a" * 240, "Ada", "ada", "what?", "CON"]
    path = zipped(tmp_path / "c.zip", {f"{name}/clustering.py": CODE for name in names})
    taken, files = opened(path)
    assert len(taken.handed) == len(names)
    assert files == [{"clustering.py": CODE}] * len(names)
    ids = {student.id for one in taken.handed for student in one.students}
    assert {text(name) for name in names} <= ids


@pytest.mark.parametrize("encoding", ["cp437", "shift_jis", "utf-8"])
def test_names_in_old_encodings_survive(encoding: str, tmp_path: Path) -> None:
    """Bytes without a word on what they are: nothing is lost, and UTF-8 is recognised."""
    name = {"cp437": "Müller", "shift_jis": "田中太郎", "utf-8": "Иванова"}[encoding]
    raw = name.encode(encoding)
    path = zipped(tmp_path / "c.zip", {"x" * len(raw) + "/clustering.py": CODE, "bo.py": CODE})
    path.write_bytes(path.read_bytes().replace(b"x" * len(raw), raw))
    taken, files = opened(path)
    assert len(taken.handed) == 2
    assert files == [{"clustering.py": CODE}] * 2
    ids = {student.id for one in taken.handed for student in one.students}
    assert encoding == "shift_jis" or name in ids


@pytest.mark.parametrize("name", ["../x.py", "/etc/x.py", "C:\\x.py", "ada/../../x.py", "..\\x.py"])
def test_paths_that_leave_are_refused(name: str, tmp_path: Path) -> None:
    """No entry is written elsewhere, on any system."""
    path = zipped(tmp_path / "c.zip", {"ada.py": CODE, name: b"x"})
    shown = name.replace("\\", "/")
    assert refused(path) == (
        f"holds a path that leaves the folder ('{shown}'); download it again, or make the zip anew "
        "with relative paths only"
    )


def special(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def test_links_and_devices_in_a_zip_are_left_out(tmp_path: Path) -> None:
    """They are told and not made; so is a path of too many folders."""
    path = tmp_path / "c.zip"
    deep = "d/" * 25 + "x.py"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ada.py", CODE)
        archive.writestr(special("bo/clustering.py", 0o120777), b"../../secret")
        archive.writestr(special("pipe.py", 0o010644), b"")
        archive.writestr(special("disk.py", 0o060644), b"")
        archive.writestr(deep, b"")
    taken, _ = opened(path)
    assert [one.name for one in taken.handed] == ["ada"]
    assert taken.left_out == (
        "'bo/clustering.py' in 'c.zip' (a link).",
        "'pipe.py' in 'c.zip' (not a regular file).",
        "'disk.py' in 'c.zip' (not a regular file).",
        f"'{deep}' in 'c.zip' (its name is too long).",
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_used_twice_and_odd_trees(tmp_path: Path) -> None:
    """The last of two counts, what is file and folder at once is told, empty folders are there."""
    path = tmp_path / "c.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ada.py", b"old")
        archive.writestr("ada.py", CODE)
        archive.writestr("bo", b"")
        archive.writestr("bo/clustering.py", b"")
        archive.writestr("cy/", b"")
    taken, files = opened(path)
    assert files == [{"clustering.py": CODE}, {}]
    assert [one.name for one in taken.handed] == ["ada", "cy"]
    assert taken.left_out[0] == "'ada.py' is in 'c.zip' more than once: the last one was taken."
    assert taken.left_out[1].startswith("'bo/clustering.py' in 'c.zip' was left out: ")


def test_one_students_bomb_costs_nobody_else(tmp_path: Path) -> None:
    """A file that is too large is not unpacked; its submission alone is refused, in its words."""
    bomb = b"x" * (entries.MAX_MB * 1_000_000 + 1)
    path = zipped(tmp_path / "c.zip", {"a_1_1_clustering.py": CODE, "b_2_2_clustering.py": bomb})
    with intake.opened(path, tmp_path / "out") as taken:
        one, two = taken.handed
        assert graded(one, tmp_path / "clean") == {"clustering.py": CODE}
        assert not any(two.parts[0].path.read_bytes()[:9])
        with pytest.raises(
            submission.SubmissionError, match=r"^'clustering\.py' is larger than 50"
        ):
            submission.collect(two.parts, ONE, tmp_path / "other")


def test_a_class_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a zip, and as what it would unpack to."""
    path = zipped(tmp_path / "c.zip", {"ada.py": bytes(9000), "bo.py": os.urandom(1200)})
    monkeypatch.setattr(entries, "CLASS_MB", 0.009)
    large = "is larger than 0.009 MB; unpack it yourself and name the folder"
    assert refused(path) == large
    monkeypatch.setattr(entries, "CLASS_MB", 0.001)
    assert refused(path) == large.replace("0.009", "0.001")


def test_a_class_of_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted before anything is listed, however the file is read."""
    monkeypatch.setattr(entries, "CLASS_ENTRIES", 3)
    monkeypatch.setattr(downloads, "_CHUNK", 3)
    path = zipped(tmp_path / "c.zip", {f"{i}.py": b"" for i in range(4)})
    assert refused(path) == "holds more than 3 files; unpack it yourself and name the folder"


def overlapping(path: Path, copies: int, size: int) -> Path:
    """A zip whose entries all are the same bytes, as in the bombs that are small and flat."""
    zipped(path, {"00000.py": bytes(size)})
    raw = path.read_bytes()
    local, central = raw.index(b"PK\x03\x04"), raw.index(b"PK\x01\x02")
    end = raw.index(b"PK\x05\x06")
    head = raw[local:central]
    listed = b"".join(
        raw[central:end].replace(b"00000.py", f"{i:05}.py".encode()) for i in range(copies)
    )
    count = struct.pack("<HHLL", copies, copies, len(listed), len(head))
    path.write_bytes(head + listed + raw[end : end + 8] + count + raw[end + 20 :])
    return path


def test_a_bomb_of_overlapping_entries_is_refused(tmp_path: Path) -> None:
    """More than deflate can do is no class, and nothing of it is unpacked."""
    path = overlapping(tmp_path / "c.zip", 400, 4_000_000)
    assert path.stat().st_size < 60_000
    assert refused(path) == (
        "would unpack to more than 1100 times its size, which no honest zip does; download it again"
    )


def test_a_class_without_space_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is unpacked where that can be known, and when it runs out."""
    path = zipped(tmp_path / "c.zip", {"ada.py": CODE})
    wanted = (
        f"no space to unpack it in {tmp_path / 'rooms'}; make some, or unpack it elsewhere and "
        "name that folder"
    )

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(downloads, "_write", full)
        assert refused(path) == wanted
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1))
    assert refused(path) == wanted


DAMAGED = "is damaged; download it again"


def test_a_damaged_zip_is_refused_whole(tmp_path: Path) -> None:
    """A class of which a part is gone is not graded as if it were all."""
    path = zipped(tmp_path / "c.zip", {"ada.py": os.urandom(500), "bo.py": CODE})
    good = path.read_bytes()
    path.write_bytes(good[:60] + bytes(50) + good[110:])
    assert refused(path) == DAMAGED
    path.write_bytes(good[:300])
    assert refused(path) == "is not a zip, or is damaged; download it again, or name a folder"
    path.write_bytes(b"id,name\n")
    assert refused(path) == "is not a zip, or is damaged; download it again, or name a folder"
    size = good.index(b"PK\x01\x02") + 24
    path.write_bytes(good[:size] + struct.pack("<L", 10) + good[size + 4 :])
    assert refused(path) == DAMAGED


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    """A password is nobody's here to know."""
    path = zipped(tmp_path / "c.zip", {"ada.py": CODE})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert refused(path) == "is encrypted; make a zip without a password"


def test_other_compressions_of_a_class_are_refused(tmp_path: Path) -> None:
    """As for one submission."""
    path = zipped(tmp_path / "c.zip", {"ada.py": CODE}, zipfile.ZIP_LZMA)
    assert refused(path) == (
        "uses a compression that is not read here; make an ordinary zip (deflate), or unpack it "
        "yourself and name the folder"
    )


def test_a_zip_that_cannot_be_opened_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system said."""
    path = zipped(tmp_path / "c.zip", {"ada.py": CODE})

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(zipfile, "ZipFile", refuse)
    assert refused(path) == "could not be read (Permission denied); check it and try again"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_changed_byte_of_a_class_gives_submissions_or_one_sentence(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nothing but IntakeError comes out, and nothing is written elsewhere."""
    where = tmp_path_factory.mktemp("fuzz")
    path = zipped(where / "c.zip", {"ada/clustering.py": CODE, "bo.py": CODE})
    raw = bytearray(path.read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    (where / "rooms").mkdir()
    with (
        contextlib.suppress(IntakeError),
        intake.opened(path, where / "out", room=where / "rooms") as taken,
    ):
        assert taken.handed
    assert sorted(p.name for p in where.iterdir()) == ["c.zip", "rooms"]
    assert list((where / "rooms").iterdir()) == []


def test_the_order_is_the_same_every_time(tmp_path: Path) -> None:
    """Whatever order the disk lists in."""
    lay(tmp_path, {f"{name}.py": CODE for name in ("b", "王", "a", "Z")})
    for _ in range(2):
        assert [one.name for one in found(tmp_path).handed] == ["Z", "a", "b", "王"]
