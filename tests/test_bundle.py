"""The zip for Gradescope, and what runs there: both played from end to end.

``gradescope_harness`` plays the platform; what it refuses, it would refuse.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import json
import random
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from packaging.requirements import Requirement

from autograder import bundle, config, gradescope, lateness, overlay
from autograder.gradescope import BundleError, Settings
from autograder.lateness import Charge
from autograder.model import Assignment, CaseResult, LatePolicy, Limits, Verdict
from tests import gradescope_harness as harness
from tests import mini

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Gradescope's machines run Linux")

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "tests" / "gradescope_schema.json").read_text())
LATE = "    late: {grace_minutes: 10, percent_per_day: 10, max_percent: 50, late_days: 1}\n"
VENV = Path(sys.prefix)


def checked(results: dict[str, Any]) -> dict[str, Any]:
    """``results``, which has documented fields alone and reads as what it is."""
    jsonschema.validate(results, SCHEMA)
    extra = results["extra_data"]
    given = [test["score"] for test in results["tests"] if "score" in test]
    assert extra["raw_score"] == pytest.approx(sum(given))
    assert results["score"] == pytest.approx(sum(given) * (1 - extra["late"]["percent"] / 100))
    if not extra["complete"]:
        assert "NOT GRADED" in results["output"]
        assert "The fault is not yours" in results["output"]
    assert "Traceback" not in json.dumps(results)
    return results


# The zip -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mini.write(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def assignment(course: Path) -> Assignment:
    return config.assignment(config.load(course / "grading_config.yaml"), "mini")


def bundled(root: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", "bundle", "mini", "--root", str(root)]
    return subprocess.run(
        [*command, "--out", str(out), *options], cwd=ROOT, capture_output=True, text=True
    )


def test_the_command_says_size_and_settings(course: Path, tmp_path: Path) -> None:
    """One line says how large the zip is, the next what to set, the rest what does not fit."""
    out = tmp_path / "mini.zip"
    done = bundled(course, out)
    assert (done.returncode, done.stderr) == (0, "")
    first, second, *rest = done.stdout.splitlines()
    assert first.startswith(f"{out}  {out.stat().st_size / 1000:.0f} kB")
    assert "10 minutes" in second
    assert "768 MB" in second
    assert [line.partition(":")[0] for line in rest] == ["submission_seconds", "memory_mb"]
    assert [path.name for path in tmp_path.iterdir()] == ["mini.zip"]
    roomy = bundled(course, out, "--minutes", "20", "--memory", "2048")
    assert len(roomy.stdout.splitlines()) == 2


def test_the_same_course_makes_the_same_bytes(course: Path, assignment: Assignment) -> None:
    """Neither the clock nor the order of a folder's files gets into the zip."""
    made = [
        bundle.archive(dict(reversed(list(bundle.contents(assignment, course, s).items()))))
        for s in (Settings("mini"), Settings("mini"))
    ]
    assert made[0] == made[1]


def test_the_zip_is_one_that_gradescope_takes(course: Path, assignment: Assignment) -> None:
    """Both scripts lie at the root, may be run, and have the line ends of a Unix."""
    data = bundle.archive(bundle.contents(assignment, course, Settings("mini")))
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        for info in zipped.infolist():
            mode = info.external_attr >> 16
            assert stat.S_ISREG(mode)
            assert bool(mode & stat.S_IXUSR) == (info.filename in ("setup.sh", "run_autograder"))
        for name in ("setup.sh", "run_autograder"):
            text = zipped.read(name)
            assert text.startswith(b"#!")
            assert b"\r" not in text


def test_only_what_grading_needs_is_in_it(course: Path, assignment: Assignment) -> None:
    """No known mistakes, no variants, no statement, no other assignment, no secret beside them."""
    files = bundle.contents(assignment, course, Settings("mini"))
    assert {name for name in files if name.startswith("solutions/")} == {
        "solutions/mini/mini.py",
        "solutions/mini/checks/public/test_mini_public.py",
        "solutions/mini/checks/hidden/test_mini_hidden.py",
    }
    engine = {f"autograder/{path.name}" for path in (ROOT / "autograder").glob("*.py")}
    assert {name for name in files if name.startswith("autograder/")} == engine
    rest = {name for name in files if not name.startswith(("solutions/", "autograder/"))}
    assert rest == {
        "Dockerfile", "begun.json", "bundle.json", "grading_config.yaml", "requirements.txt",
        "run_autograder", "setup.sh",
    }  # fmt: skip


def test_data_and_given_files_come_along(course: Path, tmp_path: Path) -> None:
    """What the assignment names is in the zip; of what it names and is not there, it says so."""
    root = shutil.copytree(course, tmp_path / "course")
    text = mini.CONFIG.replace("    seed: 7\n", "    seed: 7\n    data: [a/b.csv]\n")
    (root / "grading_config.yaml").write_text(text)
    named = config.load(root / "grading_config.yaml").assignments[0]
    with pytest.raises(BundleError, match=r"b\.csv: cannot be read"):
        bundle.contents(named, root, Settings("mini"))
    (root / "data" / "a").mkdir()
    (root / "data" / "a" / "b.csv").write_bytes(b"1\r\n")
    assert bundle.contents(named, root, Settings("mini"))["data/a/b.csv"] == b"1\r\n"


def test_the_config_is_cut_to_one_assignment(course: Path, tmp_path: Path) -> None:
    """Comments and values of the assignment stay, those of others go, wherever they stand."""
    block = mini.CONFIG.split("assignments:\n")[1]
    first, last = block.replace("mini:", "aaa:", 1), block.replace("mini:", "zzz:", 1)
    path = tmp_path / "grading_config.yaml"
    path.write_text(
        f"# about the course\ncourse: C\nassignments:\n{first}{block}    # ours\n{last}# the end\n"
    )
    middle = config.assignment(config.load(path), "mini")
    part = bundle.config_part(path, middle)
    assert "aaa" not in part
    assert "zzz" not in part
    assert part.startswith("# about the course\n")
    assert "# ours" in part
    path.write_text(part)
    assert config.load(path).assignments == (middle,)


def test_a_config_that_cannot_be_cut_is_refused(tmp_path: Path) -> None:
    """Blocks that share a line or an anchor are named, not cut wrongly."""
    both = yaml.safe_load(mini.CONFIG)
    both["assignments"]["other"] = both["assignments"]["mini"]
    path = tmp_path / "grading_config.yaml"
    path.write_text(json.dumps(both))
    second = config.assignment(config.load(path), "other")
    with pytest.raises(BundleError, match="other cannot be cut out of it"):
        bundle.config_part(path, second)


def test_every_package_is_pinned_to_what_is_installed() -> None:
    """For any Python there is one requirement a package; the newest gets the version from here."""
    lines = bundle.requirements({"numpy", "pytest", "yaml", "json"}).splitlines()
    wanted = [Requirement(line) for line in lines]
    names = {requirement.name for requirement in wanted}
    assert {"numpy", "pytest", "pyyaml", "pluggy", "iniconfig", "packaging"} <= names
    assert not {"pandas", "jinja2", "nbconvert", "json"} & names
    for minor in (10, 11, 12, 13, 14):
        python = {"python_version": f"3.{minor}"}
        chosen = [r for r in wanted if r.marker is None or r.marker.evaluate(python)]
        assert sorted(r.name for r in chosen) == sorted(names)
        if minor == sys.version_info.minor:
            for requirement in chosen:
                assert importlib.metadata.version(requirement.name) in requirement.specifier
                assert str(requirement.specifier).startswith("==")


def test_what_the_checks_import_is_installed_there(course: Path) -> None:
    """Imports of the reference and the checks count; the standard library and each other do not."""
    sources = {
        "solutions/a/one.py": b"import os.path\nfrom scipy import stats\nimport two",
        "solutions/a/two.py": b"def f():\n    import yaml.reader as r, numpy",
        "solutions/a/checks/test_a.py": b"from . import x\nfrom autograder.compare import y",
    }
    assert bundle.imported(sources) == {"scipy", "yaml", "numpy"}


def test_a_package_that_is_not_here_cannot_be_pinned() -> None:
    """It is named, with what to do."""
    with pytest.raises(BundleError, match="no_such_package is not installed here"):
        bundle.requirements({"no_such_package"})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--minutes", "0"], "is not a number of minutes"),
        (["--minutes", "nan"], "is not a number of minutes"),
        (["--memory", "much"], "is not a whole number"),
        (["--require", "perhaps"], "invalid choice"),
        (["--out", "/proc/nowhere/x.zip"], "/proc/nowhere"),
    ],
)
def test_bad_options_are_refused_in_a_sentence(
    course: Path, tmp_path: Path, options: list[str], words: str
) -> None:
    """Exit status 2, what is wrong, and no file."""
    done = bundled(course, tmp_path / "mini.zip", *options)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_limits_fit_into_the_platforms() -> None:
    """A case that begins at the last moment still ends before our deadline, ours before theirs."""
    for minutes in (1, 2, 10, 40):
        settings = Settings("a", minutes=minutes)
        limits = gradescope.fitted(Limits(case_seconds=20, notebook_seconds=10), settings)
        assert limits.submission_seconds + limits.case_seconds <= settings.seconds
        assert settings.seconds < 60 * minutes
    assert gradescope.fitted(Limits(memory_mb=64), settings).memory_mb == 64
    assert gradescope.fitted(Limits(memory_mb=4096), settings).memory_mb < settings.memory_mb


# Lateness ----------------------------------------------------------------------

DUE = "2018-07-31T23:00:00.000000-07:00"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        (DUE, "2018-08-01 06:00:00"),
        ("2018-07-01T14:22:32.365935-07:00", "2018-07-01 21:22:32.365935"),
        ("2018-07-01T14:22:32Z", "2018-07-01 14:22:32"),
        ("2018-07-01T14:22:32.5+0530", "2018-07-01 08:52:32.500000"),
        ("2018-07-01 14:22+00:00", "2018-07-01 14:22:00"),
        ("2018-07-01T14:22:32.123456789Z", "2018-07-01 14:22:32.123456"),
    ],
)
def test_a_moment_is_read_with_its_zone(text: str, utc: str) -> None:
    """Any offset and any number of decimals name the same moment on every Python."""
    found = lateness.moment(text)
    assert found is not None
    assert str(found.astimezone(timezone.utc).replace(tzinfo=None)) == utc


@pytest.mark.parametrize(
    "odd",
    [None, 5, True, "", "yesterday", "2018-07-01", "2018-07-01T14:22:32", "2018-13-01T00:00:00Z",
     "2018-07-01T25:00:00Z", "2018-07-01T14:22:32+99:00", [DUE], {"a": DUE}, DUE * 1000],
)  # fmt: skip
def test_what_names_no_moment_is_none(odd: object) -> None:
    """Without a zone nobody knows when it was; nothing odd raises."""
    assert lateness.moment(odd) is None


@pytest.mark.parametrize(
    ("minutes", "grace", "days"),
    [(-1, 0, 0), (0, 0, 0), (1, 0, 1), (24 * 60, 0, 1), (24 * 60 + 1, 0, 2), (10, 10, 0),
     (11, 10, 1), (24 * 60 + 10, 10, 1), (24 * 60 + 11, 10, 2), (-100000, 5, 0)],
)  # fmt: skip
def test_a_day_that_has_begun_counts(minutes: float, grace: float, days: int) -> None:
    """Days are counted from the end of the grace; the last second of one is still in it."""
    due = datetime(2026, 3, 8, 1, 30, tzinfo=timezone(timedelta(hours=-5)))
    handed_in = (due + timedelta(minutes=minutes)).astimezone(timezone(timedelta(hours=9)))
    assert lateness.days_late(handed_in, due, grace) == days


@pytest.mark.parametrize(
    ("policy", "days", "percent"),
    [
        (LatePolicy(percent_per_day=10), 0, 0),
        (LatePolicy(percent_per_day=10), 3, 30),
        (LatePolicy(percent_per_day=10, late_days=2), 2, 0),
        (LatePolicy(percent_per_day=10, late_days=2), 3, 10),
        (LatePolicy(percent_per_day=10, max_percent=25), 3, 25),
        (LatePolicy(percent_per_day=40), 3, 100),
        (LatePolicy(percent_per_day=0.1), 3, 0.3),
        (LatePolicy(), 300, 0),
    ],
)
def test_the_policy_decides_the_percent(policy: LatePolicy, days: int, percent: float) -> None:
    """Free days first, then so much a day, never more than the most."""
    assert lateness.percent_off(policy, days) == percent


def test_the_latest_date_that_the_platform_knows_counts() -> None:
    """An extension of any of the students goes before the assignment's date, that before ours."""
    early, late, ours = "2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z", "2026-02-02T00:00:00Z"
    users = [{"assignment": {"due_date": d}} for d in (early, late, "odd", None)]
    metadata = {"assignment": {"due_date": early}, "users": [*users, "odd", {}]}
    assert lateness.due_date(metadata, ours) == lateness.moment(late)
    assert lateness.due_date({**metadata, "users": []}, ours) == lateness.moment(early)
    assert lateness.due_date({"assignment": None}, ours) == lateness.moment(ours)
    assert lateness.due_date([], None) is None


POLICY = LatePolicy(grace_minutes=10, percent_per_day=10, max_percent=50, late_days=1)


@pytest.mark.parametrize(
    "metadata",
    [None, [], "x", 7, {}, {"created_at": DUE}, {"assignment": {"due_date": DUE}},
     {"created_at": 5, "assignment": {"due_date": DUE}}, {"created_at": DUE, "assignment": [DUE]},
     {"created_at": DUE, "assignment": {"due_date": "2018-07-31T23:00:00"}, "users": 3}],
)  # fmt: skip
def test_what_cannot_be_judged_is_not_charged(metadata: object) -> None:
    """Nobody pays for what the platform did not say; staff are told what is lacking."""
    found = lateness.charge(POLICY, metadata, None)
    assert (found.days, found.percent) == (None, 0)
    assert "not charged" in found.note
    assert lateness.sentence(POLICY, found) == ""
    assert lateness.charge(LatePolicy(), metadata, None) == Charge()


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, '{"created_at": NaN}', "\x00\udcff", "9" * 10_000, None]
)
def test_metadata_that_cannot_be_read_is_no_metadata(tmp_path: Path, text: str | None) -> None:
    """Whatever lies there, or nothing: no exception, and no charge."""
    path = tmp_path / "submission_metadata.json"
    if text is not None:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    found = lateness.charge(POLICY, gradescope.metadata(path), DUE)
    assert (found.days, found.percent) == (None, 0)


def test_extreme_dates_do_not_overflow() -> None:
    """The first and the last moment there are can be told apart too."""
    first, last = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
    late = {"created_at": last, "assignment": {"due_date": first}}
    assert lateness.charge(POLICY, late, None).percent == 50
    early = {"created_at": first, "assignment": {"due_date": last}}
    assert lateness.charge(POLICY, early, None) == Charge()


# What is written ---------------------------------------------------------------


def test_the_file_is_valid_after_every_case(assignment: Assignment, tmp_path: Path) -> None:
    """Each state has the points given so far, says that it is not the end, and is whole."""
    path = tmp_path / "results.json"
    progress = gradescope.Progress(path, assignment, Charge(2, 10.0))
    results = [
        CaseResult(
            case=case.name,
            question=assignment.question_of(case).key,
            title=case.name,
            function="double",
            verdict=Verdict.ACCEPTED,
            score=case.points,
            max_score=case.points,
        )
        for case in assignment.cases
    ]
    for number, result in enumerate(results, 1):
        progress.add(result)
        state = checked(json.loads(path.read_text()))
        assert state["extra_data"]["raw_score"] == sum(r.max_score for r in results[:number])
        assert len(state["extra_data"]["withheld"]) == len(results) - number
        assert not state["extra_data"]["complete"]
    assert [p.name for p in tmp_path.iterdir()] == ["results.json"]


def test_the_last_word_stands(assignment: Assignment, tmp_path: Path) -> None:
    """What another thread says after the end changes nothing."""
    path = tmp_path / "results.json"
    progress = gradescope.Progress(path, assignment, Charge())
    progress.finish(gradescope.unfinished(assignment, {}, ()))
    before = path.read_bytes()
    progress.end(gradescope.OUT_OF_TIME)
    progress.add(gradescope.unfinished(assignment, {}, ()).cases[0])
    assert path.read_bytes() == before
    assert json.loads(before)["extra_data"]["complete"]


def test_what_is_there_before_grading_is_no_score(assignment: Assignment) -> None:
    """The first file gives and takes no points, and says whose fault that is."""
    state = checked(json.loads(gradescope.begun(assignment)))
    assert not any("score" in test or "max_score" in test for test in state["tests"])
    assert state["extra_data"]["withheld"] == [case.name for case in assignment.cases]


# Played ------------------------------------------------------------------------

HOSTILE = {
    "exits": "import os\n\n\ndef double(x):\n    os._exit(0)\n",
    "hangs": "def double(x):\n    while True:\n        pass\n",
    "hangs at import": "while True:\n    pass\n",
    "prints much": "def double(x):\n    while True:\n        print('x' * 10000)\n",
    "is broken": "def double(x:\n",
    "steals": (
        "import glob, os, sys\n\n\ndef double(x):\n"
        "    for base in (os.getcwd(), *sys.path, '{base}', '/autograder'):\n"
        "        for path in glob.glob(base + '/**/*.py', recursive=True):\n"
        "            if 'twice_of_' + 'every_element' in open(path).read():\n"
        "                return 2 * x\n"
        "    open('{base}/results/results.json', 'w').write('{{}}')\n"
    ),
}


@pytest.fixture(scope="module")
def base(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The small course, bundled and built as the platform builds it."""
    out = tmp_path_factory.mktemp("bundle") / "mini.zip"
    assert bundled(course, out).returncode == 0
    with open_folder() as made:
        done = harness.build(out, made, VENV)
        assert done.returncode == 0, done.stderr
        assert "the reference has all 6 points here" in done.stdout
        assert stat.S_IMODE((made / "source").stat().st_mode) == 0o700
        assert stat.S_IMODE((made / "source" / "solutions").stat().st_mode) == 0o700
        yield made


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, as /autograder is; pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="played-", ignore_cleanup_errors=True) as temporary:
        Path(temporary).chmod(0o755)
        yield Path(temporary)


@pytest.fixture
def changed(base: Path) -> Iterator[Callable[..., Path]]:
    """``changed({file: {old: new}})``: the built bundle with parts of its files replaced."""

    def change(edits: dict[str, dict[str, str]]) -> Path:
        made = shutil.copytree(base, folder, symlinks=True, dirs_exist_ok=True)
        for name, replacements in edits.items():
            path = made / "source" / name
            text = path.read_text()
            for old, new in replacements.items():
                assert old in text
                text = text.replace(old, new)
            path.write_text(text)
        return made

    with open_folder() as folder:
        yield change


def hand_in(folder: Path, text: str | None = mini.REFERENCE) -> Path:
    folder.mkdir()
    if text is not None:
        (folder / "mini.py").write_text(text)
    return folder


def test_a_right_submission_has_full_marks(base: Path, tmp_path: Path) -> None:
    """Graded to the end, sealed, on time, and nothing but the summary is printed."""
    done = harness.grade(base, hand_in(tmp_path / "right"))
    results = checked(done["results"])
    assert (done["status"], results["score"]) == (0, 6)
    assert results["extra_data"]["complete"]
    assert results["extra_data"]["isolation"] == "sealed"
    assert [test["status"] for test in results["tests"]] == ["passed"] * 5
    assert "mini: graded" in done["stdout"]
    assert sorted(path.name for path in (base / "results").iterdir()) == ["results.json", "stdout"]
    assert list((base / "tmp").iterdir()) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_submission_has_no_points(base: Path, tmp_path: Path, name: str) -> None:
    """Whatever it tries, it is graded to the end and its cases fail with their own verdict."""
    text = HOSTILE[name].format(base=base) if name == "steals" else HOSTILE[name]
    done = harness.grade(base, hand_in(tmp_path / "hostile", text))
    results = checked(done["results"])
    assert results["score"] == 0
    assert results["extra_data"]["complete"]
    assert results["extra_data"]["withheld"] == []
    assert len(done["stdout"]) < gradescope.MAX_STDOUT
    assert list((base / "tmp").iterdir()) == []


@pytest.mark.parametrize("name", ["empty.zip", "broken.zip", ""])
def test_an_empty_submission_is_told_so(base: Path, tmp_path: Path, name: str) -> None:
    """No points, no fault of ours, and a sentence at the top."""
    folder = hand_in(tmp_path / "empty", None)
    if name == "empty.zip":
        zipfile.ZipFile(folder / name, "w").close()
    elif name:
        (folder / name).write_bytes(b"PK\x03\x04 and no more")
    results = checked(harness.grade(base, folder)["results"])
    assert results["score"] == 0
    assert results["extra_data"]["complete"]
    assert "hand in" in results["output"]


def test_a_kill_at_any_moment_leaves_a_valid_file(base: Path, tmp_path: Path) -> None:
    """From the first file on: whole, with no points that were not earned, and honest about it."""
    harness.hand_in(base, hand_in(tmp_path / "right"))
    dice, seen = random.Random(7), set()
    for _ in range(8):
        shutil.rmtree(base / "results")
        (base / "results").mkdir()
        process = harness.start(base)
        while not (base / "results" / "results.json").exists():
            assert process.poll() is None
            time.sleep(0.001)
        time.sleep(dice.uniform(0, 1.5))
        harness.kill(process)
        results = checked(harness.read(base))
        complete = results["extra_data"]["complete"]
        assert results["score"] == 6 if complete else results["score"] <= 6
        seen.add(complete)
    assert False in seen


DIES = {"    before = np.array([1.0, 2.0])\n": "    import os, signal, time\n    {}\n"}
HIDDEN = "solutions/mini/checks/hidden/test_mini_hidden.py"


def dies(how: str) -> dict[str, dict[str, str]]:
    """An edit that makes the check of the third case do ``how`` to the grader."""
    return {HIDDEN: {old: new.format(how) for old, new in DIES.items()}}


def test_a_killed_grader_leaves_what_it_knew(changed: Callable[..., Path], tmp_path: Path) -> None:
    """Points so far stand, the rest is withheld, staff are told why."""
    made = changed(dies("os.kill(os.getpid(), signal.SIGKILL)"))
    done = harness.grade(made, hand_in(tmp_path / "right"))
    results = checked(done["results"])
    assert (results["score"], results["extra_data"]["complete"]) == (3, False)
    assert len(results["extra_data"]["withheld"]) == 3
    assert "signal 9" in done["stdout"]


def test_our_deadline_comes_before_theirs(changed: Callable[..., Path], tmp_path: Path) -> None:
    """A check that never ends is cut off by us, with the points so far."""
    edits = {**dies("time.sleep(3600)"), "bundle.json": {"10.0": "0.15"}}
    done = harness.grade(changed(edits), hand_in(tmp_path / "right"), timeout=120)
    results = checked(done["results"])
    assert not results["extra_data"]["complete"]
    assert results["score"] == 3
    assert "The time for one submission was over" in results["output"]


def test_our_own_mistake_is_not_the_students(changed: Callable[..., Path], tmp_path: Path) -> None:
    """A check that breaks, and a config that does: no traceback to students, all of it to staff."""
    made = changed(dies("raise OSError('our secret')"))
    done = harness.grade(made, hand_in(tmp_path / "right"))
    results = checked(done["results"])
    assert results["extra_data"]["withheld"] == ["double_keeps_input"]
    assert "our secret" not in json.dumps(results)
    assert "our secret" in done["stdout"]
    (made / "source" / "grading_config.yaml").write_text("course: 7\n")
    done = harness.grade(made, tmp_path / "right")
    assert done["status"] == 2
    assert not checked(done["results"])["extra_data"]["complete"]
    assert "grading_config.yaml line 1" in done["stdout"]


def test_less_than_sealed_is_refused(changed: Callable[..., Path], tmp_path: Path) -> None:
    """Nothing runs, nobody loses points, students read a kind word and staff the reason."""
    edits = {"grading_config.yaml": {"{call_seconds: 2,": "{processes: 1, call_seconds: 2,"}}
    done = harness.grade(changed(edits), hand_in(tmp_path / "right"))
    results = checked(done["results"])
    assert (done["status"], results["score"]) == (1, 0)
    assert len(results["extra_data"]["withheld"]) == 5
    assert "not set up as it has to be" in results["output"]
    assert "noproc" not in results["output"]
    assert "noproc: " in done["stdout"]
    assert "--require" in done["stdout"]


def test_lateness_is_charged_and_told(changed: Callable[..., Path], tmp_path: Path) -> None:
    """The percent stands at the top, the score is charged, what was earned is kept beside it."""
    made = changed({"grading_config.yaml": {"    seed: 7\n": f"    seed: 7\n{LATE}"}})
    right = hand_in(tmp_path / "right")
    late = {**harness.METADATA, "created_at": "2018-08-02T23:00:00-07:00"}
    results = checked(harness.grade(made, right, late)["results"])
    assert results["score"] == pytest.approx(5.4)
    assert results["extra_data"]["raw_score"] == 6
    assert results["extra_data"]["late"] == {"days": 2, "percent": 10}
    first = results["output"].splitlines()[0]
    assert first == "Late by 2 days, 1 of them free: \N{MINUS SIGN}10 % of the points."
    done = harness.grade(made, right, "[" * 100_000)
    assert checked(done["results"])["score"] == 6
    assert "lateness is not charged" in done["stdout"]


@pytest.mark.parametrize(
    ("name", "edit", "words"),
    [
        (
            "solutions/mini/mini.py",
            (b"2 * np", b"3 * np"),
            "the grader does not work on this machine",
        ),
        ("requirements.txt", (b"numpy", b"numpy==0 # "), "requirements.txt could not be installed"),
        ("autograder/budget.py", (b'"""', b"'"), "the grader does not compile"),
    ],
)
def test_a_build_that_fails_says_why_in_its_last_line(
    course: Path,
    assignment: Assignment,
    tmp_path: Path,
    name: str,
    edit: tuple[bytes, bytes],
    words: str,
) -> None:
    """A bundle that could not grade does not get as far as a student."""
    files = bundle.contents(assignment, course, Settings("mini"))
    files[name] = files[name].replace(*edit, 1)
    (tmp_path / "mini.zip").write_bytes(bundle.archive(files))
    with open_folder() as made:
        done = harness.build(tmp_path / "mini.zip", made, VENV)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("setup.sh: ")
    assert words in last


def test_homework_in_a_root_of_its_own(tmp_path: Path) -> None:
    """hw2's first questions at /autograder itself, where this machine lets us have one."""
    root = tmp_path / "course"
    shutil.copytree(ROOT / "solutions" / "hw2_clustering", root / "solutions" / "hw2_clustering")
    shutil.copytree(ROOT / "data", root / "data")
    course = yaml.safe_load((ROOT / "grading_config.yaml").read_text())
    hw2 = course["assignments"]["hw2_clustering"]
    hw2["questions"] = {key: hw2["questions"][key] for key in ("1.1", "1.2")}
    hw2 |= {"points": 14, "limits": {"call_seconds": 2, "case_seconds": 10, "output_kb": 64}}
    course["assignments"] = {"hw2_clustering": hw2}
    # 1e-6 is a text for this library and a number for us.
    text = yaml.safe_dump(course, sort_keys=False).replace("'1.0e-6'", "1.0e-6")
    (root / "grading_config.yaml").write_text(text)
    part = config.load(root / "grading_config.yaml").assignments[0]
    bundle.build(part, root, tmp_path / "hw2.zip", Settings(part.name))

    reference = (root / "solutions" / part.name / "clustering.py").read_text()
    submissions = {"right": reference, "empty": None}
    wrong = "def softmax(logits):\n    return np.exp(logits)\n"
    hostile = (ROOT / "tests" / "hostile" / "steals_reference.py").read_text()
    submissions["wrong"] = overlay.apply(reference, f'"""Not normalized."""\n\n\n{wrong}')
    submissions["hostile"] = overlay.apply(reference, hostile)
    for name, source in submissions.items():
        (tmp_path / name).mkdir()
        if source is not None:
            (tmp_path / name / "clustering.py").write_text(source)
    build, *lines = harness.play(
        tmp_path / "hw2.zip",
        {name: tmp_path / name for name in submissions},
        venv=VENV,
        private=harness.can_be_private(),
    )
    assert build["status"] == 0
    scores = {line["name"]: checked(line["results"])["score"] for line in lines}
    assert scores == {"right": 14, "empty": 0, "wrong": 7, "hostile": 7}
    assert all(line["results"]["extra_data"]["complete"] for line in lines)
