"""What may be handed in, how it is laid out, and every sentence that refuses it."""

from __future__ import annotations

import json
import os
import re
import struct
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import archives, cells, entries, submission
from autograder.model import Assignment
from autograder.submission import Part, SubmissionError, collect

ONE = Assignment("hw", "Homework", ("clustering.py",), ())
TWO = Assignment("hw", "Homework", ("clustering.py", "plots.py"), ())
CODE = b"def softmax(logits):\r\n    return logits  # caf\xe9\r\n"

needs_posix = pytest.mark.skipif(os.name == "nt", reason="names and links that Windows refuses")


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` and its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def take(
    path: Path, into: Path, assignment: Assignment = ONE
) -> tuple[dict[str, bytes], list[str]]:
    """The files that are graded, and the notices."""
    notices = collect(path, assignment, into / "clean")
    return tree(into / "clean"), notices


def folder_of(where: Path, files: dict[str, bytes]) -> Path:
    folder = where / "handed_in"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


Entry = tuple[str | zipfile.ZipInfo, bytes]


def zip_of(where: Path, entries: list[Entry], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = where / "handed_in.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content, method)
    return path


def special(name: str, mode: int) -> zipfile.ZipInfo:
    """An entry that claims to be a link, a pipe or a device."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def refused(path: Path, into: Path, assignment: Assignment = ONE) -> str:
    """The sentence that refuses ``path``; the destination stays empty."""
    with pytest.raises(SubmissionError) as caught:
        collect(path, assignment, into / "clean")
    assert tree(into / "clean") == {}
    assert list((into / "clean").iterdir()) == []
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


# --- what is taken ------------------------------------------------------------------------


def test_a_folder_is_copied_byte_for_byte(tmp_path: Path) -> None:
    """Line ends, marks and odd encodings survive; helpers and data come along."""
    files = {
        "clustering.py": CODE,
        "marked.py": b"\xef\xbb\xbfx = 1\r\n",
        "kit/deep.py": "größe = 1".encode("utf-16"),
        "data/points.npy": bytes(range(256)),
    }
    assert take(folder_of(tmp_path, files), tmp_path) == (files, [])


def test_a_zip_is_copied_byte_for_byte(tmp_path: Path) -> None:
    """A zip gives the same files as the folder it was made of."""
    files = {"clustering.py": CODE, "kit/deep.py": b"", "notes.txt": b"\x00\xff"}
    assert take(zip_of(tmp_path, [*files.items()]), tmp_path) == (files, [])


def test_a_zip_without_compression_is_taken(tmp_path: Path) -> None:
    """Stored entries are as good as deflated ones."""
    path = zip_of(tmp_path, [("clustering.py", CODE)], zipfile.ZIP_STORED)
    assert take(path, tmp_path) == ({"clustering.py": CODE}, [])


def test_a_zip_with_another_ending_is_taken(tmp_path: Path) -> None:
    """What a file is shows in its bytes: course systems rename uploads."""
    path = zip_of(tmp_path, [("clustering.py", CODE)])
    assert take(path.rename(tmp_path / "upload_123"), tmp_path)[0] == {"clustering.py": CODE}


def test_a_single_file_is_taken(tmp_path: Path) -> None:
    """One ``.py`` file of the right name is a submission."""
    path = folder_of(tmp_path, {"clustering.py": CODE}) / "clustering.py"
    assert take(path, tmp_path) == ({"clustering.py": CODE}, [])


def test_a_single_file_of_another_name_is_renamed(tmp_path: Path) -> None:
    """Where one file is wanted, one file of any name is that file, and the student is told."""
    path = folder_of(tmp_path, {"smith_123_hw2 final.py": CODE}) / "smith_123_hw2 final.py"
    files, notices = take(path, tmp_path)
    assert files == {"clustering.py": CODE}
    assert notices == [
        "'smith_123_hw2 final.py' was taken as clustering.py: use that name next time."
    ]


def test_a_single_file_of_several_keeps_its_name(tmp_path: Path) -> None:
    """Where several files are wanted, one file is not guessed to be the first."""
    path = folder_of(tmp_path, {"other.py": CODE}) / "other.py"
    files, notices = take(path, tmp_path, TWO)
    assert files == {"other.py": CODE}
    assert notices == [
        "clustering.py is missing: hand in a file of exactly that name (found: other.py).",
        "plots.py is missing: hand in a file of exactly that name (found: other.py).",
    ]


@pytest.mark.parametrize("make", [folder_of, lambda w, f: zip_of(w, [*f.items()])])
def test_one_folder_around_everything_is_understood(
    make: Callable[[Path, dict[str, bytes]], Path], tmp_path: Path
) -> None:
    """A submission inside one folder, or two, is taken as if it lay at the top."""
    files = {"hw2/mine/clustering.py": CODE, "hw2/mine/kit/deep.py": b"1"}
    wanted = {"clustering.py": CODE, "kit/deep.py": b"1"}
    assert take(make(tmp_path, files), tmp_path) == (wanted, [])


def test_a_submission_deeper_down_is_found(tmp_path: Path) -> None:
    """The main file's folder becomes the top, its neighbours come along, the rest stays."""
    files = {
        "README.md": b"r",
        "code/clustering.py": CODE,
        "code/kit/deep.py": b"d",
        "code/readme.md": b"inner",
        "notes/a.txt": b"a",
    }
    got, notices = take(folder_of(tmp_path, files), tmp_path)
    assert got == {
        "clustering.py": CODE,
        "kit/deep.py": b"d",
        "readme.md": b"inner",
        "notes/a.txt": b"a",
    }
    assert notices == [
        "clustering.py was found in the folder 'code' and taken from there: "
        "hand it in at the top next time."
    ]


def test_the_shallowest_of_several_is_taken(tmp_path: Path) -> None:
    """An old copy deeper down does not hide the submission."""
    files = {"a/clustering.py": CODE, "a/old/clustering.py": b"old", "b/x.py": b""}
    got, _ = take(folder_of(tmp_path, files), tmp_path)
    assert got["clustering.py"] == CODE


def test_two_equal_candidates_are_not_guessed(tmp_path: Path) -> None:
    """When two folders hold the file, neither is taken and the notice names both."""
    files = {"a/clustering.py": b"1", "b/clustering.py": b"2"}
    got, notices = take(folder_of(tmp_path, files), tmp_path)
    assert got == files
    assert notices == [
        "clustering.py is missing: hand in a file of exactly that name "
        "(found: a/clustering.py, b/clustering.py)."
    ]


def test_the_second_file_is_found_elsewhere(tmp_path: Path) -> None:
    """A wanted file in another folder is taken from there."""
    files = {"clustering.py": CODE, "more/plots.py": b"p"}
    got, notices = take(folder_of(tmp_path, files), tmp_path, TWO)
    assert got == {"clustering.py": CODE, "plots.py": b"p"}
    assert notices == ["'more/plots.py' was taken as plots.py: use that name next time."]


@pytest.mark.parametrize(
    "name",
    ["Clustering.py", "clustering (1).py", "clustering-2.py", "clustering_3.PY", "clustering 4.py"],
)
def test_a_name_that_a_browser_changed_is_understood(name: str, tmp_path: Path) -> None:
    """Copies that a browser numbers, and capital letters, are the wanted file."""
    got, notices = take(folder_of(tmp_path, {name: CODE, "kit.py": b""}), tmp_path, TWO)
    assert got == {"clustering.py": CODE, "kit.py": b""}
    assert notices[0] == f"'{name}' was taken as clustering.py: use that name next time."


@pytest.mark.parametrize("name", ["my_clustering.py", "clusteringx.py", "clustering_old.py"])
def test_another_name_is_not_understood_among_several(name: str, tmp_path: Path) -> None:
    """A file that is merely called something like it is not taken for the wanted one."""
    got, _ = take(folder_of(tmp_path, {name: CODE, "kit.py": b""}), tmp_path)
    assert sorted(got) == sorted([name, "kit.py"])


def test_a_changed_name_in_another_folder_is_not_understood(tmp_path: Path) -> None:
    """Two guesses at once, another folder and another name, are one too many."""
    files = {"a.txt": b"", "old/Clustering.py": CODE}
    assert take(folder_of(tmp_path, files), tmp_path)[0] == files


def test_the_wanted_name_is_never_replaced(tmp_path: Path) -> None:
    """A numbered copy beside the wanted file is only one more file."""
    files = {"clustering.py": CODE, "clustering (1).py": b"copy"}
    assert take(folder_of(tmp_path, files), tmp_path) == (files, [])


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    """An empty submission is no error: the student is told what to hand in."""
    (tmp_path / "empty").mkdir()
    files, notices = take(tmp_path / "empty", tmp_path, TWO)
    assert files == {}
    assert notices == ["The submission is empty: hand in clustering.py, plots.py."]


def test_an_empty_zip_is_told(tmp_path: Path) -> None:
    """A zip without files is an empty submission."""
    files, notices = take(zip_of(tmp_path, [("only/", b"")]), tmp_path)
    assert (files, notices) == ({}, ["The submission is empty: hand in clustering.py."])


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    """A wanted file with nothing in it is taken, and the student is told."""
    files, notices = take(folder_of(tmp_path, {"clustering.py": b""}), tmp_path)
    assert files == {"clustering.py": b""}
    assert notices == ["clustering.py is empty: save it and hand it in again."]


def test_a_folder_that_holds_one_zip_is_that_zip(tmp_path: Path) -> None:
    """Course systems put the uploaded zip into a folder for each student."""
    inner = zip_of(tmp_path, [("hw2/clustering.py", CODE)])
    folder = folder_of(tmp_path, {".DS_Store": b"", "upload/x": b""})
    (folder / "upload" / "x").unlink()
    inner.rename(folder / "upload" / "hw2.ZIP")
    assert take(folder, tmp_path) == ({"clustering.py": CODE}, [])


# --- in parts -----------------------------------------------------------------------------


def parts_of(where: Path, files: dict[str, bytes]) -> list[Part]:
    """Parts whose files on disk are called otherwise, as a course system calls them."""
    where.mkdir(exist_ok=True)
    parts = []
    for number, (name, content) in enumerate(files.items()):
        path = where / f"smithanna_12_{number}_x"
        path.write_bytes(content)
        parts.append(Part(name, path))
    return parts


@pytest.mark.parametrize("name", ["clustering.py", "mine.py", "hw.zip", "hw", "hw.ipynb"])
def test_one_part_is_taken_as_a_path_of_its_name(name: str, tmp_path: Path) -> None:
    """The name that the student gave it decides, and is the one that is told."""
    content = CODE
    if name in ("hw.zip", "hw"):
        content = zip_of(tmp_path, [("clustering.py", CODE)]).read_bytes()
    if name == "hw.ipynb":
        content = notebook("def softmax(logits):\n    return 1")
    (tmp_path / name).write_bytes(content)
    wanted = take(tmp_path / name, tmp_path / "path")
    notices = collect(parts_of(tmp_path / "in", {name: content}), ONE, tmp_path / "clean")
    assert (tree(tmp_path / "clean"), notices) == wanted


def test_a_folder_as_the_only_part_is_the_submission(tmp_path: Path) -> None:
    """Its name is nobody's business."""
    folder = folder_of(tmp_path, {"clustering.py": CODE})
    assert collect([Part("Anna_1_assignsubmission_file", folder)], ONE, tmp_path / "clean") == []
    assert tree(tmp_path / "clean") == {"clustering.py": CODE}


def test_several_parts_are_one_folder(tmp_path: Path) -> None:
    """Files by their names, folders with what they hold; noise and odd names as in a folder."""
    folder = folder_of(tmp_path, {"deep.py": b"d", ".git/x": b""})
    nfd = unicodedata.normalize("NFD", "größe.py")
    files = {"clustering.py": CODE, nfd: b"g", ".DS_Store": b"", "what?.py": b"", "a/b.py": b"b"}
    parts = [*parts_of(tmp_path / "in", files), Part("kit", folder)]
    notices = collect(parts, ONE, tmp_path / "clean")
    assert tree(tmp_path / "clean") == {
        "clustering.py": CODE,
        "größe.py": b"g",
        "a/b.py": b"b",
        "kit/deep.py": b"d",
    }
    assert notices == [
        "Skipped 'what?.py' (its name has characters that not every system can write)."
    ]


@pytest.mark.parametrize("name", ["../x.py", "/x.py", "a/../../x.py", "..\\x.py", "C:\\x.py", ""])
def test_no_part_is_written_elsewhere(name: str, tmp_path: Path) -> None:
    """A name is text that somebody else chose."""
    before = sorted(p.name for p in tmp_path.parent.iterdir())
    parts = parts_of(tmp_path / "in", {"clustering.py": CODE, name: b"x"})
    collect(parts, ONE, tmp_path / "clean")
    assert set(tree(tmp_path / "clean")) <= {"clustering.py", "x.py"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clean", "in"]
    assert sorted(p.name for p in tmp_path.parent.iterdir()) == before


@pytest.mark.parametrize("name", ["../x.py", "/x.py", "a/../../x.py", "..\\x.py"])
def test_the_only_part_is_not_written_elsewhere(name: str, tmp_path: Path) -> None:
    """Of a path that a name pretends to be, the end is the name."""
    collect(parts_of(tmp_path / "in", {name: CODE}), TWO, tmp_path / "clean")
    assert tree(tmp_path / "clean") == {"x.py": CODE}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clean", "in"]


def test_no_parts_are_an_empty_submission(tmp_path: Path) -> None:
    """Nothing was handed in, and that is told."""
    assert collect([], ONE, tmp_path / "clean") == [
        "The submission is empty: hand in clustering.py."
    ]


@needs_posix
def test_a_part_that_is_a_link_is_skipped(tmp_path: Path) -> None:
    """Whatever it points to."""
    parts = parts_of(tmp_path / "in", {"clustering.py": CODE})
    (tmp_path / "in" / "link").symlink_to("/etc/passwd")
    notices = collect([*parts, Part("p.txt", tmp_path / "in" / "link")], ONE, tmp_path / "clean")
    assert tree(tmp_path / "clean") == {"clustering.py": CODE}
    assert notices == ["Skipped 'p.txt' (a link)."]


def test_a_part_that_is_gone_is_refused(tmp_path: Path) -> None:
    """By the name that the student gave it."""
    parts = [*parts_of(tmp_path / "in", {"a.py": b""}), Part("b.py", tmp_path / "gone")]
    with pytest.raises(SubmissionError, match=r"^'b\.py' was not found: hand in a folder"):
        collect(parts, ONE, tmp_path / "clean")


def test_parts_that_are_too_large_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All together, as in a folder."""
    monkeypatch.setattr(entries, "MAX_MB", 0.001)
    parts = parts_of(tmp_path / "in", {"clustering.py": bytes(600), "b.py": bytes(600)})
    with pytest.raises(SubmissionError, match=r"^'the submission' is larger than"):
        collect(parts, ONE, tmp_path / "clean")


@pytest.mark.parametrize("make", [folder_of, None])
def test_a_zip_beside_what_is_no_code_is_opened(
    make: Callable[[Path, dict[str, bytes]], Path] | None, tmp_path: Path
) -> None:
    """A zip and a PDF are a submission in two files; a zip in that zip stays shut."""
    inner = zip_of(tmp_path, [("x.py", b"")]).read_bytes()
    content: list[Entry] = [("hw/clustering.py", CODE), ("hw/more.zip", inner), ("a.pdf", b"in")]
    files = {"hw.zip": zip_of(tmp_path, content).read_bytes(), "a.pdf": b"out", "b.pdf": b"b"}
    path = folder_of(tmp_path, files) if make else parts_of(tmp_path / "in", files)
    notices = collect(path, ONE, tmp_path / "clean")
    got = tree(tmp_path / "clean")
    assert (got["clustering.py"], got["more.zip"], got["b.pdf"]) == (CODE, inner, b"b")
    assert "x.py" not in got
    assert notices[0] == "'a.pdf' is there more than once: the last one was taken."


@pytest.mark.parametrize("other", ["a.py", "kit/a.PY", "second.zip"])
def test_a_zip_beside_code_stays_shut(other: str, tmp_path: Path) -> None:
    """Which of the two counts, nobody can say."""
    files = {"hw.zip": zip_of(tmp_path, [("clustering.py", CODE)]).read_bytes(), other: b"x"}
    collect(folder_of(tmp_path, files), TWO, tmp_path / "clean")
    assert tree(tmp_path / "clean") == files


def test_a_bomb_beside_a_file_is_refused(tmp_path: Path) -> None:
    """What was handed in beside the zip lets it grow by that much, and not by a hundred times."""
    bomb = zip_of(tmp_path, [("clustering.py", bytes(3_000_000))]).read_bytes()
    folder = folder_of(tmp_path, {"hw.zip": bomb, "a.pdf": b"a" * 99})
    assert len(bomb) * entries.MAX_RATIO < 2_000_000
    assert "unpacks to more than 100 times its size" in refused(folder, tmp_path)


# --- what is left out ---------------------------------------------------------------------

NOISE = {
    "__pycache__/clustering.cpython-311.pyc": b"",
    "clustering.pyc": b"",
    ".git/config": b"",
    ".venv/lib/x.py": b"",
    ".hidden.py": b"",
    "kit/.ipynb_checkpoints/deep.py": b"",
    ".DS_Store": b"",
    "Thumbs.db": b"",
    "myenv/pyvenv.cfg": b"",
    "myenv/lib/numpy.py": b"",
    "lib/site-packages/numpy.py": b"",
    "__MACOSX/._clustering.py": b"",
    "__MACOSX/hw2/._x.py": b"",
}


@pytest.mark.parametrize("make", [folder_of, lambda w, f: zip_of(w, [*f.items()])])
def test_caches_and_hidden_files_are_left_out_without_a_word(
    make: Callable[[Path, dict[str, bytes]], Path], tmp_path: Path
) -> None:
    """What tools leave behind is neither graded nor worth a notice, nor hides the nested folder."""
    files = {f"hw2/{name}": content for name, content in NOISE.items() if name[:3] != "__M"}
    files |= {"hw2/clustering.py": CODE, "__MACOSX/._hw2": b"", "__MACOSX/hw2/._x": b""}
    assert take(make(tmp_path, files), tmp_path) == ({"clustering.py": CODE}, [])


def test_a_submission_inside_an_environment_is_read(tmp_path: Path) -> None:
    """An environment is left out below the top; at the top the student's files lie among it."""
    files = {"clustering.py": CODE, "pyvenv.cfg": b""}
    assert take(folder_of(tmp_path, files), tmp_path)[0] == files
    assert take(zip_of(tmp_path, [*files.items()]), tmp_path / "zip")[0] == files


def test_noise_does_not_count_as_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are about what is kept."""
    monkeypatch.setattr(entries, "MAX_FILES", 1)
    assert take(folder_of(tmp_path, {**NOISE, "clustering.py": CODE}), tmp_path)[1] == []


@pytest.mark.parametrize("make", [folder_of, lambda w, f: zip_of(w, [*f.items()])])
def test_compiled_code_is_skipped(
    make: Callable[[Path, dict[str, bytes]], Path], tmp_path: Path
) -> None:
    """Compiled modules are not graded, since nobody can read them; the student is told."""
    files = {"clustering.py": CODE, "fast.cpython-311.so": b"\x7fELF", "kit/fast.PYD": b"MZ"}
    got, notices = take(make(tmp_path, files), tmp_path)
    assert got == {"clustering.py": CODE}
    assert notices == [
        "Skipped 'fast.cpython-311.so' (compiled code; only source is graded).",
        "Skipped 'kit/fast.PYD' (compiled code; only source is graded).",
    ]


@needs_posix
def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    """A link gives nothing of what it points to, be it a file, a folder or nowhere."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "solution.py").write_bytes(b"secret")
    folder = folder_of(tmp_path, {"kit/a.py": b"", "b.py": b""})
    (folder / "clustering.py").symlink_to(secret / "solution.py")
    (folder / "kit" / "more").symlink_to(secret)
    (folder / "nowhere.py").symlink_to("gone")
    (folder / "round").symlink_to(folder)
    got, notices = take(folder, tmp_path, TWO)
    assert got == {"kit/a.py": b"", "b.py": b""}
    assert notices[:4] == [
        "Skipped 'clustering.py' (a link).",
        "Skipped 'nowhere.py' (a link).",
        "Skipped 'round' (a link).",
        "Skipped 'kit/more' (a link).",
    ]


@needs_posix
def test_pipes_in_a_folder_are_skipped(tmp_path: Path) -> None:
    """A pipe would be waited on for ever; it is skipped."""
    folder = folder_of(tmp_path, {"kit.py": b""})
    os.mkfifo(folder / "clustering.py")
    got, notices = take(folder, tmp_path, TWO)
    assert got == {"kit.py": b""}
    assert notices[0] == "Skipped 'clustering.py' (not a regular file)."


@needs_posix
def test_a_file_that_becomes_a_link_is_not_followed(tmp_path: Path) -> None:
    """What was listed as a file and is a link when it is opened is refused."""
    folder = folder_of(tmp_path, {"clustering.py": CODE})
    (entry,) = submission._list_folder(folder, [])
    (folder / "clustering.py").rename(tmp_path / "elsewhere.py")
    (folder / "clustering.py").symlink_to(tmp_path / "elsewhere.py")
    with pytest.raises(SubmissionError, match=r"^'clustering\.py' could not be read"):
        list(entries.chunks(entry))


def test_links_and_devices_in_a_zip_are_not_made(tmp_path: Path) -> None:
    """An entry that claims to be a link, a pipe or a device is skipped."""
    path = zip_of(
        tmp_path,
        [
            ("kit.py", b""),
            (special("clustering.py", 0o120777), b"../../secret.py"),
            (special("pipe", 0o010644), b""),
            (special("disk", 0o060644), b""),
            (special("plain.py", 0o100644), b"p"),
            (special("no_type.py", 0o000644), b"n"),
            (special("folder", 0o040755), b""),
        ],
    )
    got, notices = take(path, tmp_path, TWO)
    assert got == {"kit.py": b"", "plain.py": b"p", "no_type.py": b"n"}
    assert notices[:4] == [
        "Skipped 'clustering.py' (a link).",
        "Skipped 'pipe' (not a regular file).",
        "Skipped 'disk' (not a regular file).",
        "Skipped 'folder' (not a regular file).",
    ]


def test_folders_in_a_zip_are_known_by_every_sign(tmp_path: Path) -> None:
    """A folder may end in a stroke of either kind, or only carry the MS-DOS flag."""
    flagged = zipfile.ZipInfo("kit")
    flagged.external_attr = 0x10
    entries: list[Entry] = [(flagged, b""), ("a/", b""), ("b\\", b""), ("kit/deep.py", b"d")]
    got, notices = take(zip_of(tmp_path, [*entries, ("clustering.py", CODE)]), tmp_path)
    assert (got, notices) == ({"kit/deep.py": b"d", "clustering.py": CODE}, [])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("what?.py", "its name has characters that not every system can write"),
        ("a\nb.py", "its name has characters that not every system can write"),
        ("\u202egnp.py", "its name has characters that not every system can write"),
        ("stream.py:more", "its name has characters that not every system can write"),
        ("dot./x.py", "its name has characters that not every system can write"),
        ("n" * 230 + ".py", "its name is too long"),
        ("ü" * 120 + ".py", "its name is too long"),
        ("d/" * 25 + "x.py", "its name is too long"),
    ],
)
def test_names_that_cannot_be_written_everywhere_are_skipped(
    name: str, reason: str, tmp_path: Path
) -> None:
    """A name that another system, a terminal or a page could choke on is skipped and told."""
    got, notices = take(zip_of(tmp_path, [(name, b""), ("clustering.py", CODE)]), tmp_path)
    assert got == {"clustering.py": CODE}
    (notice,) = notices
    assert notice.startswith("Skipped '")
    assert notice.endswith(f"({reason}).")
    assert notice.isprintable()
    assert len(notice) < 200


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs names of any bytes")
def test_names_of_any_bytes_in_a_folder_are_safe_to_print(tmp_path: Path) -> None:
    """A folder's file whose name is no text is skipped, and its notice is text."""
    folder = folder_of(tmp_path, {"clustering.py": CODE})
    (folder / os.fsdecode(b"caf\xe9.py")).write_bytes(b"")
    got, notices = take(folder, tmp_path)
    assert got == {"clustering.py": CODE}
    (notice,) = notices
    assert notice.startswith("Skipped 'caf?.py'")
    notice.encode("utf-8")


def test_many_skipped_files_are_counted(tmp_path: Path) -> None:
    """The first skipped files are named, the others counted."""
    files = {f"lib{i:02}.so": b"" for i in range(11)}
    _, notices = take(folder_of(tmp_path, {**files, "clustering.py": CODE}), tmp_path)
    assert len(notices) == submission.MAX_SKIPPED + 1
    assert notices[-1] == "Skipped 3 more files."


# --- odd zips -----------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_a_name_used_twice_the_last_is_taken(tmp_path: Path) -> None:
    """A zip may hold a name twice; the last one counts, as when unpacking, and is told."""
    path = zip_of(tmp_path, [("clustering.py", b"old"), ("clustering.py", CODE)])
    files, notices = take(path, tmp_path)
    assert files == {"clustering.py": CODE}
    assert notices == ["'clustering.py' is there more than once: the last one was taken."]


@pytest.mark.parametrize("names", [("clustering.py", "CLUSTERING.py"), ("C.py", "c.py")])
def test_names_that_differ_in_letter_case_are_one(names: tuple[str, str], tmp_path: Path) -> None:
    """The same file is graded on systems that tell letter cases apart and on those that do not."""
    path = zip_of(tmp_path, [(names[0], b"first"), (names[1], b"second")])
    files, notices = take(path, tmp_path)
    taken = names[0] if names[0] == "clustering.py" else names[1]
    assert list(files.values()) == [b"first" if taken == names[0] else b"second"]
    assert notices[0] == (
        f"'{names[0]}' and '{names[1]}' differ in letter case alone: '{taken}' was taken."
    )


def test_strokes_of_windows_are_folders(tmp_path: Path) -> None:
    """Some Windows programs write backslashes; they separate folders all the same."""
    path = zip_of(tmp_path, [("hw2\\clustering.py", CODE), ("hw2\\kit\\deep.py", b"")])
    assert take(path, tmp_path) == ({"clustering.py": CODE, "kit/deep.py": b""}, [])


def test_names_in_unmarked_utf8_are_read(tmp_path: Path) -> None:
    """macOS writes UTF-8, decomposed, without saying so; an import of that name works."""
    name = unicodedata.normalize("NFD", "größe.py").encode()
    path = zip_of(tmp_path, [("clustering.py", CODE), ("x" * len(name), b"g")])
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    assert take(path, tmp_path) == ({"clustering.py": CODE, "größe.py": b"g"}, [])


def test_names_in_an_old_code_page_are_kept(tmp_path: Path) -> None:
    """A name that is no UTF-8 is read in the zip format's own code page."""
    path = zip_of(tmp_path, [("clustering.py", CODE), ("xxxx.txt", b"")])
    path.write_bytes(path.read_bytes().replace(b"xxxx.txt", b"caf\x82.txt"))
    assert sorted(take(path, tmp_path)[0]) == ["café.txt", "clustering.py"]


@needs_posix
def test_decomposed_names_in_a_folder_are_composed(tmp_path: Path) -> None:
    """Python composes names that it imports, so files are written that way."""
    name = unicodedata.normalize("NFD", "größe.py")
    folder = folder_of(tmp_path, {"clustering.py": CODE, name: b"g"})
    assert sorted(take(folder, tmp_path)[0]) == ["clustering.py", "größe.py"]


# --- refusals -----------------------------------------------------------------------------


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A mistyped path is named."""
    assert refused(tmp_path / "typo.zip", tmp_path) == (
        "'typo.zip' was not found: hand in a folder, a .zip, a .py file or an .ipynb notebook."
    )


@needs_posix
def test_a_pipe_is_refused(tmp_path: Path) -> None:
    """A path that is no file and no folder is refused without opening it."""
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe", tmp_path) == (
        "'pipe' is neither a file nor a folder: "
        "hand in a folder, a .zip, a .py file or an .ipynb notebook."
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"Rar!\x1a\x07", b"<html>login</html>", b"PK\x03\x04", b"PK\x05\x06" + b"\xff" * 18],
)
def test_what_is_no_zip_is_refused(content: bytes, tmp_path: Path) -> None:
    """Another kind of archive, a web page or a piece of a zip is named as no zip."""
    path = tmp_path / "handed_in.zip"
    path.write_bytes(content)
    assert refused(path, tmp_path) == (
        "'handed_in.zip' is not a zip, or is damaged: "
        "hand in a folder, a .zip, a .py file or an .ipynb notebook."
    )


def test_a_truncated_zip_is_refused(tmp_path: Path) -> None:
    """A download that stopped halfway is no zip."""
    path = zip_of(tmp_path, [("clustering.py", CODE * 100)])
    path.write_bytes(path.read_bytes()[:60])
    assert "is not a zip, or is damaged" in refused(path, tmp_path)


def test_a_zip_with_changed_bytes_is_refused(tmp_path: Path) -> None:
    """Damage inside an entry shows when it is read, and nothing of it is kept."""
    path = zip_of(tmp_path, [("a.py", b"a" * 99), ("clustering.py", os.urandom(500))])
    raw = bytearray(path.read_bytes())
    place = raw.rindex(b"clustering.py", 0, raw.index(b"PK\x01\x02")) + 100
    raw[place : place + 50] = bytes(50)
    path.write_bytes(raw)
    assert refused(path, tmp_path) == (
        "'handed_in.zip' is damaged: make the zip again and hand in that."
    )


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    """A zip with a password cannot be graded."""
    path = zip_of(tmp_path, [("clustering.py", CODE)])
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x03\x04") + 6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert refused(path, tmp_path) == (
        "'handed_in.zip' is encrypted: make a zip without a password and hand in that."
    )


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(method: int, tmp_path: Path) -> None:
    """A compression that cannot be read in bounded steps is not read at all."""
    path = zip_of(tmp_path, [("clustering.py", CODE)], method)
    assert refused(path, tmp_path) == (
        "'handed_in.zip' uses a compression that is not read here: "
        "make an ordinary zip (deflate) and hand in that."
    )


@pytest.mark.parametrize(
    "name",
    [
        "../clustering.py",
        "kit/../../clustering.py",
        "kit/..",
        "..\\clustering.py",
        "kit\\..\\..\\x.py",
        "/etc/clustering.py",
        "//server/share/x.py",
        "\\\\server\\share\\x.py",
        "C:\\x.py",
        "c:/x.py",
        "C:x.py",
        "__MACOSX/../../x.py",
        "../",
    ],
)
def test_paths_that_leave_the_folder_are_refused(name: str, tmp_path: Path) -> None:
    """No entry is written outside the destination, on any system, and the path is named."""
    path = zip_of(tmp_path, [("clustering.py", CODE), (name, b"x")])
    before = sorted(tmp_path.parent.iterdir())
    shown = name.replace("\\", "/")
    assert refused(path, tmp_path) == (
        f"'handed_in.zip' holds a path that leaves the folder ('{shown}'): "
        "zip the folder again, with relative paths only."
    )
    assert sorted(tmp_path.parent.iterdir()) == before


def test_a_name_that_is_file_and_folder_is_refused(tmp_path: Path) -> None:
    """A zip may call one name a file and a folder; no disk can."""
    path = zip_of(tmp_path, [("kit", b""), ("kit/a.py", b""), ("clustering.py", CODE)])
    assert refused(path, tmp_path) == (
        "'handed_in.zip' has 'kit' both as a file and as a folder: rename one of them."
    )


TOO_LARGE = (
    "is larger than {} MB: hand in only the files that you wrote, without data and environments."
)


@pytest.mark.parametrize("kind", ["folder", "zip", "file", "notebook"])
def test_too_many_bytes_are_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size limit holds for every kind of submission, all files together."""
    monkeypatch.setattr(entries, "MAX_MB", 0.001)
    half = os.urandom(600)
    name = "clustering.ipynb" if kind == "notebook" else "clustering.py"
    files = {name: half * 2} if kind in ("file", "notebook") else {name: half, "b": half}
    path = folder_of(tmp_path, files)
    if kind == "zip":
        path = zip_of(tmp_path, [*files.items()])
    elif kind in ("file", "notebook"):
        path = path / name
    assert refused(path, tmp_path) == f"'{path.name}' " + TOO_LARGE.format(0.001)


def test_a_large_archive_is_refused_unopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive beyond the limit is not even listed, whatever is inside."""
    monkeypatch.setattr(entries, "MAX_MB", 0.001)
    path = zip_of(tmp_path, [(".git/pack", os.urandom(1200)), ("clustering.py", b"")])
    assert refused(path, tmp_path) == "'handed_in.zip' " + TOO_LARGE.format(0.001)


def test_the_limit_itself_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly the limit passes; one byte more does not."""
    monkeypatch.setattr(entries, "MAX_MB", 0.001)
    folder = folder_of(tmp_path, {"clustering.py": bytes(1000)})
    assert take(folder, tmp_path)[1] == []
    (folder / "clustering.py").write_bytes(bytes(1001))
    with pytest.raises(SubmissionError):
        collect(folder, ONE, tmp_path / "other")


def test_a_folder_that_grows_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sizes are counted on what is read, not on what was listed."""
    monkeypatch.setattr(entries, "MAX_MB", 0.001)
    folder = folder_of(tmp_path, {"a.txt": b"", "clustering.py": bytes(900)})
    listed = submission._list_folder(folder, [])
    (folder / "a.txt").write_bytes(bytes(900))
    (tmp_path / "clean").mkdir()
    with pytest.raises(SubmissionError, match="is larger than"):
        submission._write(listed, tmp_path / "clean", folder, None)


def too_many(limit: int) -> str:
    return (
        f"holds more than {limit} files: "
        "hand in only the files that you wrote, without data and environments."
    )


@pytest.mark.parametrize("make", [folder_of, lambda w, f: zip_of(w, [*f.items()])])
def test_too_many_files_are_refused(
    make: Callable[[Path, dict[str, bytes]], Path], tmp_path: Path
) -> None:
    """More files than anyone writes are refused."""
    files = {f"f{i}.py": b"" for i in range(entries.MAX_FILES + 1)}
    path = make(tmp_path, files)
    assert refused(path, tmp_path) == f"'{path.name}' {too_many(entries.MAX_FILES)}"


@pytest.mark.parametrize("make", [folder_of, lambda w, f: zip_of(w, [*f.items()])])
def test_too_many_entries_are_refused_before_they_are_sorted_out(
    make: Callable[[Path, dict[str, bytes]], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Even names that would be skipped are counted, so that listing them stays cheap."""
    monkeypatch.setattr(entries, "MAX_ENTRIES", 5)
    path = make(tmp_path, {f".x{i}": b"" for i in range(6)})
    assert refused(path, tmp_path) == f"'{path.name}' {too_many(5)}"


RATIO = (
    "'handed_in.zip' unpacks to more than 100 times its size: "
    "hand in only the files that you wrote."
)


def test_a_declared_bomb_is_refused(tmp_path: Path) -> None:
    """An archive that says it unpacks to far more than its size is not unpacked."""
    path = zip_of(tmp_path, [("clustering.py", bytes(2_000_000))])
    assert path.stat().st_size * entries.MAX_RATIO < 2_000_000
    assert refused(path, tmp_path) == RATIO


def test_a_small_text_may_shrink_as_much_as_it_likes(tmp_path: Path) -> None:
    """Below a megabyte the ratio says nothing about intent."""
    content = b"x = 0\n" * 100_000
    path = zip_of(tmp_path, [("clustering.py", content)])
    assert path.stat().st_size * entries.MAX_RATIO < len(content)
    assert take(path, tmp_path) == ({"clustering.py": content}, [])


def test_a_bomb_of_overlapping_entries_is_refused(tmp_path: Path) -> None:
    """Many entries that are the same bytes: flat, tiny, and as large as one likes."""
    path = zip_of(tmp_path, [("00000.py", bytes(400_000))])
    raw = path.read_bytes()
    central, end = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    copies = 300
    listed = b"".join(
        raw[central:end].replace(b"00000.py", f"{i:05}.py".encode()) for i in range(copies)
    )
    count = struct.pack("<HHLL", copies, copies, len(listed), central)
    path.write_bytes(raw[:central] + listed + raw[end : end + 8] + count + raw[end + 20 :])
    assert path.stat().st_size < 30_000
    assert "is larger than 50 MB" in refused(path, tmp_path)
    listed = listed[: len(listed) // copies * 20]
    count = struct.pack("<HHLL", 20, 20, len(listed), central)
    path.write_bytes(raw[:central] + listed + raw[end : end + 8] + count + raw[end + 20 :])
    assert refused(path, tmp_path) == RATIO


def test_a_hundred_thousand_entries_are_refused(tmp_path: Path) -> None:
    """Counted before they are opened: each would cost memory."""
    path = tmp_path / "handed_in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("00000.py", b"")
    raw = path.read_bytes()
    central, end = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    listed = raw[central:end] * 100_000
    path.write_bytes(raw[:central] + listed + raw[end:])
    assert refused(path, tmp_path) == f"'handed_in.zip' {too_many(entries.MAX_ENTRIES)}"


def test_a_path_of_very_many_folders_is_skipped_at_once(tmp_path: Path) -> None:
    """The work on a name grows with its length and not with its square."""
    deep = "a/" * 32_000 + "x.py"
    names = [f"{i}/{deep}" for i in range(40)]
    path = zip_of(tmp_path, [("clustering.py", CODE), *((name, b"") for name in names)])
    files, notices = take(path, tmp_path)
    assert files == {"clustering.py": CODE}
    assert notices[0].endswith("(its name is too long).")


def test_names_in_another_old_code_page_survive(tmp_path: Path) -> None:
    """Shift-JIS says nothing of itself: the name is odd, and the file is there."""
    name = "課題.py".encode("shift_jis")
    path = zip_of(tmp_path, [("clustering.py", CODE), ("x" * len(name), b"k")])
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    files, _ = take(path, tmp_path)
    assert sorted(files.values()) == sorted([CODE, b"k"])


def lie_about_size(path: Path, size: int) -> None:
    """Write ``size`` as the unpacked size into both headers of the only entry."""
    raw = bytearray(path.read_bytes())
    local, central = raw.index(b"PK\x03\x04") + 22, raw.index(b"PK\x01\x02") + 24
    raw[local : local + 4] = struct.pack("<L", size)
    raw[central : central + 4] = struct.pack("<L", size)
    path.write_bytes(raw)


def test_a_bomb_that_declares_a_small_size_is_refused(tmp_path: Path) -> None:
    """Reading stops at what was declared, and the lie shows as damage."""
    path = zip_of(tmp_path, [("clustering.py", bytes(2_000_000))])
    lie_about_size(path, 10)
    assert refused(path, tmp_path) == (
        "'handed_in.zip' is damaged: make the zip again and hand in that."
    )


@pytest.mark.parametrize(("limit", "wanted"), [(100, RATIO), (10**9, "is larger than 50 MB")])
def test_a_bomb_is_stopped_while_it_is_read(
    limit: int, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sizes that are really read are judged, even if every declared one was believed."""
    monkeypatch.setattr(entries, "MAX_RATIO", limit)
    path = zip_of(tmp_path, [("clustering.py", bytes(60_000_000))])
    written = []
    with zipfile.ZipFile(path) as archive:
        listed = archives.list_zip(archive, path, [])
        (tmp_path / "clean").mkdir()
        with pytest.raises(SubmissionError, match=re.escape(wanted)):
            submission._write(listed, tmp_path / "clean", path, path.stat().st_size)
        written = [p.stat().st_size for p in (tmp_path / "clean").iterdir()]
    assert sum(written) <= 50_000_000


def test_what_was_written_before_a_refusal_is_removed(tmp_path: Path) -> None:
    """A submission is taken whole or not at all."""
    path = zip_of(tmp_path, [("a/b.py", b"1"), ("c.py", b"2"), ("z.py", os.urandom(400))])
    raw = bytearray(path.read_bytes())
    place = raw.index(b"z.py") + 60
    raw[place : place + 40] = bytes(40)
    path.write_bytes(raw)
    assert "damaged" in refused(path, tmp_path)


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="the administrator may read everything"
)
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    """A file that may not be read is an error that staff can mend, not a missing file."""
    folder = folder_of(tmp_path, {"clustering.py": CODE})
    (folder / "clustering.py").chmod(0)
    assert refused(folder, tmp_path) == (
        "'clustering.py' could not be read (Permission denied): check it and try again."
    )


def test_a_folder_that_vanishes_is_refused(tmp_path: Path) -> None:
    """A folder that cannot be listed is named."""
    with pytest.raises(SubmissionError, match=r"^'gone' could not be read .*: check it and try"):
        submission._list_folder(tmp_path / "gone", [])


def test_a_destination_that_is_in_use_is_our_mistake(tmp_path: Path) -> None:
    """Nothing is ever mixed with files that were there before."""
    folder = folder_of(tmp_path, {"clustering.py": CODE})
    with pytest.raises(ValueError, match="is not empty") as caught:
        collect(folder, ONE, folder)
    assert not isinstance(caught.value, SubmissionError)
    assert tree(folder) == {"clustering.py": CODE}


def test_any_changed_byte_of_a_zip_gives_files_or_one_sentence(tmp_path: Path) -> None:
    """Whatever single byte of a zip is changed, nothing but SubmissionError comes out."""
    path = zip_of(tmp_path, [("hw2/clustering.py", CODE), ("hw2/kit/deep.py", b"x = 1\n" * 9)])
    good = path.read_bytes()
    outcomes = set()
    for place in range(len(good)):
        for change in (0x01, 0xFF):
            path.write_bytes(good[:place] + bytes([good[place] ^ change]) + good[place + 1 :])
            into = tmp_path / f"clean{place}_{change}"
            try:
                collect(path, ONE, into)
                outcomes.add("taken")
            except SubmissionError as exc:
                assert list(into.iterdir()) == []
                outcomes.add(str(exc).partition(" is ")[2].partition(":")[0])
    assert {"taken", "damaged", "encrypted", "not a zip, or is damaged"} <= outcomes


# --- notebooks ----------------------------------------------------------------------------


def notebook(*cells: str | list[str], **more: object) -> bytes:
    made = [{"cell_type": "code", "source": cell} for cell in cells]
    text = {"cell_type": "markdown", "source": "not code ("}
    return json.dumps({"cells": [text, *made], "nbformat": 4, **more}).encode()


def test_a_notebook_becomes_the_main_file(tmp_path: Path) -> None:
    """Definitions are kept in order, each with the number of its code cell."""
    raw = notebook("import math\n", ["def f(x):\n", "    return math.pi\n"], "f(3)")
    path = folder_of(tmp_path, {"clustering.ipynb": raw}) / "clustering.ipynb"
    files, notices = take(path, tmp_path)
    assert files["clustering.py"].decode() == (
        "# code cell 1\nimport math\n\n\n# code cell 2\ndef f(x):\n    return math.pi\n"
    )
    assert files["clustering.ipynb"] == raw
    assert notices == ["clustering.py was made of the code cells of 'clustering.ipynb'."]


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"hw2.ipynb": notebook("a = 1")}, b"a = 1"),
        ({"hw2.ipynb": notebook("a = 1"), "tools.py": b""}, b"a = 1"),
        ({"hw2.ipynb": notebook("a = 1"), "Clustering.ipynb": notebook("b = 2")}, b"b = 2"),
        ({"hw2.ipynb": notebook("a = 1"), "clustering.py": b"c = 3"}, b"c = 3"),
        ({"hw2.ipynb": notebook("print()"), "my.py": b"c = 3"}, b"c = 3"),
        ({"nb/hw2.ipynb": notebook("a = 1"), "x.txt": b""}, b"a = 1"),
    ],
)
def test_the_notebook_stands_in_only_for_a_missing_file(
    files: dict[str, bytes], wanted: bytes, tmp_path: Path
) -> None:
    """The file itself comes first, then the notebook that defines what it holds."""
    got, _ = take(folder_of(tmp_path, files), tmp_path)
    assert got["clustering.py"].splitlines()[-1] == wanted


def test_two_notebooks_are_not_guessed(tmp_path: Path) -> None:
    """Of several notebooks none is taken; the notice names them."""
    files = {"a.ipynb": notebook("a = 1"), "b.ipynb": notebook("b = 1")}
    got, notices = take(folder_of(tmp_path, files), tmp_path)
    assert "clustering.py" not in got
    assert notices == [
        "'a.ipynb' and 'b.ipynb' may each stand for clustering.py: hand in only one of them."
    ]


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("!pip install numpy\nx = 1", "pass\nx = 1"),
        ("!pip install \\\n  numpy\nx = 1", "pass\n\nx = 1"),
        ("if 1:\n    %time f()\nx = 1", "if 1:\n    pass\nx = 1"),
        ("files = !ls\nx = 1", "pass\nx = 1"),
        ("t = %timeit -o f()\nx = 1", "pass\nx = 1"),
        ("np.sum?\nx = 1", "pass\nx = 1"),
        ("?np.sum\nx = 1", "pass\nx = 1"),
        ("%%time\nx = 1", "pass\nx = 1"),
        ("%%capture out\nx = 1", "pass\nx = 1"),
        ("%%bash\nrm -r x = 1", ""),
        ("\n%%html\n<b>x</b>", ""),
        ("x = 10 \\\n% 3", "x = 10 \\\n% 3"),
        ('x = """\n%d of them\n!\n"""', 'x = """\n%d of them\n!\n"""'),
        ('!ls\nx = """\n%d of them\n!\n"""', 'pass\nx = """\n%d of them\n!\n"""'),
        ("!ls\nx = (10\n%b)  # ( \n!ls", "pass\nx = (10\n%b)  # ( \npass"),
        ('!ls\nx = \'"""\'\n!ls', 'pass\nx = \'"""\'\npass'),
        ("x = (10\n  %3)", "x = (10\n  %3)"),
        ("    x = 1\n    y = 2", "x = 1\ny = 2"),
    ],
)
def test_notebook_commands_are_dropped(cell: str, wanted: str) -> None:
    """Lines that only a notebook runs are dropped; Python that looks like them is kept."""
    (made,) = cells.read(notebook(cell), "a.ipynb").cells
    assert made.text == wanted
    assert made.tree is not None


def test_a_cell_that_is_not_python_is_left_out(tmp_path: Path) -> None:
    """One broken cell does not take the others with it, and is told by number."""
    raw = notebook("x = 1", "def broken(:", "y = 2")
    files, notices = take(folder_of(tmp_path, {"clustering.ipynb": raw}), tmp_path)
    assert b"x = 1\n" in files["clustering.py"]
    assert b"y = 2\n" in files["clustering.py"]
    assert notices[1] == "Left out code cell 2 of 'clustering.ipynb': not valid Python."


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b'"cells"',
        b"{}",
        b'{"cells": 3}',
        b'{"cells": [3]}',
        b'{"cells": [{}]}',
        b'{"cells": [{"cell_type": "code", "source": 3}]}',
        b'{"cells": [{"cell_type": "code", "source": [3]}]}',
        b'{"worksheets": []}',
        b"\xff\xfe",
        b"[" * 200_000,
    ],
)
def test_a_broken_notebook_is_refused(raw: bytes, tmp_path: Path) -> None:
    """A notebook that is no notebook is named, whatever it holds."""
    path = folder_of(tmp_path, {"hw2.ipynb": raw})
    assert refused(path, tmp_path) == (
        "'hw2.ipynb' is not a readable notebook: open it, save it and hand it in again."
    )


def test_a_notebook_inside_a_zip_is_read(tmp_path: Path) -> None:
    """Zip and notebook go together."""
    path = zip_of(tmp_path, [("hw2/clustering.ipynb", notebook("x = 1"))])
    assert b"x = 1" in take(path, tmp_path)[0]["clustering.py"]


def test_no_notice_or_refusal_names_a_place_on_this_machine(tmp_path: Path) -> None:
    """Students read names of their own files, never paths of the grader."""
    folder = folder_of(tmp_path, {"other.py": CODE, "x.so": b""})
    _, notices = take(folder, tmp_path, TWO)
    text = " ".join([*notices, refused(tmp_path / "gone", tmp_path / "elsewhere")])
    assert str(tmp_path) not in text
    assert tmp_path.name not in text
