"""Train a mixture for every K and every seed, and put the results into one folder (given).

``train_EM_gmm_with_many_runs.py`` and ``train_LBFGS_gmm_with_many_runs.py`` say which estimator
is trained and how the best run is chosen; all else is here. ``RESULTS/NICKNAME/`` then holds

    history_K=08_seed=1001.csv    scores at every iteration, one file a run
    params_K=08_seed=1001.npz     log_pi_K, mu_KD, stddev_KD at the end
    viz_K=08_seed=1001.png        the same as a picture
    figure_1a.png                 validation score against iteration, all runs
    figure_1b.png                 the best run of K=8 (if K=8 is trained)
    table.csv, table.md           best run of every K with its scores

Every file is written under another name and then renamed, so none is ever half a file.
"""

import argparse
import contextlib
import csv
import os
import sys
from pathlib import Path

import numpy as np
from tops_data import load_tops

K_LIST = (1, 4, 8, 16)
SEED_LIST = (1001, 3001, 4001, 7001)
PICTURED_K = 8
"""The K of figure 1b."""

COLUMNS = ("K", "seed", "valid_score_per_pixel", "test_score_per_pixel")
DPI = 100


def train_many_runs(
    make_gmm,
    tops,
    results_dir,
    choose_best_run,
    score_per_pixel,
    K_list=K_LIST,
    seed_list=SEED_LIST,
    nickname="EM",
    pictures=True,
    progress=True,
):
    """Train every K with every seed; write what the module's docstring lists.

    Args:
        make_gmm: ``make_gmm(K, D, seed)`` gives an estimator that is not yet trained.
        tops: ``Tops`` of ``tops_data``; estimators train on the first set and are scored on
            the second at every iteration.
        results_dir: folder for results; they go to its sub-folder ``nickname``.
        choose_best_run: of a list of runs of one K, gives the best one.
        score_per_pixel: ``score_per_pixel(gmm, x_ND)``, log likelihood per pixel.
        pictures: whether to draw; without, only histories, parameters and tables are written.
        progress: whether to show a progress bar.

    Returns:
        table: one dict for every K, with K, seed, valid_score_per_pixel and
        test_score_per_pixel of the best run, at the end of its training.

    Raises:
        ValueError: an estimator kept no validation scores, or ``choose_best_run`` returned
            none of the runs.
    """
    folder = Path(results_dir) / nickname
    folder.mkdir(parents=True, exist_ok=True)
    D = tops.x_train_ND.shape[1]
    trained = {}
    figure = _new_figure() if pictures else None
    with _progress(nickname, sum(K_list) * len(seed_list), progress) as step:
        for K in K_list:
            for seed in seed_list:
                step.start(f"K={K} seed={seed}")
                gmm = make_gmm(K=K, D=D, seed=seed)
                gmm.fit(tops.x_train_ND, tops.x_valid_ND, verbose=False)
                trained[K, seed] = gmm
                name = _name(K, seed)
                gmm.write_history_to_csv(folder / f"history_{name}.csv")
                with new_file(folder / f"params_{name}.npz") as file:
                    np.savez(
                        file,
                        log_pi_K=gmm.log_pi_K,
                        mu_KD=gmm.mu_KD,
                        stddev_KD=gmm.stddev_KD,
                    )
                if pictures:
                    title = f"{nickname}: K = {K}, seed {seed}"
                    _save_picture(gmm, title, figure, folder / f"viz_{name}.png")
                step.done(K)
    if pictures:
        from plot_history_for_many_runs import plot_history

        files = [folder / f"history_{_name(K, seed)}.csv" for K, seed in trained]
        save_figure(plot_history(files, nickname, figure), folder / "figure_1a.png")

    table = []
    for K in K_list:
        runs = [_run(K, seed, trained[K, seed]) for seed in seed_list]
        best = choose_best_run(runs)
        try:
            seed = best["seed"]
            gmm = trained[K, seed]
        except (KeyError, TypeError, IndexError):
            raise ValueError(
                "choose_best_run must return one of the runs that it was given, "
                f"not a {type(best).__name__}."
            ) from None
        scores = [float(score_per_pixel(gmm, x_ND)) for x_ND in (tops.x_valid_ND, tops.x_test_ND)]
        table.append(dict(zip(COLUMNS, (int(K), int(seed), *scores), strict=True)))
        if pictures and K == PICTURED_K:
            title = f"{nickname}: best run of K = {K}, seed {seed}"
            _save_picture(gmm, title, figure, folder / "figure_1b.png")
    _write_tables(table, folder, f"{nickname}. {tops.said}")
    return table


def _name(K, seed):
    return f"K={K:02d}_seed={seed:04d}"


def _run(K, seed, gmm):
    """What ``choose_best_run`` sees of one run."""
    scores = gmm.history.get("valid_score_per_pixel")
    if not scores:
        raise ValueError(
            f"The history of K={K}, seed={seed} has no valid_score_per_pixel; "
            "fit must append it at every iteration when it is given validation data."
        )
    return {"K": K, "seed": seed, "valid_score_per_pixel": [float(score) for score in scores]}


# --- tables and files -------------------------------------------------------------------------


def markdown_table(table):
    """The table as Markdown, ready for the report."""
    lines = [
        "| K | seed of the best run | validation score per pixel | test score per pixel |",
        "|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {row['K']} | {row['seed']} "
        f"| {row['valid_score_per_pixel']:.4f} | {row['test_score_per_pixel']:.4f} |"
        for row in table
    ]
    return "\n".join(lines) + "\n"


def _write_tables(table, folder, caption):
    with new_file(folder / "table.csv") as file:
        lines = [",".join(COLUMNS)]
        lines += [",".join(repr(row[column]) for column in COLUMNS) for row in table]
        file.write(("\n".join(lines) + "\n").encode())
    with new_file(folder / "table.md") as file:
        file.write(f"{markdown_table(table)}\n{caption}\n".encode())


def read_table(path):
    """The rows of a ``table.csv``, as ``train_many_runs`` returned them."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    try:
        return [
            {name: (int if name in ("K", "seed") else float)(row[name]) for name in COLUMNS}
            for row in rows
        ]
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"{path} is not a table of best runs.") from None


@contextlib.contextmanager
def new_file(path):
    """A binary file that takes the name ``path`` once all of it is written."""
    path = Path(path)
    unfinished = path.with_name(path.name + ".part")
    try:
        with open(unfinished, "wb") as file:
            yield file
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def save_figure(figure, path):
    """Write a matplotlib figure as PNG and say nothing; the folder must be there."""
    with new_file(path) as file:
        figure.savefig(file, format="png", dpi=DPI)


def _new_figure():
    """A figure without a window, to be drawn on again and again."""
    from matplotlib.figure import Figure

    return Figure()


def _save_picture(gmm, title, figure, path):
    from viz_gmm_for_img_data import visualize_gmm

    save_figure(visualize_gmm(gmm, figure=figure, title=title), path)


# --- command line -----------------------------------------------------------------------------


class _Steps:
    """A progress bar in units of K, since a run's time grows with K; or one line for each run."""

    def __init__(self, bar, nickname):
        self.bar = bar
        self.nickname = nickname

    def start(self, what):
        if self.bar is None:
            print(f"{self.nickname} {what}", file=sys.stderr, flush=True)
        else:
            self.bar.set_description(f"{self.nickname} {what}")

    def done(self, amount):
        if self.bar is not None:
            self.bar.update(amount)


class _Silence:
    def start(self, what):
        pass

    def done(self, amount):
        pass


@contextlib.contextmanager
def _progress(nickname, total, shown):
    if not shown:
        yield _Silence()
        return
    try:
        from tqdm import tqdm
    except ImportError:
        yield _Steps(None, nickname)
        return
    layout = "{desc:<22} {percentage:3.0f}% |{bar}| {elapsed}, {remaining} left"
    with tqdm(total=total, bar_format=layout) as bar:
        yield _Steps(bar, nickname)
        bar.set_description(nickname)


@contextlib.contextmanager
def plain_errors(*errors):
    """Turn the named exceptions into one sentence and exit status 2; Ctrl-C ends quietly."""
    try:
        yield
    except errors as error:
        sentence = str(error)
        if isinstance(error, OSError) and error.strerror:
            sentence = f"{error.filename}: {error.strerror}."
        _end(sentence, 2)
    except KeyboardInterrupt:
        _end("Stopped; run the command again to start over.", 2)


def _end(sentence, status):
    print(f"{Path(sys.argv[0]).name}: {sentence}", file=sys.stderr)
    raise SystemExit(status)


PACKAGES = ("autograd", "matplotlib", "scipy")
"""What has to be installed besides NumPy. The rest of what cannot be imported is a mistake."""


def main(nickname, make_gmm, choose_best_run, score_per_pixel, argv=None):
    """The command of both training scripts; returns its exit status."""
    parser = argparse.ArgumentParser(
        description=f"Train mixtures with K = {', '.join(map(str, K_LIST))} by {nickname}."
    )
    parser.add_argument("--data", metavar="FOLDER", help="folder of the images (default: data)")
    parser.add_argument(
        "--out", metavar="FOLDER", default="results", help="folder for results (default: results)"
    )
    parser.add_argument("--no-pictures", action="store_true", help="draw nothing")
    arguments = parser.parse_args(argv)

    with plain_errors(OSError, ValueError):
        tops = load_tops(arguments.data)
    # A ValueError from here on is a mistake in somebody's code, whose place has to be seen.
    with plain_errors(OSError):
        try:
            table = train_many_runs(
                make_gmm,
                tops,
                arguments.out,
                choose_best_run,
                score_per_pixel,
                nickname=nickname,
                pictures=not arguments.no_pictures,
            )
        except ModuleNotFoundError as error:
            if error.name not in PACKAGES:
                raise
            _end(f"{error.name} is needed: python -m pip install {error.name}", 2)
    folder = Path(arguments.out) / nickname
    print(tops.said)
    print()
    print(markdown_table(table))
    print(f"Histories, parameters, tables and pictures are in {folder}:")
    for name in ("table.csv", "table.md", "figure_1a.png", "figure_1b.png"):
        if not (arguments.no_pictures and name.endswith("png")):
            print(f"  {folder / name}")
    return 0
