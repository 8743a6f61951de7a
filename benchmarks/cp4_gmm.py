"""Speed of the Gaussian mixture reference beside other ways to do the same work, as ratios.

Everything runs in this one process, on one thread, in float64, on the same images, from the
same start and for the same number of iterations; rounds are interleaved, so that a machine
that slows down slows everybody. Times are CPU seconds, the smallest of the rounds. The losses
that the contenders end with are compared too: it is said who ends elsewhere.

    python benchmarks/cp4_gmm.py [--quick] [--data FOLDER]

Exit status: 0 when every demanded ratio holds, 1 when one does not.
"""

from __future__ import annotations

import os

# Before numpy is imported: the BLAS libraries read these once.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize
from scipy.special import logsumexp
from scipy.stats import norm

try:
    import sklearn.mixture
except ImportError:
    sklearn = None

SOLUTION = Path(__file__).resolve().parent.parent / "solutions" / "cp4_gmm"
sys.path.insert(0, str(SOLUTION))
sys.dont_write_bytecode = True

from GMM_PenalizedMLEstimator_EM import GMM_PenalizedMLEstimator_EM
from GMM_PenalizedMLEstimator_LBFGS import GMM_PenalizedMLEstimator_LBFGS

MODE, SPREAD, SEED = 25.0, 100.0, 1001
EM_ITERATIONS, LBFGS_ITERATIONS = 20, 30
LOG_2_PI = np.log(2.0 * np.pi)

Parameters = tuple[np.ndarray, np.ndarray, np.ndarray]


def load_images(folder: Path | None) -> tuple[str, np.ndarray]:
    """What the images are, and validation and test rows stacked, (N, D) float64."""
    try:
        from tops_data import load_tops

        tops = load_tops(folder)
    except (ImportError, FileNotFoundError) as error:
        if folder is not None:
            raise SystemExit(f"cp4_gmm.py: {error}") from None
        return "random rows that look like images", random_images(3000)
    # Without a file of training rows, load_tops deals the two others out anew.
    rows = [tops.x_valid_ND, tops.x_test_ND]
    if sum(map(len, rows)) < 3000:
        rows = [tops.x_train_ND, *rows]
    return tops.said, np.ascontiguousarray(np.vstack(rows)[:3000], dtype=np.float64)


def random_images(num_rows: int) -> np.ndarray:
    """Rows of 400 pixels from -1 to 1: smooth shapes of three kinds, dark corners, noise."""
    rng = np.random.default_rng(SEED)
    across, down = np.meshgrid(np.linspace(-1, 1, 20), np.linspace(-1, 1, 20))
    images = []
    for _ in range(num_rows):
        sleeve, width = rng.choice([0.2, 0.5, 0.9]), rng.uniform(0.3, 0.5)
        body = (np.abs(across) < width) & (np.abs(down) < 0.9)
        arms = (np.abs(across) < width + 0.5) & (down > -0.9) & (down < 2 * sleeve - 1)
        light = rng.uniform(-0.2, 1) + 0.1 * rng.standard_normal((20, 20))
        images.append(np.where(body | arms, np.clip(light, -1, 1), -1.0).ravel())
    return np.array(images)


# --- EM: each returns the penalized loss of the parameters that it ends with -------------------


def em_reference(x_ND: np.ndarray, K: int, last_iter: int) -> GMM_PenalizedMLEstimator_EM:
    """The reference's own ``fit``, the loss of every iteration included."""
    gmm = GMM_PenalizedMLEstimator_EM(
        K, x_ND.shape[1], SEED, MODE, SPREAD, max_iter=last_iter, ftol=-1.0
    )
    return gmm.fit(x_ND, verbose=False)


def em_scipy_stats(x_ND: np.ndarray, start: Parameters, last_iter: int) -> Parameters:
    """What is usually handed in: scipy.stats once for the loss and again for the E step."""
    log_pi_K, mu_KD, stddev_KD = start
    K = len(mu_KD)

    def log_joint() -> np.ndarray:
        log_joint_NK = np.zeros((len(x_ND), K))
        for k in range(K):
            log_pdf_ND = norm.logpdf(x_ND, mu_KD[k], stddev_KD[k])
            log_joint_NK[:, k] = log_pi_K[k] + np.sum(log_pdf_ND, axis=1)
        return log_joint_NK

    for _ in range(last_iter + 1):
        np.sum(logsumexp(log_joint(), axis=1))  # the loss
        log_joint_NK = log_joint()
        r_NK = np.exp(log_joint_NK - logsumexp(log_joint_NK, axis=1, keepdims=True))
        N_K = np.sum(r_NK, axis=0) + 1e-300
        log_pi_K = np.log(N_K / len(x_ND))
        mu_KD, stddev_KD = np.zeros_like(mu_KD), np.zeros_like(stddev_KD)
        for k in range(K):
            mu_KD[k] = np.sum(r_NK[:, k, None] * x_ND, axis=0) / N_K[k]
            square_D = np.sum(r_NK[:, k, None] * (x_ND - mu_KD[k]) ** 2, axis=0)
            penalty, weight = 1 / (SPREAD * MODE), 1 / (SPREAD * MODE**2)
            stddev_KD[k] = np.sqrt((penalty + square_D) / (weight + N_K[k]))
    return log_pi_K, mu_KD, stddev_KD


def em_sklearn(x_ND: np.ndarray, start: Parameters, iterations: int) -> Any:
    """scikit-learn's GaussianMixture with diagonal covariance, which has no penalty."""
    log_pi_K, mu_KD, stddev_KD = start
    model = sklearn.mixture.GaussianMixture(
        len(mu_KD),
        covariance_type="diag",
        tol=0.0,
        max_iter=iterations,
        weights_init=np.exp(log_pi_K),
        means_init=mu_KD,
        precisions_init=stddev_KD**-2.0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it did not converge is what was asked for
        model.fit(x_ND)
    if model.n_iter_ != iterations:
        print(f"  (scikit-learn stopped after {model.n_iter_} of {iterations} iterations)")
    return model


# --- L-BFGS ------------------------------------------------------------------------------------


def lbfgs_reference(x_ND: np.ndarray, K: int, iterations: int) -> GMM_PenalizedMLEstimator_LBFGS:
    """The reference's own ``fit``, history included."""
    gmm = GMM_PenalizedMLEstimator_LBFGS(
        K, x_ND.shape[1], SEED, MODE, SPREAD, max_iter=iterations, ftol=0.0
    )
    return gmm.fit(x_ND, verbose=False)


def lbfgs_by_hand(x_ND: np.ndarray, start: Parameters, iterations: int, keep: bool) -> Any:
    """The same loss with a gradient written by hand.

    ``keep``: whether the centred images and their squares are computed once and kept, which a
    function of x and the parameters cannot do.
    """
    N, D = x_ND.shape
    K = len(start[0])
    kept: list[np.ndarray] = []

    def centred(origin_D: np.ndarray) -> list[np.ndarray]:
        y_ND = x_ND - origin_D
        return [y_ND, y_ND * y_ND, origin_D]

    if keep:
        kept = centred(np.mean(x_ND, axis=0))

    def loss_and_gradient(vec_M: np.ndarray) -> tuple[float, np.ndarray]:
        rho_K, (mu_KD, nu_KD) = vec_M[:K], vec_M[K:].reshape(2, K, D)
        sigma_KD = np.logaddexp(0.0, nu_KD)
        log_pi_K = rho_K - logsumexp(rho_K)
        precision_KD = sigma_KD**-2.0
        y_ND, square_ND, origin_D = kept or centred(
            np.sum(precision_KD * mu_KD, axis=0) / np.sum(precision_KD, axis=0)
        )
        shift_KD = mu_KD - origin_D
        linear_KD = shift_KD * precision_KD
        log_norm_K = np.sum(np.log(sigma_KD), axis=1) + 0.5 * D * LOG_2_PI
        constant_K = log_pi_K - log_norm_K - 0.5 * np.sum(shift_KD * linear_KD, axis=1)
        r_KN = linear_KD @ y_ND.T - 0.5 * (precision_KD @ square_ND.T) + constant_K[:, None]
        peak_N = np.max(r_KN, axis=0)
        r_KN = np.exp(np.maximum(r_KN - peak_N, -700.0))
        sum_N = np.sum(r_KN, axis=0)
        value = -np.sum(peak_N + np.log(sum_N))
        r_KN /= sum_N
        r_KN[r_KN < 1e-300] = 0.0
        mass_K = np.sum(r_KN, axis=1)
        first_KD, second_KD = r_KN @ y_ND, r_KN @ square_ND
        mass_K1 = mass_K[:, None]
        g_mu_KD = (mass_K1 * shift_KD - first_KD) * precision_KD
        spread_KD = second_KD - 2 * shift_KD * first_KD + mass_K1 * shift_KD**2
        g_sigma_KD = mass_K1 / sigma_KD - spread_KD / sigma_KD**3
        value += np.sum(
            np.log(sigma_KD) / (MODE**2 * SPREAD) + 0.5 * precision_KD / (MODE * SPREAD)
        )
        g_sigma_KD += 1 / (MODE**2 * SPREAD * sigma_KD) - precision_KD / (MODE * SPREAD * sigma_KD)
        g_nu_KD = g_sigma_KD * np.exp(nu_KD - sigma_KD)
        g_rho_K = N * np.exp(log_pi_K) - mass_K
        gradient_M = np.concatenate([g_rho_K, g_mu_KD.ravel(), g_nu_KD.ravel()])
        return value / (N * D), gradient_M / (N * D)

    log_pi_K, mu_KD, stddev_KD = start
    nu_KD = stddev_KD + np.log(-np.expm1(-stddev_KD))
    return scipy.optimize.minimize(
        loss_and_gradient,
        np.concatenate([log_pi_K, mu_KD.ravel(), nu_KD.ravel()]),
        jac=True,
        method="l-bfgs-b",
        options={"maxiter": iterations, "ftol": 0.0},
    )


# --- The race ----------------------------------------------------------------------------------


@dataclass
class Runner:
    """One way to do the work: ``run(iterations)``."""

    name: str
    run: Callable[[int], Any]
    iterations: int
    rounds: int = 99
    seconds: float = np.inf
    result: Any = None

    def once(self) -> None:
        """Run once; keep the CPU time if it is the smallest so far."""
        if self.rounds > 0:
            self.rounds -= 1
            begin = time.process_time()
            self.result = self.run(self.iterations)
            self.seconds = min(self.seconds, time.process_time() - begin)


@dataclass(frozen=True)
class Demand:
    """The reference must be at least ``ratio`` times as fast as ``other``."""

    other: str
    ratio: float


REFERENCE = "reference"
NAIVE = "scipy.stats, loop over k"
SKLEARN = "scikit-learn"
BY_HAND = "gradient by hand"
KEPT = "by hand, squares kept"


def race(title: str, runners: list[Runner], demands: list[Demand], done: int, rounds: int) -> bool:
    """Run interleaved rounds, print the table and the demands; True when every demand holds.

    ``done`` is what the reference's seconds stand for; others are scaled to it.
    """
    for _ in range(rounds):
        for runner in runners:
            runner.once()
    seconds = {r.name: r.seconds * done / r.iterations for r in runners}
    ours = seconds[REFERENCE]
    print(f"\n{title}, {done} iterations, best of {rounds}")
    print(f"  {'':26} {'CPU s':>8} {'to the reference':>17}")
    for runner in runners:
        note = f"  scaled from {runner.iterations}" * (runner.iterations != done)
        time_s = seconds[runner.name]
        print(f"  {runner.name:26} {time_s:8.3f} {time_s / ours:16.2f}x{note}")
    verdicts = [holds(demand, seconds) for demand in demands if demand.other in seconds]
    return all(verdicts)


def holds(demand: Demand, seconds: dict[str, float]) -> bool:
    """Print PASS or FAIL for one demand."""
    ratio = seconds[demand.other] / seconds[REFERENCE]
    word = "PASS" if ratio >= demand.ratio else "FAIL"
    if demand.ratio >= 1:
        claim = f"{ratio:.2f} times as fast as {demand.other} (at least {demand.ratio:g})"
    else:
        claim = f"{1 / ratio:.2f} times the time of {demand.other} (at most {1 / demand.ratio:g})"
    print(f"  {word}  reference: {claim}")
    return ratio >= demand.ratio


def say_if_elsewhere(name: str, got: float, wanted: float) -> None:
    """Print by how much two losses per pixel differ, if they do."""
    if not abs(got - wanted) <= 1e-6:
        print(f"  {name}: a loss of {got:.9f} per pixel, where the reference has {wanted:.9f}")


def race_em(x_ND: np.ndarray, K: int, quick: bool) -> bool:
    """EM from the reference's own start."""
    gmm = GMM_PenalizedMLEstimator_EM(K, x_ND.shape[1], SEED, MODE, SPREAD)
    start = gmm.generate_initial_parameters(x_ND)
    few, rounds = (0, 3) if quick else (2, 5)
    # max_iter 20 means iterations 0 to 20: 21 times loss, E step and M step. scikit-learn makes
    # 20 and one more E step.
    runners = [
        Runner(NAIVE, lambda n: em_scipy_stats(x_ND, start, n - 1), few + 1, 1),
        Runner(REFERENCE, lambda n: em_reference(x_ND, K, EM_ITERATIONS), EM_ITERATIONS + 1),
    ]
    if sklearn is not None:
        run = Runner(SKLEARN, lambda n: em_sklearn(x_ND, start, EM_ITERATIONS), EM_ITERATIONS + 1)
        runners.append(run)
    demands = [Demand(NAIVE, 50.0), Demand(SKLEARN, 1.0)]
    good = race(f"EM, K = {K}", runners, demands, EM_ITERATIONS + 1, rounds)

    gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD = runners[0].result
    loss = (gmm.calc_penalty_stddev() - gmm.score(x_ND)) / x_ND.size
    after_few = em_reference(x_ND, K, few + 1).history["train_loss_per_pixel"][-1]
    say_if_elsewhere(f"{NAIVE}, after {few + 1}", loss, after_few)
    return good


def race_lbfgs(x_ND: np.ndarray, K: int, quick: bool) -> bool:
    """L-BFGS from the reference's own start."""
    gmm = GMM_PenalizedMLEstimator_LBFGS(K, x_ND.shape[1], SEED, MODE, SPREAD)
    start = gmm.generate_initial_parameters(x_ND)
    runners = [
        Runner(REFERENCE, lambda n: lbfgs_reference(x_ND, K, n), LBFGS_ITERATIONS),
        Runner(BY_HAND, lambda n: lbfgs_by_hand(x_ND, start, n, False), LBFGS_ITERATIONS),
        Runner(KEPT, lambda n: lbfgs_by_hand(x_ND, start, n, True), LBFGS_ITERATIONS),
    ]
    demands = [Demand(BY_HAND, 0.5)]
    good = race(f"L-BFGS, K = {K}", runners, demands, LBFGS_ITERATIONS, 2 if quick else 4)
    wanted = runners[0].result.history["train_loss_per_pixel"][-1]
    for runner in runners[1:]:
        say_if_elsewhere(runner.name, float(runner.result.fun), wanted)
    evaluations = ", ".join(
        f"{r.name} {getattr(r.result, 'nfev', None) or r.result.result.nfev}" for r in runners
    )
    print(f"  evaluations: {evaluations}")
    return good


def main(arguments: list[str]) -> int:
    """Run the races; 0 when every demanded ratio holds, 1 otherwise."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds and iterations")
    parser.add_argument("--data", type=Path, help="folder with the tops-20x20flattened files")
    settings = parser.parse_args(arguments)

    said, x_ND = load_images(settings.data)
    print(said)
    print(f"{x_ND.shape[0]} x {x_ND.shape[1]}; numpy {np.__version__}, one thread, float64")
    if sklearn is None:
        print("scikit-learn is not installed; its rows are left out")
    good = [race_em(x_ND, K, settings.quick) for K in (4, 8, 16)]
    good.append(race_lbfgs(x_ND, 8, settings.quick))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
