"""Figure 1b: means and standard deviations of a mixture's largest components as images (given).

    python viz_gmm_for_img_data.py --results_dir results --nickname EM --K 8 --out figure_1b.png

draws the best run of K = 8 (``--seed`` names another one). From Python, ``visualize_gmm(gmm)``
draws into a pyplot figure that you can change and show.
"""

import argparse
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np

GRAY_RANGE = (-1.0, 1.0)
"""What means are shown on: images of tops go from black at -1 to white at 1."""

PANEL, LEFT, RIGHT, BOTTOM, TOP, GAP = 1.5, 0.95, 0.95, 0.2, 0.75, 0.12
"""Inches: side of a panel, margins of the figure, space between panels."""


def visualize_gmm(gmm, max_K_to_display=8, fontsize=18, figure=None, title=None):
    """Draw the largest components, the largest first: weights, means, standard deviations.

    Args:
        gmm: anything with log_pi_K (K,), mu_KD and stddev_KD (K, D); D must be a square number.
        max_K_to_display: how many components at most.
        fontsize: of the weights, in points.
        figure: a matplotlib figure to draw on; without it, a new pyplot figure.
        title: above the figure; without it, the number of components.

    Returns:
        figure: means above, standard deviations below, a colour bar for each row. All panels of
        a row share one scale.

    Raises:
        ValueError: D is not a square number.
    """
    K, D = gmm.mu_KD.shape
    side = math.isqrt(D)
    if side * side != D:
        raise ValueError(f"{D} pixels do not make a square image.")
    weight_K = np.exp(gmm.log_pi_K)
    shown = np.argsort(-weight_K, kind="stable")[:max_K_to_display]
    if figure is None:
        from matplotlib import pyplot

        figure = pyplot.figure()
    figure.clear()
    width = LEFT + len(shown) * (PANEL + GAP) + RIGHT
    height = BOTTOM + 2 * PANEL + GAP + TOP
    figure.set_size_inches(width, height)

    # A component without data has the penalty's deviation, far above all others.
    alive = shown[weight_K[shown] > 1e-6]
    stddev_range = _stddev_range(gmm.stddev_KD[alive if len(alive) else shown])
    rows = (
        ("mean", gmm.mu_KD, GRAY_RANGE, "gray"),
        ("standard\ndeviation", gmm.stddev_KD, stddev_range, "viridis"),
    )
    for row, (label, values_KD, (low, high), colours) in enumerate(rows):
        bottom = BOTTOM + (1 - row) * (PANEL + GAP)
        for column, k in enumerate(shown):
            left = LEFT + column * (PANEL + GAP)
            axes = figure.add_axes(
                (left / width, bottom / height, PANEL / width, PANEL / height), xticks=[], yticks=[]
            )
            image = axes.imshow(values_KD[k].reshape(side, side), vmin=low, vmax=high, cmap=colours)
            if row == 0:
                axes.set_title(_percent(weight_K[k]), fontsize=fontsize, pad=4)
            if column == 0:
                axes.set_ylabel(label, fontsize=13)
        bar = figure.add_axes(
            ((width - RIGHT) / width, bottom / height, 0.16 / width, PANEL / height)
        )
        beyond = _beyond(values_KD[shown], low, high)
        figure.colorbar(image, cax=bar, extend=beyond).ax.tick_params(labelsize=11)
    if title is None:
        title = f"K = {K}"
    if len(shown) < K:
        title += f": the {len(shown)} largest, {_percent(weight_K[shown].sum())} of all"
    figure.text(LEFT / width, 1.0 - 0.12 / height, title, fontsize=13, va="top")
    return figure


def _percent(weight):
    return f"{100.0 * weight:.1f}%"


def _stddev_range(stddev_SD):
    """From 0 to the largest finite deviation."""
    finite = stddev_SD[np.isfinite(stddev_SD)]
    return 0.0, float(finite.max()) if len(finite) else 1.0


def _beyond(values, low, high):
    """Which ends of the colour bar stand for values outside of it."""
    below, above = bool(np.any(values < low - 0.05)), bool(np.any(values > high + 0.05))
    return {(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}[below, above]


def load_run(folder, K, seed=None):
    """The parameters of a finished run; without ``seed``, of the best one of ``table.csv``.

    Raises FileNotFoundError or ValueError where there is none.
    """
    from many_runs import read_table

    folder = Path(folder)
    if seed is None:
        seeds = [row["seed"] for row in read_table(folder / "table.csv") if row["K"] == K]
        if not seeds:
            raise ValueError(f"{folder / 'table.csv'} has no run with K={K}.")
        seed = seeds[0]
    path = folder / f"params_K={K:02d}_seed={seed:04d}.npz"
    with np.load(path) as arrays:
        return SimpleNamespace(**arrays), seed


def main(argv=None):
    parser = argparse.ArgumentParser(description="Draw the components of a trained mixture.")
    parser.add_argument("--results_dir", default="results", help="--out of the training script")
    parser.add_argument("--nickname", default="EM", help="sub-folder of the results: EM or LBFGS")
    parser.add_argument("--K", type=int, default=8)
    parser.add_argument("--seed", type=int, help="default: the seed of the best run")
    parser.add_argument("--out", default="figure_1b.png", help="the PNG to write")
    arguments = parser.parse_args(argv)

    from many_runs import plain_errors, save_figure
    from matplotlib.figure import Figure

    with plain_errors(OSError, ValueError):
        folder = Path(arguments.results_dir) / arguments.nickname
        gmm, seed = load_run(folder, arguments.K, arguments.seed)
        title = f"{arguments.nickname}: K = {arguments.K}, seed {seed}"
        save_figure(visualize_gmm(gmm, figure=Figure(), title=title), arguments.out)
    print(arguments.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
