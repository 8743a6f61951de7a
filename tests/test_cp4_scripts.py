"""cp4_gmm around the estimators: which data is read, many runs, choosing, tables and figures.

Images are 4 x 4 and trainings a few iterations long; the shipped data is only recognized here.
"""

from __future__ import annotations

import gzip
import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parent.parent
SOLUTION = ROOT / "solutions" / "cp4_gmm"
STEM = "tops-20x20flattened_x_"
SCRIPTS = {"EM": "train_EM_gmm_with_many_runs", "LBFGS": "train_LBFGS_gmm_with_many_runs"}
D = 16

Array = np.ndarray[Any, np.dtype[np.float64]]

sys.path.append(str(SOLUTION))
many_runs = importlib.import_module("many_runs")
tops_data = importlib.import_module("tops_data")
history = importlib.import_module("plot_history_for_many_runs")
viz = importlib.import_module("viz_gmm_for_img_data")
penalty = importlib.import_module("stddev_penalty_function")
MODULES = {name: importlib.import_module(script) for name, script in SCRIPTS.items()}
# Its notebook.py must not be taken for the package of that name.
sys.path.remove(str(SOLUTION))


@pytest.fixture(params=sorted(SCRIPTS))
def script(request: pytest.FixtureRequest) -> ModuleType:
    """Each of the two training scripts."""
    return MODULES[request.param]


def images(rows: int, seed: int) -> Array:
    """Images of two kinds, bright above or bright below, with noise."""
    rng = np.random.default_rng(seed)
    above_D = np.repeat([1.0, -1.0], D // 2)
    sign_N1 = np.where(np.arange(rows) % 3 == 0, 1.0, -1.0)[:, None]
    return np.round(0.5 * sign_N1 * above_D + 0.2 * rng.normal(size=(rows, D)), 3)


def write_csv(path: Path, x_ND: Array) -> None:
    header = ",".join(f"pixel{d:03d}" for d in range(x_ND.shape[1]))
    text = "\n".join([header, *(",".join(map(str, row)) for row in x_ND), ""]).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)


def write_tops(folder: Path, ending: str = ".csv", seed: int = 0) -> dict[str, Array]:
    rows = {"train": 30, "valid": 12, "test": 9}
    sets = {part: images(rows[part], seed + i) for i, part in enumerate(rows)}
    for part, x_ND in sets.items():
        write_csv(folder / f"{STEM}{part}{ending}", x_ND)
    return sets


def assert_holds(tops: Any, sets: dict[str, Array]) -> None:
    np.testing.assert_array_equal(tops.x_train_ND, sets["train"])
    np.testing.assert_array_equal(tops.x_valid_ND, sets["valid"])
    np.testing.assert_array_equal(tops.x_test_ND, sets["test"])


# --- which data ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_both_kinds_of_files_are_read_exactly(tmp_path: Path, ending: str) -> None:
    """Plain and compressed files give the same float64 numbers that were written."""
    sets = write_tops(tmp_path, ending)
    tops = tops_data.load_tops(tmp_path)
    assert_holds(tops, sets)
    assert tops.x_train_ND.dtype == np.float64
    for fact in ("a data set of your own", "30 images", "12 for", "9 for", str(tmp_path)):
        assert fact in tops.said


def test_complete_real_images_come_first(tmp_path: Path) -> None:
    """The sub-folder fashion_tops wins over the folder itself, but only if nothing is missing."""
    own = write_tops(tmp_path)
    real = write_tops(tmp_path / "fashion_tops", seed=10)
    assert_holds(tops_data.load_tops(tmp_path), real)
    (tmp_path / "fashion_tops" / f"{STEM}train.csv").unlink()
    assert_holds(tops_data.load_tops(tmp_path), own)


def test_missing_training_file_is_made_up_for_and_said(tmp_path: Path) -> None:
    """Without x_train, validation rows train and test rows serve by turns, and ``said`` says so."""
    sets = write_tops(tmp_path / "fashion_tops")
    (tmp_path / "fashion_tops" / f"{STEM}train.csv").unlink()
    tops = tops_data.load_tops(tmp_path)
    test_ND = sets["test"]
    assert_holds(tops, {"train": sets["valid"], "valid": test_ND[::2], "test": test_ND[1::2]})
    assert "the training file is missing" in tops.said
    assert "5 for validation and 4 for test" in tops.said


def test_known_data_is_recognized_by_its_validation_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SHA-256 of the unpacked validation file decides what the data is called."""
    write_tops(tmp_path, ".csv.gz")
    unpacked = gzip.decompress((tmp_path / f"{STEM}valid.csv.gz").read_bytes())
    digest = tops_data.hashlib.sha256(unpacked).hexdigest()
    monkeypatch.setitem(tops_data.KNOWN_VALID_FILES, digest, "tops of a test")
    assert "Data: tops of a test, 30 images" in tops_data.load_tops(tmp_path).said


def test_shipped_data_is_found_and_called_drawn() -> None:
    """Without a folder the project's own images are found and called drawn by the project."""
    if list((ROOT / "data" / "fashion_tops").glob("*.csv")):
        pytest.skip("the real images are there and come first")
    tops = tops_data.load_tops()
    assert tops.said.startswith("Data: tops drawn by the project, 3000 images for training, 1500")
    assert tops.x_test_ND.shape == (1500, 400)


GOOD = b"pixel000,pixel001\n0.5,1\n0.25,-1\n"
BROKEN = {
    "text": (b"pixel000,pixel001\n0.5,1\n0.25,shirt\n", "not a table of numbers"),
    "ragged": (b"pixel000,pixel001\n0.5,1\n0.25\n", "not a table of numbers"),
    "no rows": (b"pixel000,pixel001\n", "no rows"),
    "empty": (b"", "no rows"),
    "nan": (b"pixel000,pixel001\n0.5,1\n0.25,nan\n", "nan in row 1, column 1"),
    "names": (b"pixel000\n0.5,1\n", "1 column names and 2 columns"),
    "width": (b"pixel000\n0.5\n", "differ in their number of columns: 2, 1, 2"),
}


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_broken_file_is_named_in_one_sentence(tmp_path: Path, case: str) -> None:
    """A file that is no table of finite numbers raises ValueError with one line that says why."""
    text, reason = BROKEN[case]
    for part in ("train", "test"):
        (tmp_path / f"{STEM}{part}.csv").write_bytes(GOOD)
    (tmp_path / f"{STEM}valid.csv").write_bytes(text)
    with pytest.raises(ValueError, match=reason) as caught:
        tops_data.load_tops(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_truncated_compressed_file_is_an_error(tmp_path: Path) -> None:
    """Half a gz file raises ValueError instead of giving half of the rows."""
    write_tops(tmp_path, ".csv.gz")
    path = tmp_path / f"{STEM}test.csv.gz"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ValueError, match=r"x_test\.csv\.gz cannot be read"):
        tops_data.load_tops(tmp_path)


def test_missing_files_and_folder_are_named(tmp_path: Path) -> None:
    """FileNotFoundError says which folder is not there, or which files it should have."""
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        tops_data.load_tops(tmp_path / "nowhere")
    write_csv(tmp_path / f"{STEM}train.csv", images(3, 0))
    with pytest.raises(FileNotFoundError, match="are not all in"):
        tops_data.load_tops(tmp_path)


# --- what students write ------------------------------------------------------------------------


def run(seed: int, *scores: float) -> dict[str, Any]:
    return {"K": 4, "seed": seed, "valid_score_per_pixel": list(scores)}


@pytest.mark.parametrize(
    ("runs", "best"),
    [
        ([run(1, 5.0, -2.0), run(2, -3.0, -1.0), run(3, -9.0, -4.0)], 2),
        ([run(1, 0.0, np.nan), run(2, -7.0), run(3, -8.0)], 2),
        ([run(1, np.nan), run(2, -np.inf)], 2),
        ([run(1, 0.5), run(2, 0.7), run(3, 0.7)], 2),
        ([run(1, np.nan), run(2, np.nan)], 1),
    ],
    ids=["last score", "nan", "nan or -inf", "tie", "all nan"],
)
def test_best_run_has_the_highest_last_score(
    script: ModuleType, runs: list[dict[str, Any]], best: int
) -> None:
    """The last score decides; NaN never wins against a number; of equals the first is taken."""
    chosen = script.choose_best_run(runs)
    assert chosen["seed"] == best
    assert any(chosen is run for run in runs)


def test_score_per_pixel_divides_by_rows_and_columns(script: ModuleType) -> None:
    """The score of all images is divided by N * D; no image scores 0."""
    gmm = SimpleNamespace(score=lambda x_ND: 3.0 * len(x_ND))
    assert script.score_per_pixel(gmm, np.zeros((5, 6))) == 0.5
    assert script.score_per_pixel(gmm, np.zeros((0, 6))) == 0.0


@pytest.mark.parametrize("nickname", sorted(SCRIPTS))
def test_small_training_gives_the_best_of_each_K(nickname: str) -> None:
    """The table has plain numbers: the best seed's scores, as a direct training finds them."""
    if nickname == "LBFGS":
        pytest.importorskip("autograd")
    script = importlib.import_module(SCRIPTS[nickname])
    train_ND, valid_ND, test_ND = images(40, 1), images(14, 2), images(11, 3)
    Ks, seeds = (1, 2), (5, 6, 7)
    table = script.train_small(train_ND, valid_ND, test_ND, Ks, seeds, 4)
    assert [row["K"] for row in table] == [1, 2]
    for row in table:
        gmms = {seed: script.make_gmm(row["K"], D, seed, 4) for seed in seeds}
        for gmm in gmms.values():
            gmm.fit(train_ND, valid_ND, verbose=False)
        last = {seed: gmms[seed].history["valid_score_per_pixel"][-1] for seed in seeds}
        best = max(seeds, key=lambda seed: last[seed])
        assert [type(value) for value in row.values()] == [int, int, float, float]
        assert row["seed"] == best
        assert row["valid_score_per_pixel"] == pytest.approx(gmms[best].score(valid_ND) / (14 * D))
        assert row["test_score_per_pixel"] == pytest.approx(gmms[best].score(test_ND) / (11 * D))


@pytest.mark.parametrize("answer", [None, 3, {"seed": 99}, []])
def test_wrong_choice_is_said(monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    """Whatever is not one of the runs is refused with a sentence about choose_best_run."""
    script = importlib.import_module(SCRIPTS["EM"])
    monkeypatch.setattr(script, "choose_best_run", lambda runs: answer)
    with pytest.raises(ValueError, match="choose_best_run must return one of the runs"):
        script.train_small(images(9, 1), images(5, 2), images(4, 3), [2], [1], 1)


# --- what a training leaves ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results folder of a small EM training with pictures."""
    script = importlib.import_module(SCRIPTS["EM"])
    folder = tmp_path_factory.mktemp("results")
    tops = tops_data.Tops(images(40, 1), images(14, 2), images(11, 3), "Data: of a test.")
    many_runs.train_many_runs(
        lambda K, D, seed: script.make_gmm(K, D, seed, 3),
        tops,
        folder,
        script.choose_best_run,
        script.score_per_pixel,
        K_list=(1, 8),
        seed_list=(3, 11),
        progress=False,
    )
    return folder


def png_size(path: Path) -> tuple[int, int]:
    """Width and height that a PNG's header states."""
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def test_every_run_leaves_its_files(trained: Path) -> None:
    """A history, parameters and a picture for each run, two figures, two tables, nothing else."""
    names = {f"K={K:02d}_seed={seed:04d}" for K in (1, 8) for seed in (3, 11)}
    wanted = {"figure_1a.png", "figure_1b.png", "table.csv", "table.md"}
    for name in names:
        wanted |= {f"history_{name}.csv", f"params_{name}.npz", f"viz_{name}.png"}
    assert {path.name for path in (trained / "EM").iterdir()} == wanted
    for path in (trained / "EM").glob("*.png"):
        width, height = png_size(path)
        assert 300 <= width <= 2000
        assert 300 <= height <= 1000


def test_tables_agree_and_name_the_data(trained: Path) -> None:
    """table.csv can be read again; table.md has its numbers to 4 digits and names the data."""
    table = many_runs.read_table(trained / "EM" / "table.csv")
    text = (trained / "EM" / "table.md").read_text()
    assert [row["K"] for row in table] == [1, 8]
    for row in table:
        line = " | ".join(
            [str(row["K"]), str(row["seed"])]
            + [f"{row[name]:.4f}" for name in many_runs.COLUMNS[2:]]
        )
        assert f"| {line} |" in text
    assert "Data: of a test." in text


def test_parameters_of_the_best_run_are_kept(trained: Path) -> None:
    """The parameters on disk have the scores that the table states."""
    row = many_runs.read_table(trained / "EM" / "table.csv")[1]
    kept, seed = viz.load_run(trained / "EM", 8)
    gmm = importlib.import_module(SCRIPTS["EM"]).make_gmm(8, D, seed)
    vars(gmm).update(vars(kept))
    assert seed == row["seed"]
    assert gmm.score(images(11, 3)) / (11 * D) == pytest.approx(row["test_score_per_pixel"])


def test_failed_writing_leaves_the_old_file(tmp_path: Path) -> None:
    """A file that could not be written whole changes nothing and leaves nothing."""
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(TypeError), many_runs.new_file(path) as file:
        file.writelines([b"half", None])
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


# --- figures ------------------------------------------------------------------------------------


def write_history(folder: Path, K: int, seed: int, scores: list[float]) -> Path:
    path = folder / f"history_K={K:02d}_seed={seed:04d}.csv"
    lines = ["iter,valid_score_per_pixel", *(f"{i},{score}" for i, score in enumerate(scores))]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_history_figure_has_a_panel_for_each_K_with_shared_limits(tmp_path: Path) -> None:
    """One panel a K, one line a seed, the same axes, in view: all but the far start and NaN."""
    for K in (1, 4, 8, 16):
        for seed in (1001, 3001):
            write_history(tmp_path, K, seed, [-300.0, *(K + 0.1 * t for t in range(20))])
    write_history(tmp_path, 4, 4001, [-300.0] + 20 * [np.nan])
    figure = history.plot_history(history.find_histories(tmp_path), "EM", Figure())
    assert [axes.get_title() for axes in figure.axes] == ["K = 1", "K = 4", "K = 8", "K = 16"]
    assert [len(axes.get_lines()) for axes in figure.axes] == [2, 3, 2, 2]
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in figure.axes}) == 1
    low, high = figure.axes[0].get_ylim()
    assert 0.0 < low < 1.3
    assert 17.9 < high < 20.0
    assert len(figure.legends[0].get_texts()) == 3


def test_history_figure_shows_runs_that_stopped_early(tmp_path: Path) -> None:
    """A run of few iterations keeps its last score in view, led on to the end by a dotted line."""
    files = [
        write_history(tmp_path, 1, 1, [-3.0, -1.0]),
        write_history(tmp_path, 8, 1, [-3.0] + 29 * [0.5]),
    ]
    figure = history.plot_history(files, "EM", Figure())
    low, high = figure.axes[0].get_ylim()
    assert -1.5 < low < -1.0
    assert 0.5 < high < 1.0
    assert [line.get_linestyle() for line in figure.axes[0].get_lines()] == ["-", ":"]
    assert figure.axes[0].get_lines()[1].get_xdata()[-1] == 29


def mixture(K: int, D: int = D) -> SimpleNamespace:
    rng = np.random.default_rng(K)
    pi_K = np.arange(1.0, K + 1) / np.arange(1.0, K + 1).sum()
    mu_KD, stddev_KD = rng.uniform(-1, 1, (K, D)), rng.uniform(0.1, 0.9, (K, D))
    return SimpleNamespace(log_pi_K=np.log(pi_K), mu_KD=mu_KD, stddev_KD=stddev_KD)


@pytest.mark.parametrize("K", [1, 4, 16])
def test_component_figure_shows_the_largest_on_one_scale(K: int) -> None:
    """Largest first with weights as percentages; means and deviations share a scale each."""
    gmm = mixture(K)
    figure = viz.visualize_gmm(gmm, figure=Figure())
    panels = [axes for axes in figure.axes if axes.get_images()]
    shown = min(K, 8)
    assert len(panels) == 2 * shown
    assert len(figure.axes) == 2 * shown + 2
    weights = [f"{100 * weight:.1f}%" for weight in np.exp(gmm.log_pi_K)[::-1][:shown]]
    assert [axes.get_title() for axes in panels[:shown]] == weights
    drawn = [axes.get_images()[0] for axes in panels]
    np.testing.assert_array_equal(drawn[0].get_array(), gmm.mu_KD[-1].reshape(4, 4))
    np.testing.assert_array_equal(drawn[shown].get_array(), gmm.stddev_KD[-1].reshape(4, 4))
    assert {image.get_clim() for image in drawn[:shown]} == {(-1.0, 1.0)}
    assert {image.get_clim() for image in drawn[shown:]} == {(0.0, gmm.stddev_KD[-shown:].max())}


def test_component_without_weight_does_not_set_the_scale() -> None:
    """The deviation of a component that no image has stays out of the colour scale."""
    gmm = mixture(3)
    gmm.log_pi_K[0] = -np.inf
    gmm.stddev_KD[0] = 5.0
    figure = viz.visualize_gmm(gmm, figure=Figure())
    drawn = [image for axes in figure.axes for image in axes.get_images()]
    assert drawn[-1].get_clim()[1] < 1.0


def test_images_have_to_be_square() -> None:
    """A number of pixels that makes no square is refused."""
    with pytest.raises(ValueError, match="15 pixels do not make a square image"):
        viz.visualize_gmm(mixture(2, D=15), figure=Figure())


def test_penalty_figure_has_its_least_value_at_the_mode() -> None:
    """A panel a mode, a line a spread; each line is lowest where sigma squared is the mode."""
    figure = penalty.draw_penalty(Figure(), modes=(1.0, 25.0), spreads=(10.0, 100.0))
    assert len(figure.axes) == 2
    for axes, mode in zip(figure.axes, (1.0, 25.0), strict=True):
        lines = [line for line in axes.get_lines() if len(line.get_xdata()) > 2]
        assert len(lines) == 2
        for line in lines:
            lowest = line.get_xdata()[np.argmin(line.get_ydata())]
            assert lowest**2 == pytest.approx(mode, rel=0.05)


# --- command lines ------------------------------------------------------------------------------


def command(script: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", str(SOLUTION / script), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_training_command_prints_data_table_and_paths(tmp_path: Path) -> None:
    """The command trains on the named folder and ends with the data, the table and the paths."""
    write_tops(tmp_path / "mine")
    done = command(
        f"{SCRIPTS['EM']}.py", "--data", "mine", "--out", "made", "--no-pictures", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "a data set of your own" in done.stdout
    assert many_runs.markdown_table(many_runs.read_table(tmp_path / "made/EM/table.csv")) in (
        done.stdout
    )
    assert str(Path("made/EM/table.md")) in done.stdout
    assert len(list((tmp_path / "made/EM").glob("history_*.csv"))) == 16
    assert not list((tmp_path / "made/EM").glob("*.png"))


def test_figures_can_be_drawn_again(trained: Path, tmp_path: Path) -> None:
    """Both figures are made again from the files that a training left."""
    for script in ("plot_history_for_many_runs.py", "viz_gmm_for_img_data.py"):
        done = command(script, "--results_dir", str(trained), "--out", "again.png", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert png_size(tmp_path / "again.png")[0] > 300
        (tmp_path / "again.png").unlink()


@pytest.mark.parametrize(
    ("script", "arguments", "sentence"),
    [
        (f"{SCRIPTS['EM']}.py", ["--data", "nowhere"], "There is no folder nowhere."),
        (f"{SCRIPTS['EM']}.py", ["--data", "broken"], "is not a table of numbers"),
        (f"{SCRIPTS['EM']}.py", ["--data", "good", "--out", "file"], "file"),
        (f"{SCRIPTS['EM']}.py", ["--dat4"], "unrecognized arguments"),
        (f"{SCRIPTS['LBFGS']}.py", ["--data", "nowhere"], "There is no folder nowhere."),
        ("plot_history_for_many_runs.py", ["--results_dir", "nowhere"], "train first"),
        ("viz_gmm_for_img_data.py", ["--results_dir", "nowhere"], "table.csv"),
    ],
)
def test_wrong_arguments_end_with_a_sentence_and_status_2(
    tmp_path: Path, script: str, arguments: list[str], sentence: str
) -> None:
    """A missing folder, a broken file or a wrong option ends with one sentence and status 2."""
    write_tops(tmp_path / "good")
    write_tops(tmp_path / "broken")
    (tmp_path / "broken" / f"{STEM}train.csv").write_text("pixel000\nshirt\n")
    (tmp_path / "file").touch()
    done = command(script, *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert sentence in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_interrupted_command_ends_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C ends with one sentence and status 2, as everywhere."""
    with pytest.raises(SystemExit) as caught, many_runs.plain_errors(OSError):
        raise KeyboardInterrupt
    assert caught.value.code == 2
    assert capsys.readouterr().err.endswith("Stopped; run the command again to start over.\n")
