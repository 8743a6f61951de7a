"""Figure 1a: validation score against iteration; a panel for a K, a line for a seed (given).

    python plot_history_for_many_runs.py --results_dir results --nickname EM --out figure_1a.png

reads the ``history_K=.._seed=....csv`` of ``results/EM`` and writes the PNG. From Python,
``plot_history(files, "EM")`` draws into a pyplot figure that you can change and show.
"""

import argparse
import csv
import math
import re
from pathlib import Path

import numpy as np

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Told apart by colour-blind readers too; a marker for each, since lines may hide each other."""
MARKERS = "os^Dv<>"

SETTLED = 0.15
"""The part of the iterations after which every score has to be in view."""


def find_histories(folder):
    """The history files of a folder. Raises FileNotFoundError when there is none."""
    files = sorted(path for path in Path(folder).glob("history_*.csv") if _run_of(path))
    if not files:
        raise FileNotFoundError(f"{folder} has no history_K=.._seed=....csv; train first.")
    return files


def _run_of(path):
    match = re.fullmatch(r"history_K=(\d+)_seed=(\d+)\.csv", Path(path).name)
    return match and tuple(map(int, match.groups()))


def read_history(path):
    """Iterations and validation scores per pixel of one run, two arrays (T,), T at least 1.

    Raises ValueError where the file does not have these columns of numbers.
    """
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    try:
        iter_T = np.array([float(row["iter"]) for row in rows])
        score_T = np.array([float(row["valid_score_per_pixel"]) for row in rows])
    except (KeyError, TypeError, ValueError):
        rows = []
    if not rows:
        raise ValueError(
            f"{path} does not have numbers in the columns iter and valid_score_per_pixel."
        )
    return iter_T, score_T


def plot_history(files, nickname="EM", figure=None):
    """Draw the histories.

    Args:
        files: paths of history files; K and seed are taken from their names.
        nickname: of the algorithm, for the title.
        figure: a matplotlib figure to draw on; without it, a new pyplot figure.

    Returns:
        figure: with one panel for each K. All panels share their axes. The score axis shows all
        that happens after the first iterations, which start far below.
    """
    runs = {_run_of(path): read_history(path) for path in files}
    Ks = sorted({K for K, _ in runs})
    seeds = sorted({seed for _, seed in runs})
    if figure is None:
        from matplotlib import pyplot

        figure = pyplot.figure()
    figure.clear()
    columns = min(len(Ks), 4)
    rows = math.ceil(len(Ks) / columns)
    figure.set_size_inches(max(3.0 * columns + 0.9, 4.8), 3.2 * rows + 0.9)
    all_axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axes in all_axes[len(Ks) :]:
        axes.remove()
    lines = {}
    for axes, K in zip(all_axes, Ks, strict=False):
        for number, seed in enumerate(seeds):
            if (K, seed) in runs:
                # Lines may lie on one another, so that each is thinner than the one below.
                (lines[seed],) = axes.plot(
                    *runs[K, seed],
                    color=COLOURS[number % len(COLOURS)],
                    linewidth=max(3.4 - 0.7 * number, 1.0),
                    marker=MARKERS[number % len(MARKERS)],
                    markersize=max(8.0 - 1.5 * number, 3.0),
                    markevery=[-1],
                    label=f"seed {seed}",
                )
        axes.set_title(f"K = {K}", fontsize=14)
        axes.grid(color="0.9")
        axes.set_axisbelow(True)
        axes.tick_params(labelsize=11, labelbottom=True)
        axes.spines[["top", "right"]].set_visible(False)
    _set_limits(all_axes[0], list(runs.values()))
    end = max(iter_T[-1] for iter_T, _ in runs.values())
    for axes, K in zip(all_axes, Ks, strict=False):
        for (k, seed), (iter_T, score_T) in runs.items():
            if k == K and iter_T[-1] < end:  # It stopped early: lead the eye to the end.
                colour = lines[seed].get_color()
                axes.plot([iter_T[-1], end], [score_T[-1]] * 2, ":", color=colour, linewidth=1)
        _name_best(axes, [scores[-1] for (k, _), (_, scores) in runs.items() if k == K])
    figure.supxlabel("iteration", fontsize=13, y=0.12 / rows)
    figure.supylabel("validation score\n(log likelihood per pixel)", fontsize=13, ha="center")
    figure.suptitle(f"{nickname}: score on validation images", fontsize=14)
    figure.legend(
        handles=[lines[seed] for seed in seeds],
        loc="lower center",
        ncols=min(len(seeds), 4),
        frameon=False,
        fontsize=11,
    )
    figure.tight_layout(rect=(0.0, 0.08 / rows, 1.0, 1.0))
    return figure


def _set_limits(axes, histories):
    """Limits of the shared axes, from the data: no NaN, and not the far start of every run."""
    last_iter = max((iter_T[-1] for iter_T, _ in histories if len(iter_T)), default=1.0)
    axes.set_xlim(0.0, max(last_iter, 1.0) * 1.03)
    axes.xaxis.get_major_locator().set_params(integer=True)
    settled = [_settled(iter_T, score_T, SETTLED * last_iter) for iter_T, score_T in histories]
    score_S = np.concatenate(settled) if settled else np.zeros(0)
    if len(score_S):
        low, high = score_S.min(), score_S.max()
        margin = 0.06 * (high - low) or 0.05 * max(abs(high), 1.0)
        axes.set_ylim(low - margin, high + margin)


def _name_best(axes, last_scores):
    """Write the best last score into the corner that its line leaves free."""
    finite = [score for score in last_scores if np.isfinite(score)]
    if not finite:
        return
    low, high = axes.get_ylim()
    lines_are_high = max(finite) > (low + high) / 2
    axes.text(
        0.97,
        0.05 if lines_are_high else 0.95,
        f"best last score: {max(finite):.3f}",
        transform=axes.transAxes,
        ha="right",
        va="bottom" if lines_are_high else "top",
        fontsize=11,
    )


def _settled(iter_T, score_T, first_iter):
    """The finite scores from an iteration on, and in any case the last one."""
    kept_T = (iter_T >= first_iter) | (np.arange(len(iter_T)) == len(iter_T) - 1)
    return score_T[kept_T & np.isfinite(score_T)]


def main(argv=None):
    parser = argparse.ArgumentParser(description="Draw validation score against iteration.")
    parser.add_argument("--results_dir", default="results", help="--out of the training script")
    parser.add_argument("--nickname", default="EM", help="sub-folder of the results: EM or LBFGS")
    parser.add_argument("--out", default="figure_1a.png", help="the PNG to write")
    arguments = parser.parse_args(argv)

    from many_runs import plain_errors, save_figure
    from matplotlib.figure import Figure

    with plain_errors(OSError, ValueError):
        files = find_histories(Path(arguments.results_dir) / arguments.nickname)
        save_figure(plot_history(files, arguments.nickname, Figure()), arguments.out)
    print(arguments.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
