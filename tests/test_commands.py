"""The commands as a person types them: real processes, exit status, one sentence for bad input."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import jsonschema
import pytest

from tests import mini

ROOT = Path(__file__).parent.parent


def run(*args: str | Path, cwd: Path, **kwargs: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", *map(str, args)]
    # What a machine can promise is for test_isolation; these tests run on any.
    if args[0] in ("grade", "grade-all") and (cwd / "grading_config.yaml").exists():
        command += ["--require", "open"]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, **kwargs)  # type: ignore[call-overload,no-any-return]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = mini.write(tmp_path_factory.mktemp("course"))
    done = run("handout", cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    return root


def hand_in(folder: Path, text: str = mini.REFERENCE) -> Path:
    folder.mkdir(parents=True)
    (folder / "mini.py").write_text(text)
    return folder


# grade


def test_grade_prints_the_report_and_writes_files(course: Path, tmp_path: Path) -> None:
    """A low score is still done: status 0; JSON by the documented fields; one page."""
    folder = hand_in(tmp_path / "ada", mini.REFERENCE.replace("2 * np", "3 * np"))
    results, page = tmp_path / "results.json", tmp_path / "report.html"
    done = run("grade", "mini", folder, "--results", results, "--html", page, cwd=course)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Every element is doubled." in done.stdout
    made = json.loads(results.read_text())
    jsonschema.validate(
        made, json.loads((Path(__file__).parent / "gradescope_schema.json").read_text())
    )
    assert made["score"] == 2.0
    assert made["tests"][0]["extra_data"]["function"] == "double"
    assert "<html" in page.read_text()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ada", "report.html", "results.json"]


@pytest.mark.parametrize("mode", ["fork", "plain"])
def test_both_kinds_of_worker_agree(course: Path, tmp_path: Path, mode: str) -> None:
    """Forked or plain, the same submission has the same results."""
    folder = hand_in(tmp_path / "ada")
    done = run("grade", "mini", folder, "--mode", mode, cwd=course)
    assert done.returncode == 0
    assert "6 / 6" in done.stdout


def test_a_zip_and_a_file_are_submissions(course: Path, tmp_path: Path) -> None:
    """What a student hands in may be a zip or the file alone."""
    folder = hand_in(tmp_path / "ada")
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        archive.write(folder / "mini.py", "mini.py")
    for path in (tmp_path / "ada.zip", folder / "mini.py"):
        done = run("grade", "mini", path, cwd=course)
        assert done.returncode == 0
        assert "6 / 6" in done.stdout


# Bad input


def bad(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Status 2, one sentence, no traceback."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr
    if not done.stderr.startswith("usage:"):
        assert done.stderr.startswith("autograder: ")
        assert len(done.stderr.strip().splitlines()) == 1


def test_bad_input_is_one_sentence(course: Path, tmp_path: Path) -> None:
    """What is wrong, where, what to do next; nothing else."""
    folder = hand_in(tmp_path / "ada")
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 and no more")
    notebook = tmp_path / "work.ipynb"
    notebook.write_text("{ no json")
    empty = tmp_path / "empty"
    empty.mkdir()
    bad(run("grade", "minni", folder, cwd=course), "minni", "mini")
    bad(run("grade", "mini", tmp_path / "nobody", cwd=course), "nobody")
    bad(run("grade", "mini", broken, cwd=course), "broken.zip")
    bad(run("grade", "mini", notebook, cwd=course), "work.ipynb")
    bad(run("grade", "mini", folder, cwd=empty), "grading_config.yaml", "--root")
    bad(run("grade", "mini", folder, "--results", broken / "r.json", cwd=course), "broken.zip")
    bad(run("grade-all", "mini", empty, "--out", tmp_path / "out", cwd=course), "no submissions")
    bad(run("grade-all", "mini", tmp_path / "x", "--out", tmp_path / "out", cwd=course), "no such")
    bad(run("grade-all", "mini", tmp_path, "--out", folder / "mini.py", cwd=course), "mini.py")
    bad(run("check", empty, cwd=course), "handout.json")
    bad(run("verify", "--jobs", "0", cwd=course), "--jobs")
    bad(run("nonsense", cwd=course), "nonsense")
    assert not (tmp_path / "out").exists()


def test_a_wrong_config_key_is_one_sentence(tmp_path: Path) -> None:
    """File, line, the key, and the legal ones."""
    root = mini.write(tmp_path / "course")
    path = root / "grading_config.yaml"
    path.write_text(path.read_text().replace("    seed: 7", "    sead: 7"))
    done = run("grade", "mini", hand_in(tmp_path / "ada"), cwd=root)
    bad(done, "grading_config.yaml line 9", "sead", "seed")


def test_a_full_disk_is_one_sentence(course: Path, tmp_path: Path) -> None:
    """A report that cannot be printed ends with status 2 and says why."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    command = [sys.executable, "-m", "autograder", "grade", "mini", hand_in(tmp_path / "ada")]
    command += ["--require", "open"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, cwd=course, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    bad(done, "No space left on device")


# handout and check


def test_a_handout_is_built_fresh_and_checked(course: Path) -> None:
    """Built: fresh. Edited: stale, status 1, and the command that mends it."""
    assert run("handout", "--check", cwd=course).returncode == 0
    stub = course / "assignments/mini/mini.py"
    text = stub.read_text()
    assert "twice_of_every_element" not in text
    assert "raise NotImplementedError" in text
    stub.write_text(text + "# edited\n")
    done = run("handout", "--check", cwd=course)
    assert done.returncode == 1
    assert "autograder handout mini" in done.stderr
    stub.write_text(text)


@pytest.fixture
def handed_out(course: Path, tmp_path: Path) -> Path:
    """A handout on a student's machine: a copy, elsewhere, with its own engine."""
    return Path(shutil.copytree(course / "assignments/mini", tmp_path / "my handout"))


def student_env() -> dict[str, str]:
    """The handout's own engine must be used, not the one installed here."""
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}


def test_the_untouched_handout_passes_nothing(handed_out: Path) -> None:
    """The student's command, in the handout."""
    done = run("check", cwd=handed_out, env=student_env())
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 of 2 public cases passed; 3 hidden cases run after you submit" in done.stdout
    assert "Not implemented yet" in done.stdout


def test_the_solved_handout_passes_everything(handed_out: Path) -> None:
    """The same checks, worker and words on the student's machine, and under plain pytest."""
    (handed_out / "mini.py").write_text(mini.REFERENCE)
    for mode in ("fork", "plain"):
        done = run("check", "--mode", mode, cwd=handed_out, env=student_env())
        assert (done.returncode, done.stderr) == (0, "")
        assert "2 public cases passed; 3 hidden cases run after you submit" in done.stdout
    plain = subprocess.run(
        [sys.executable, "-m", "pytest"],
        cwd=handed_out,
        capture_output=True,
        text=True,
        check=False,
    )
    assert plain.returncode == 0, plain.stdout
    assert "2 passed" in plain.stdout


def test_plain_pytest_says_the_same_words(handed_out: Path) -> None:
    """A wrong answer under plain pytest reads as it does in the report."""
    (handed_out / "mini.py").write_text(mini.REFERENCE.replace("2 * np", "3 * np"))
    plain = subprocess.run(
        [sys.executable, "-m", "pytest"],
        cwd=handed_out,
        capture_output=True,
        text=True,
        check=False,
    )
    assert plain.returncode == 1
    assert "Every element is doubled." in plain.stdout
    assert "Multiply by two." in plain.stdout
    assert "Traceback" not in plain.stdout


def test_a_handout_has_only_the_students_command(handed_out: Path) -> None:
    """The handout's own engine answers, and it cannot grade."""
    done = run("grade", "mini", ".", cwd=handed_out, env=student_env())
    assert done.returncode == 2
    assert "invalid choice" in done.stderr


def test_a_damaged_handout_is_one_sentence(handed_out: Path) -> None:
    """A record that cannot be read says where to get another."""
    (handed_out / "handout.json").write_text("{")
    bad(run("check", cwd=handed_out, env=student_env()), "handout.json", "fresh handout")


# grade-all


@pytest.fixture
def classroom(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    hand_in(folder / "ada")
    hand_in(folder / "boris", mini.REFERENCE.replace("2 * np", "3 * np"))
    hand_in(folder / "chloé", "import os\nos._exit(0)\n")
    (folder / "dora.zip").write_bytes(b"PK\x03\x04")
    (folder / "notes.txt").write_text("not a submission")
    return folder


CANVAS_ROSTER = """\
Student,ID,SIS User ID,SIS Login ID,Section,Small sums (77)
Points Possible,,,,,6
"Lovelace, Ada",101,u101,ada,A,
"Cauchy, Boris",102,u102,boris,A,
"Absent, Ann",103,u103,ann,B,
"""


def test_grade_all_takes_canvas_download_and_roster(course: Path, tmp_path: Path) -> None:
    """The zip as it comes; a blank for who handed in nothing; grades that Canvas imports."""
    archive = tmp_path / "submissions.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("lovelaceada_101_9001_mini.py", mini.REFERENCE)
        wrong = mini.REFERENCE.replace("2 * np", "3 * np")
        file.writestr("cauchyboris_LATE_102_9002_mini.py", wrong)
    roster = tmp_path / "roster.csv"
    roster.write_text(CANVAS_ROSTER)
    out = tmp_path / "out"
    command = ["grade-all", "mini", archive, "--out", out, "--roster", roster, "--jobs", "1"]
    done = run(*command, "--format", "canvas", "--format", "excel", cwd=course)
    assert done.returncode == 0, done.stderr
    assert "Canvas's download: 2 submissions of 2 students" in done.stdout
    assert "Roster     3 students, 1 of them handed in nothing" in done.stdout
    assert (out / "similarity.html").is_file()
    with (out / "gradebook.csv").open(encoding="utf-8-sig") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert [row["total"] for row in rows.values()] == ["6.0", "2.0", ""]
    late = next(row for row in rows.values() if row["total"] == "2.0")
    assert "Canvas marks it as late" in late["flags"]
    with (out / "gradebook_canvas.csv").open(encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    assert [line[-1] for line in lines[1:]] == ["6", "6", "2", ""]

    again = run(*command, "--no-similarity", cwd=course)
    assert "2 of 2 results are kept" in again.stderr
    assert (
        "Of an earlier run, and not written now: gradebook_canvas.csv, gradebook.xlsx, "
        "similarity.html" in again.stdout
    )


def test_an_export_that_cannot_be_is_refused_before_the_first_submission(
    course: Path, classroom: Path, tmp_path: Path
) -> None:
    """With a roster that lacks what the platform asks for, and without any."""
    out = tmp_path / "out"
    done = run("grade-all", "mini", classroom, "--out", out, "--format", "moodle", cwd=course)
    bad(done, "the roster has neither for")
    assert not out.exists()


def test_results_of_another_assignment_are_not_written_over(
    course: Path, classroom: Path, tmp_path: Path
) -> None:
    """Two assignments, two folders."""
    out = tmp_path / "out"
    (out / ".journal").mkdir(parents=True)
    (out / ".journal" / "assignment").write_text("other\n")
    done = run("grade-all", "mini", classroom, "--out", out, cwd=course)
    bad(done, "holds the results of other; name another folder with --out")


def test_grade_all_grades_a_class(course: Path, classroom: Path, tmp_path: Path) -> None:
    """A row, a results.json and a page for each; what cannot be opened costs nobody else."""
    out = tmp_path / "out"
    done = run("grade-all", "mini", classroom, "--out", out, "--jobs", "2", cwd=course)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    with (out / "gradebook.csv").open(encoding="utf-8-sig") as file:
        rows = {row["submission"]: row for row in csv.DictReader(file)}
    assert {name: float(row["total"]) for name, row in rows.items()} == {
        "ada": 6, "boris": 2, "chloé": 0, "dora": 0,
    }  # fmt: skip
    for name in rows:
        made = json.loads((out / name / "results.json").read_text())
        assert made["score"] == float(rows[name]["total"])
        assert (out / name / "report.html").is_file()
    assert "dora.zip" in json.loads((out / "dora" / "results.json").read_text())["output"]
    assert "ada" in (out / "report.html").read_text()
    assert "gradebook.csv" in done.stdout


@pytest.mark.parametrize("to", ["all", "command"])
def test_ctrl_c_keeps_what_is_finished(
    course: Path, classroom: Path, tmp_path: Path, to: str
) -> None:
    """One sentence, status 2, whole files only; so too when the command alone is told to end."""
    for number in range(6):
        hand_in(classroom / f"slow{number}", "import time\ntime.sleep(1.5)\n" + mini.REFERENCE)
    out = tmp_path / "out"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "autograder", "grade-all", "mini", classroom),
            *("--out", out, "--jobs", "1", "--require", "open"),
        ],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for _ in range(400):
        if (out / "ada" / "results.json").exists():  # the last of a submission's files
            break
        time.sleep(0.05)
    if to == "all":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "interrupted; what was finished is kept" in said
    assert "Traceback" not in said
    for made in out.rglob("results.json"):
        json.loads(made.read_text())
    assert (out / "ada" / "results.json").exists()
    assert not list(out.rglob("*.tmp*"))


# verify


def test_verify_accepts_a_right_grader(course: Path) -> None:
    """Status 0 and a line for each candidate."""
    done = run("verify", "mini", cwd=course)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "killed by double_by_hand, double_values" in done.stdout
    assert "the grader is right" in done.stdout


def test_verify_draws_the_exam(course: Path) -> None:
    """One assignment: the page is FILE itself, and the text is printed all the same."""
    done = run("verify", "mini", "--once", "--only", "variant", "--html", "new/e.html", cwd=course)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(f"{Path('new/e.html')} written\n")
    page = (course / "new" / "e.html").read_text(encoding="utf-8")
    assert "Nothing is wrong in the part of the exam that was run (1 candidate" in page


def test_verify_draws_each_of_several_exams(course: Path) -> None:
    """The assignment's name goes before the suffix, so that no page replaces another."""
    options = ["--once", "--only", "variant", "--html", "e.html"]
    done = run("verify", "mini", "mini", *options, cwd=course)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (course / "e_mini.html").is_file()
    assert not (course / "e.html").exists()


def test_a_page_of_what_is_not_run_is_refused(course: Path) -> None:
    """Measuring tolerances is no exam."""
    done = run("verify", "mini", "--calibrate", "--html", "e.html", cwd=course)
    assert done.returncode == 2
    assert done.stderr == (
        "autograder: --html draws the exam, and --calibrate runs none: leave one out\n"
    )


def test_data_is_listed() -> None:
    """The data that is here is named."""
    done = run("data", cwd=ROOT)
    assert done.returncode == 0
    assert "fruit.bmp" in done.stdout
