"""`autograder data fetch` against real servers on this machine; nothing here uses the internet."""

from __future__ import annotations

import hashlib
import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import datasets, fetch, tops
from tests.test_tops import SPLITS, write_originals

ROOT = Path(__file__).parent.parent
FIRST = tops.images_name("train")
NAMES = tuple(fetch.MD5)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests go to this machine even where a proxy is set."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


class Mirrors:
    """A server whose first path part says how it behaves; ``asked`` holds what was asked."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[tuple[str, str, str]] = []
        """Behaviour, file and Range header of each request."""

        mirrors = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                _, behaviour, name = self.path.split("/")
                wanted = self.headers.get("Range", "")
                mirrors.asked.append((behaviour, name, wanted))
                getattr(self, behaviour)(mirrors.files[name], wanted)

            def send(self, body: bytes, status: int = 200, **headers: object) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(headers.pop("length", len(body))))
                for key, value in headers.items():
                    self.send_header(key.replace("_", "-"), str(value))
                self.end_headers()
                self.wfile.write(body)

            def good(self, content: bytes, wanted: str) -> None:
                start = int(wanted[len("bytes=") : -1] or 0)
                if start and start >= len(content):
                    self.send(b"", 416, Content_Range=f"bytes */{len(content)}")
                elif start:
                    place = f"bytes {start}-{len(content) - 1}/{len(content)}"
                    self.send(content[start:], 206, Content_Range=place)
                else:
                    self.send(content)

            def cut(self, content: bytes, wanted: str) -> None:
                """The first answer stops in the middle."""
                if wanted:
                    self.good(content, wanted)
                else:
                    self.send(content[: len(content) // 2], length=len(content))

            def always_cut(self, content: bytes, wanted: str) -> None:
                """Every answer is ten bytes of what is missing."""
                start = int(wanted[len("bytes=") : -1] or 0)
                place = f"bytes {start}-{len(content) - 1}/{len(content)}"
                more = {"Content_Range": place} if start else {}
                rest = content[start:]
                self.send(rest[:10], 206 if start else 200, length=len(rest), **more)

            def no_range(self, content: bytes, wanted: str) -> None:
                self.send(content)

            def other_range(self, content: bytes, wanted: str) -> None:
                self.send(content[:5], 206, Content_Range=f"bytes 0-4/{len(content)}")

            def wrong(self, content: bytes, wanted: str) -> None:
                self.send(b"<html>Please log in</html>")

            def gone(self, content: bytes, wanted: str) -> None:
                self.send(b"", 404)

            def garbage(self, content: bytes, wanted: str) -> None:
                self.wfile.write(b"this is no HTTP at all\r\n\r\n")

            def without_length(self, content: bytes, wanted: str) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(content)

            def silent(self, content: bytes, wanted: str) -> None:
                mirrors.stop.wait(30)

            def stuck(self, content: bytes, wanted: str) -> None:
                """The first answer stops in the middle, and the line stays open."""
                if wanted:
                    self.good(content, wanted)
                else:
                    self.send(content[: len(content) // 2], length=len(content))
                    mirrors.stop.wait(30)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.stop = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def url(self, behaviour: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{behaviour}/"

    def close(self) -> None:
        self.stop.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def check(name: str, content: bytes) -> str:
    """As in datasets.KNOWN_TOPS: git's id for x_train, else SHA-256."""
    if name.endswith("x_train.csv"):
        return "git:" + hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    return "sha256:" + hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four small originals, as a mirror has them."""
    folder = tmp_path_factory.mktemp("published")
    write_originals(folder)
    return folder


@pytest.fixture(scope="module")
def wanted(published: Path) -> dict[str, bytes]:
    """The six files that come of them."""
    return dict(tops.make(published, SPLITS))


@pytest.fixture
def mirrors(published: Path) -> Iterator[Mirrors]:
    served = Mirrors({name: (published / name).read_bytes() for name in NAMES})
    yield served
    served.close()


class Run:
    """`fetch` into a folder from mirrors of given behaviours."""

    def __init__(self, folder: Path, mirrors: Mirrors, wanted: dict[str, bytes]) -> None:
        self.folder, self.mirrors, self.wanted = folder, mirrors, wanted
        self.known = {name: check(name, content) for name, content in wanted.items()}
        self.said: list[str] = []

    def __call__(self, *behaviours: str, **source: object) -> bool:
        made = fetch.Source(
            mirrors=[b if "://" in b else self.mirrors.url(b) for b in behaviours],
            md5={n: hashlib.md5(c).hexdigest() for n, c in self.mirrors.files.items()},
            known=self.known,
            splits=SPLITS,
            **source,  # type: ignore[arg-type]
        )
        self.said.clear()
        return fetch.fetch(self.folder, made, self.said.append)

    def part(self, content: bytes) -> None:
        """What an earlier run has left of the first file."""
        folder = self.folder / fetch.ORIGINALS
        folder.mkdir(parents=True)
        (folder / f"{FIRST}.part").write_bytes(content)

    def complete(self) -> bool:
        """Every file is there, right, and nothing else."""
        files = {p.name: p.read_bytes() for p in self.folder.iterdir() if p.is_file()}
        originals = {p.name: p.read_bytes() for p in (self.folder / fetch.ORIGINALS).iterdir()}
        return files == self.wanted and originals == self.mirrors.files

    def ranges(self, name: str = FIRST) -> list[tuple[str, str]]:
        """What was asked about a file: behaviour and Range of each request."""
        return [(behaviour, text) for behaviour, file, text in self.mirrors.asked if file == name]


@pytest.fixture
def run(tmp_path: Path, mirrors: Mirrors, wanted: dict[str, bytes]) -> Run:
    return Run(tmp_path / "tops", mirrors, wanted)


def test_everything_is_fetched_made_and_checked(run: Run) -> None:
    """Four originals and six files are there; each is named with the check that it passed."""
    assert run("good")
    assert run.complete()
    assert run.mirrors.asked == [("good", name, "") for name in NAMES]
    for name in NAMES:
        assert f"{name}: fetched from {run.mirrors.url('good')}, MD5 ok" in run.said
    for name in run.wanted:
        kind = "git blob id" if name.endswith("x_train.csv") else "SHA-256"
        assert f"{name}: {kind} ok" in run.said


def test_what_is_here_and_right_is_not_fetched_again(run: Run) -> None:
    """A second run asks for nothing; a lost file is made again from the originals."""
    run("good")
    run.mirrors.asked.clear()
    assert run("good")
    assert len(run.said) == 1
    assert "here and right" in run.said[0]
    lost = run.folder / next(iter(run.wanted))
    lost.write_bytes(lost.read_bytes()[:-1])
    assert run("good")
    assert run.complete()
    assert run.mirrors.asked == []
    assert f"{FIRST}: already here, MD5 ok" in run.said


def test_a_spoiled_original_is_fetched_again(run: Run) -> None:
    """Only the file whose MD5 is wrong is asked for."""
    run("good")
    (run.folder / fetch.ORIGINALS / FIRST).write_bytes(b"spoiled")
    next(run.folder.glob("*.csv")).unlink()
    run.mirrors.asked.clear()
    assert run("good")
    assert run.complete()
    assert run.mirrors.asked == [("good", FIRST, "")]


def test_a_cut_connection_goes_on_where_it_stopped(run: Run) -> None:
    """The same mirror is asked for the rest only."""
    assert run("cut")
    assert run.complete()
    half = len(run.mirrors.files[FIRST]) // 2
    assert run.ranges() == [("cut", ""), ("cut", f"bytes={half}-")]


def test_what_an_earlier_run_left_is_continued(run: Run) -> None:
    """A .part file is asked for from its end on."""
    run.part(run.mirrors.files[FIRST][:1000])
    assert run("good")
    assert run.complete()
    assert run.ranges() == [("good", "bytes=1000-")]


def test_a_part_that_is_already_whole_is_taken(run: Run) -> None:
    """Where nothing follows the .part file, its MD5 decides."""
    run.part(run.mirrors.files[FIRST])
    assert run("good")
    assert run.complete()
    assert len(run.ranges()) == 1


@pytest.mark.parametrize("length", [100, 10**6])
def test_a_part_of_something_else_is_thrown_away(run: Run, length: int) -> None:
    """With a wrong beginning the MD5 is wrong, so the same mirror is asked once more for all."""
    run.part(b"x" * length)
    assert run("good")
    assert run.complete()
    assert run.ranges() == [("good", f"bytes={length}-"), ("good", "")]


def test_a_server_that_ignores_the_range_sends_all(run: Run) -> None:
    """Then what was there is overwritten, not added to."""
    run.part(run.mirrors.files[FIRST][:1000])
    assert run("no_range")
    assert run.complete()
    assert run.ranges() == [("no_range", "bytes=1000-")]


def test_a_file_without_a_length_is_judged_by_its_md5(run: Run) -> None:
    """A server need not say how much it sends."""
    assert run("without_length")
    assert run.complete()


@pytest.mark.parametrize("bad", ["wrong", "gone", "garbage", "always_cut", "http://127.0.0.1:1/"])
def test_the_next_mirror_is_asked(run: Run, bad: str) -> None:
    """After a wrong MD5, an error, nonsense, too many cuts or no connection at all."""
    assert run(bad, "good")
    assert run.complete()
    assert sum(behaviour == "good" for behaviour, _ in run.ranges()) in (1, 2)


def test_another_range_than_asked_for_is_refused(run: Run) -> None:
    """An answer from another place would spoil what is there."""
    run.part(run.mirrors.files[FIRST][:1000])
    assert run("other_range", "good")
    assert run.complete()
    assert run.ranges() == [("other_range", "bytes=1000-"), ("good", "bytes=1000-")]


@pytest.mark.parametrize("bad", ["silent", "stuck"])
def test_a_silent_server_is_given_up(run: Run, bad: str) -> None:
    """After the time-out the rest is asked for elsewhere; what has arrived is kept."""
    assert run(bad, "good", timeout=0.3)
    assert run.complete()
    if bad == "stuck":
        half = len(run.mirrors.files[FIRST]) // 2
        assert run.ranges() == [("stuck", ""), ("stuck", f"bytes={half}-")]


def test_a_server_that_sends_too_much_is_stopped(run: Run) -> None:
    """A file is never longer than the largest of the four can be."""
    with pytest.raises(fetch.FetchError, match="it sends too much"):
        run("good", most=1000)


def test_without_a_mirror_one_sentence_says_what_to_do(run: Run) -> None:
    """It names each mirror with its reason, the folder and the files to put there by hand."""
    with pytest.raises(fetch.FetchError) as error:
        run("gone", "wrong", "garbage", "always_cut", "http://127.0.0.1:1/")
    said = str(error.value)
    assert "\n" not in said
    for behaviour, why in (
        ("gone", "404"),
        ("wrong", "its MD5 is wrong"),
        ("garbage", "this is no HTTP"),
        ("always_cut", "the connection was cut after"),
    ):
        assert f"{run.mirrors.url(behaviour)} (" in said
        assert why in said
    assert "http://127.0.0.1:1/ (Connection refused)" in said or sys.platform == "win32"
    for name in NAMES:
        assert name in said
    assert f"into {run.folder / fetch.ORIGINALS} by hand" in said
    assert not list(run.folder.rglob("*.csv"))
    assert not (run.folder / fetch.ORIGINALS / FIRST).exists()


def test_files_put_there_by_hand_are_used(run: Run, published: Path) -> None:
    """With the four originals in place no network is needed; a wrong one is named."""
    folder = run.folder / fetch.ORIGINALS
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / name).write_bytes((published / name).read_bytes())
    assert run("http://127.0.0.1:1/")
    assert run.complete()
    next(run.folder.glob("*.csv")).unlink()
    (folder / FIRST).write_bytes(b"something else")
    with pytest.raises(fetch.FetchError, match=r"the file in \S+ \(its MD5 is wrong\)"):
        run("http://127.0.0.1:1/")


def test_other_content_than_the_courses_is_not_written(run: Run) -> None:
    """When the originals are right but the result differs, it says so and writes none of it."""
    name = f"{datasets.TOPS}_x_valid.csv"
    run.known[name] = "sha256:" + "0" * 64
    assert not run("good")
    assert f"{name}: SHA-256 DIFFERS from the course data" in run.said
    assert "nothing was written" in run.said[-1]
    assert "SciPy" in run.said[-1]
    assert [path.name for path in run.folder.iterdir()] == [fetch.ORIGINALS]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("name", [f"{fetch.ORIGINALS}/{FIRST}", f"{datasets.TOPS}_y_test.csv"])
def test_a_full_disk_is_one_sentence(run: Run, name: str) -> None:
    """No other mirror is asked for what the disk does not take; nothing half-written is left."""
    (run.folder / fetch.ORIGINALS).mkdir(parents=True)
    (run.folder / f"{name}.part").symlink_to("/dev/full")
    with pytest.raises(fetch.FetchError, match=r"No space left on device\. .* make room") as error:
        run("good", "no_range")
    assert "\n" not in str(error.value)
    assert all(behaviour == "good" for behaviour, _, _ in run.mirrors.asked)
    assert not list(run.folder.glob("*.csv*"))


def test_a_folder_that_cannot_be_made_is_one_sentence(run: Run) -> None:
    """The sentence names the path and the option for another one."""
    run.folder.write_text("a file")
    with pytest.raises(fetch.FetchError, match="--into"):
        run("good")


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_an_interrupted_download_is_kept_and_continued(run: Run) -> None:
    """After Ctrl-C the .part file holds what has arrived, and the next run asks for the rest."""
    code = (
        "import sys; from pathlib import Path; from autograder import fetch\n"
        "source = fetch.Source(mirrors=[sys.argv[2]], md5={sys.argv[3]: '0'}, known={'x': ''})\n"
        "fetch.fetch(Path(sys.argv[1]), source)"
    )
    command = [sys.executable, "-c", code, str(run.folder), run.mirrors.url("stuck"), FIRST]
    part = run.folder / fetch.ORIGINALS / f"{FIRST}.part"
    half = len(run.mirrors.files[FIRST]) // 2
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 30
        while not (part.exists() and part.stat().st_size == half):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in errors
    assert part.read_bytes() == run.mirrors.files[FIRST][:half]
    run.mirrors.asked.clear()
    assert run("good")
    assert run.complete()
    assert run.ranges() == [("good", f"bytes={half}-")]


def test_the_command_without_a_network(tmp_path: Path) -> None:
    """`autograder data fetch` ends with status 2 and the sentence; all real mirrors are named."""
    nowhere = {f"{scheme}_proxy": "http://127.0.0.1:1" for scheme in ("http", "https")}
    environment = {key: v for key, v in os.environ.items() if key.lower() != "no_proxy"}
    command = [sys.executable, "-m", "autograder", "data", "fetch", "--into", str(tmp_path / "t")]
    done = subprocess.run(
        command, cwd=ROOT, env=environment | nowhere, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    for mirror in fetch.MIRRORS:
        assert mirror in done.stderr
    assert str(tmp_path / "t" / fetch.ORIGINALS) in done.stderr


def test_the_option_belongs_to_fetching(tmp_path: Path) -> None:
    """`autograder data --into` alone is refused with a sentence."""
    command = [sys.executable, "-m", "autograder", "data", "--into", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "autograder data fetch" in done.stderr
