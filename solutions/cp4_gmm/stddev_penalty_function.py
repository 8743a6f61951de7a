"""Draw the penalty on standard deviations for several modes m and spreads s (given).

    python stddev_penalty_function.py --out penalty.png

A panel per mode, a line per spread. The penalty is least at sigma = sqrt(m); the larger the
spread, the flatter it is there, and the less it holds against the likelihood.
"""

import argparse
import math

import numpy as np
from calc_penalty_stddev import calc_penalty_stddev

MODES = (1.0, 4.0, 25.0)
SPREADS = (10.0, 30.0, 100.0)
COLOURS = ("#0072B2", "#D55E00", "#009E73")


def penalty_curve(sigma_S, mode, spread):
    """The penalty of one standard deviation at a time: (S,) for sigma_S of shape (S,)."""
    return np.array([float(calc_penalty_stddev(sigma, mode, spread)) for sigma in sigma_S])


def draw_penalty(figure=None, modes=MODES, spreads=SPREADS):
    """Draw into ``figure``, or into a new pyplot figure; returns the figure."""
    if figure is None:
        from matplotlib import pyplot

        figure = pyplot.figure()
    figure.clear()
    figure.set_size_inches(3.6 * len(modes), 3.6)
    for column, mode in enumerate(modes):
        axes = figure.add_subplot(1, len(modes), column + 1)
        at_mode = math.sqrt(mode)
        sigma_S = at_mode * np.linspace(0.05, 3.0, 200)
        lowest, highest = [], []
        for spread, colour in zip(spreads, COLOURS, strict=False):
            curve_S = penalty_curve(sigma_S, mode, spread)
            axes.plot(sigma_S, curve_S, color=colour, label=f"s = {spread:g}", linewidth=2)
            lowest.append(curve_S.min())
            highest.append(curve_S[-1])
        # To the left the penalty rises out of every scale; what is right of the mode has to fit.
        low, high = min(0.0, *lowest), 1.15 * max(highest)
        axes.set_ylim(low - 0.05 * (high - low), high)
        axes.set_xlim(0.0, sigma_S[-1])
        axes.axvline(at_mode, color="0.6", linestyle=":", zorder=0)
        axes.set_title(f"m = {mode:g}: least at $\\sigma$ = {at_mode:g}", fontsize=12, pad=18)
        axes.set_xlabel(r"standard deviation $\sigma$")
        axes.ticklabel_format(axis="y", scilimits=(-2, 3), useMathText=True)
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].set_ylabel(r"penalty($\sigma$)")
    figure.axes[0].legend(frameon=False, loc="upper left", bbox_to_anchor=(0.35, 1.0))
    figure.tight_layout()
    return figure


def main(argv=None):
    parser = argparse.ArgumentParser(description="Draw the penalty on standard deviations.")
    parser.add_argument("--out", default="penalty.png", help="the PNG to write")
    arguments = parser.parse_args(argv)

    from many_runs import plain_errors, save_figure
    from matplotlib.figure import Figure

    with plain_errors(OSError):
        save_figure(draw_penalty(Figure()), arguments.out)
    print(arguments.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
