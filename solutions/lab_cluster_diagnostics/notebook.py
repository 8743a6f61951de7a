# Source of the student's notebook; `autograder handout` makes the .ipynb from it.

# %% [markdown]
# # Lab: is my clustering broken?
#
# Two runs, two answers. Means that are nowhere near the clouds. NaN everywhere. Is the library
# broken? In five experiments you break K-means and the Gaussian mixture model (GMM) in the ways in
# which they break in real life, and let your own instruments say what is wrong.
#
# - Your code goes into `diagnostics.py`. This notebook imports it, runs the experiments, and is the
#   place for your answers in section 6.
# - `README.md` is the statement: what each function must do and what is worth how many points.
# - `lab_tools.py` is given: K-means, EM for the GMM, and the data. Nothing in it is broken.
# - `python -m autograder check` in this folder runs the public checks. More checks run after you
#   submit.
#
# Before you hand in, restart the kernel and run the notebook from top to bottom. It takes about
# half a minute.
#
# Shapes: $N$ points (rows), $D$ dimensions (columns), $K$ clusters or components.

# %% [markdown]
# ## 0. Setup
#
# After you change `diagnostics.py`, save it and run a cell again: `autoreload` takes the new code,
# no restart needed. A cell that ends in `NotImplementedError` tells you what is still to be
# written.

# %%
# %load_ext autoreload
# %autoreload 2
# %matplotlib inline

# %%
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

places = [Path.cwd(), Path.cwd().parent / "assignments" / "lab_cluster_diagnostics"]
folder = next((place for place in places if (place / "diagnostics.py").exists()), None)
assert folder is not None, "Open this notebook in the folder that holds diagnostics.py."
sys.path.insert(0, str(folder))

import diagnostics
import lab_tools

print("python", sys.version.split()[0], "numpy", np.__version__)


# %%
def scatter(axis, points, labels, title):
    """Points of the plane in the colours of their labels."""
    axis.scatter(points[:, 0], points[:, 1], c=labels, s=12, cmap="viridis")
    axis.set_title(title)


# %% [markdown]
# ## 1. An unlucky start
#
# 100 points around three places. K-means with $K = 3$ from random rows, run after run. First two
# runs, label by label: how many labels differ? And how many once the clusters have found their
# names (`label_agreement`)?

# %%
np.random.seed(42)
points = lab_tools.three_blobs(np.random.default_rng(42))


def run_from_random_rows(points, K):
    """One run of K-means from K random rows."""
    return lab_tools.kmeans(points, points[np.random.choice(len(points), K, replace=False)])


runs = [run_from_random_rows(points, 3) for _ in range(60)]
best = min(runs, key=lambda run: run["cost"])
worst = max(runs, key=lambda run: run["cost"])
# Another run that ended where the best one did, under other names.
twin = next(
    run
    for run in runs
    if np.isclose(run["cost"], best["cost"]) and np.any(run["cluster_idx"] != best["cluster_idx"])
)
for title, run in (("twin", twin), ("worst", worst)):
    differ = np.sum(run["cluster_idx"] != best["cluster_idx"])
    agreement = diagnostics.label_agreement(run["cluster_idx"], best["cluster_idx"])
    print(f"{title} against best: {differ} labels differ, agreement {agreement:.2f}")

_, axes = plt.subplots(1, 3, figsize=(13, 3.8))
for axis, title, run in zip(axes, ("best", "twin", "worst"), (best, twin, worst), strict=True):
    scatter(axis, points, run["cluster_idx"], f"{title}: cost {run['cost']:.0f}")
    axis.scatter(*run["centers"].T, c="red", marker="x", s=80)
plt.tight_layout()
plt.show()

# %% [markdown]
# Two runs that differ in most labels may be the **same** answer, and that is not a bug. A run
# that ended in another hollow is a worse answer, and its cost tells.
#
# Three clusters are easy. Now nine of them, and three ways to start: random rows, k-means++, and
# the best of ten k-means++ starts.

# %%
np.random.seed(7)
rng = np.random.default_rng(7)
corners = np.stack(np.meshgrid([0, 6, 12], [0, 6, 12]), axis=2).reshape(9, 2)
nine = np.repeat(corners, 30, axis=0) + rng.normal(size=(270, 2))

ways = {
    "random rows": [run_from_random_rows(nine, 9)["cost"] for _ in range(100)],
    "k-means++": [
        lab_tools.kmeans(nine, diagnostics.kmeans_plus_plus(nine, 9))["cost"] for _ in range(100)
    ],
    "best of 10": [diagnostics.best_of_n_init(nine, 9, 10)["cost"] for _ in range(20)],
}
least = min(min(costs) for costs in ways.values())
_, axes = plt.subplots(1, 3, figsize=(13, 3.4), sharex=True)
for axis, (title, costs) in zip(axes, ways.items(), strict=True):
    share = np.mean(np.array(costs) < 1.01 * least)
    print(f"{title}: {share:.0%} of the runs reach the lowest cost")
    axis.hist(costs, bins=np.linspace(0.9 * least, max(ways["random rows"]), 30))
    axis.set_title(f"{title}: {share:.0%} at the lowest cost")
    axis.set_xlabel("cost at the end")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## 2. A run that ended too soon
#
# Two clouds that lie nearly on top of each other, and a GMM that starts with both means close
# together: a saddle, from where EM first hardly moves. The same run under three pairs of limits,
# and a run with a bug in its M step. Let `convergence_report` tell them apart.

# %%
overlap = lab_tools.two_overlapping(np.random.default_rng(2))
start = np.array([[0.0, 0.0], [0.1, 0.1]])


def broken_gmm(points, mu, rounds):
    """EM with a mistake: the M step returns variances, the E step reads them as deviations."""
    pi, sigma = np.full(len(mu), 1 / len(mu)), np.tile(points.std(axis=0), (len(mu), 1))
    costs = [-lab_tools.mean_log_density(points, pi, mu, sigma)]
    for _ in range(rounds):
        joint = lab_tools.log_joint(points, pi, mu, sigma)
        gamma = np.exp(joint - joint.max(axis=1, keepdims=True))
        gamma /= gamma.sum(axis=1, keepdims=True)
        size_K = gamma.sum(axis=0)
        pi, mu = size_K / len(points), gamma.T @ points / size_K[:, None]
        off_NKD = np.square(points[:, None] - mu[None])
        sigma = np.einsum("nk,nkd->kd", gamma, off_NKD) / size_K[:, None]  # no root: wrong
        costs.append(-lab_tools.mean_log_density(points, pi, mu, sigma))
    return np.array(costs)


limits = {
    "10 iterations": {"max_iters": 10, "tol": 1e-9},
    "loose tolerance": {"max_iters": 1000, "tol": 1e-3},
    "patient": {"max_iters": 1000, "tol": 1e-9},
}
histories = {
    title: (lab_tools.gmm(overlap, start, **limit)["costs"], limit)
    for title, limit in limits.items()
}
histories["with a bug"] = (broken_gmm(overlap, start, 9), {"max_iters": 9, "tol": 1e-9})

_, axes = plt.subplots(1, 4, figsize=(15, 3.6), sharey=True)
for axis, (title, (costs, limit)) in zip(axes, histories.items(), strict=True):
    report = diagnostics.convergence_report(costs, **limit)
    print(f"{title}: {report['diagnosis']} after {report['iterations']} iterations, "
          f"remaining {report['remaining']}")  # fmt: skip
    axis.plot(costs, marker=".", ms=4)
    if report["first_rise"] is not None:
        axis.axvline(report["first_rise"], color="red", lw=1)
    axis.set_title(f"{title}:\n{report['diagnosis']}")
    axis.set_xlabel("iteration")
axes[0].set_ylabel("cost")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## 3. A covariance without an inverse
#
# Two clouds of 50 points each in 100 dimensions. The covariance of all 100 points has rank 99; the
# ones that a full GMM would fit to each cloud have rank 49. There is no density to speak of.

# %%
rng = np.random.default_rng(3)
many = lab_tools.many_dimensions(rng)
fresh = lab_tools.many_dimensions(rng)
covariance = np.cov(many.T, bias=True)
one_cloud = np.cov(many[:50].T, bias=True)


def mean_log_normal(points, mean, covariance):
    """Mean log density of a normal distribution, by a Cholesky factor."""
    factor = np.linalg.cholesky(covariance)
    z = np.linalg.solve(factor, (points - mean).T)
    constant = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
    return float(np.mean(-0.5 * np.sum(z**2, axis=0)) - constant)


shrinkages = np.array([0.001, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0])
for title, matrix in (("100 points", covariance), ("one cloud of 50", one_cloud)):
    report = diagnostics.condition_report(matrix)
    print(f"{title}: {report['diagnosis']}, rank {report['rank']}, condition {report['condition']}")
    report = diagnostics.condition_report(diagnostics.regularize(matrix, 0.1))
    print(f"    shrunk by 0.1: {report['diagnosis']}, rank {report['rank']}, "
          f"condition {report['condition']:.0f}")  # fmt: skip

_, axes = plt.subplots(1, 2, figsize=(12, 4))
for s in (0.0, 0.01, 0.1, 0.5):
    values = diagnostics.condition_report(diagnostics.regularize(covariance, s))["eigenvalues"]
    axes[0].semilogy(np.maximum(values, 1e-17), label=f"shrinkage {s:g}")
axes[0].set_title("eigenvalues of the covariance of 100 points")
axes[0].set_xlabel("from the smallest to the largest")
axes[0].legend()
scores = {"the points themselves": [], "fresh points": []}
for s in shrinkages:
    shrunk = diagnostics.regularize(covariance, s)
    scores["the points themselves"].append(mean_log_normal(many, many.mean(axis=0), shrunk))
    scores["fresh points"].append(mean_log_normal(fresh, many.mean(axis=0), shrunk))
for title, values in scores.items():
    axes[1].semilogx(shrinkages, values, marker=".", label=title)
axes[1].set_title("mean log density after shrinkage")
axes[1].set_ylim(min(scores["fresh points"][2:]) - 20, max(scores["the points themselves"]) + 5)
axes[1].set_xlabel("shrinkage")
axes[1].legend()
plt.tight_layout()
plt.show()
print(f"fresh points like the shrinkage {shrinkages[np.argmax(scores['fresh points'])]:g} best")

# %% [markdown]
# ## 4. Columns in different units
#
# Three groups that differ in four columns of small numbers; beside them a column in grams, and one
# that is the same for everybody. What PCA shows before and after `standardize`, and what K-means
# makes of it.

# %%
np.random.seed(4)
mixed, groups = lab_tools.mixed_units(np.random.default_rng(4))
z, mean, scale = diagnostics.standardize(mixed)
print("scales of the columns:", scale.round(3))
_, axes = plt.subplots(1, 2, figsize=(11, 4))
for axis, title, data in zip(axes, ("as measured", "standardized"), (mixed, z), strict=True):
    scores, components, variances = diagnostics.pca(data, 2)
    found = diagnostics.best_of_n_init(data, 3, 10)["cluster_idx"]
    agreement = diagnostics.label_agreement(found, groups)
    share = variances[0] / data.var(axis=0).sum()
    print(f"{title}: K-means agrees with the groups on {agreement:.0%} of the points")
    print(f"    the first component holds {share:.1%} of the variance")
    scatter(axis, scores, found, f"{title}: agreement {agreement:.0%}")
    axis.set_xlabel("component 1")
    axis.set_ylabel("component 2")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## 5. The wrong model
#
# Three clouds of unequal width; K-means sees balls of one width. Which model, how many clusters,
# and who says so?

# %%
rng = np.random.default_rng(5)
train, valid = lab_tools.uneven_clouds(rng), lab_tools.uneven_clouds(rng)
Ks = [1, 2, 3, 4, 5, 6, 7, 8]
table, best_models = diagnostics.choose_model(train, valid, Ks)

_, axes = plt.subplots(1, 3, figsize=(14, 3.8))
for axis, name in zip(axes, ("held_out", "bic", "silhouette"), strict=True):
    for row, kind in enumerate(lab_tools.KINDS):
        axis.plot(Ks, table[name][row], marker="o", label=kind)
    kind, K = best_models[name]
    print(f"{name}: {kind} with K = {K}")
    axis.axvline(K, color="grey", lw=1, ls="--")
    axis.set_title(f"{name}: {kind}, K = {K}")
    axis.set_xlabel("K")
axes[0].legend()
plt.tight_layout()
plt.show()

# %%
_, axes = plt.subplots(1, 2, figsize=(10, 4), sharex=True, sharey=True)
for axis, name in zip(axes, ("held_out", "silhouette"), strict=True):
    kind, K = best_models[name]
    labels = lab_tools.fit_model(train, K, kind)["labels"]
    scatter(axis, train, labels, f"{name} prefers {kind}, K = {K}")
    axis.set_aspect("equal")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## 6. Written questions (10 points)
#
# Answer in the cells below each question, in your own words; formulas in LaTeX are welcome. People
# read these answers, so no check runs on them.
#
# ### 6.1 Three suspects (5 points)
#
# A friend fits a GMM with full covariances and $K = 5$ to 400 points in 80 dimensions, twice, and
# gets two different answers: the second has log-likelihood $+10^{5}$, the first $-3 \times 10^{4}$.
# The cost of the first run fell from iteration to iteration and ended after 20 of 20.
#
# - Name what may be wrong with each of the two runs, and the function of this lab that would show
#   it.
# - Why is "take the run with the larger log-likelihood" bad advice here, although it is what
#   `best_of_n_init` does? What would you do first, and what then?

# %% [markdown] tags=["answer"]
# *Your answer to 6.1:*

# %% [markdown]
# ### 6.2 Which model, and by which criterion (5 points)
#
# - In experiment 5 the three criteria do not prefer the same model. What does each of them reward,
#   and which assumption about clusters does the silhouette share with K-means?
# - Describe points (a sketch in words is enough) for which K-means is the better choice although a
#   GMM has the larger log-likelihood on the points that it was fitted to. Which criterion would
#   tell?

# %% [markdown] tags=["answer"]
# *Your answer to 6.2:*

# %% [markdown] tags=["solution"]
# For whoever grades section 6.
#
# 6.1: the first run used up its iterations: `convergence_report` says "too few iterations", and
# `remaining` by how much. The second has a component that has collapsed onto a few points or a
# plane: 400 points in 5 components are 80 each, at most rank 79 in 80 dimensions, so
# `condition_report` says "singular" (or nearly), and the likelihood has no bound. A larger
# likelihood then means a smaller determinant and nothing else. First mend the model (`regularize`,
# diagonal covariances, `pca` to fewer dimensions after `standardize`), let it converge, and only
# then compare several starts, best on held-out points.
#
# 6.2: held-out likelihood rewards a density that fits new points; BIC the fit minus a price for
# each parameter; the silhouette compact clusters far apart, measured by plain distances. So it
# takes clusters to be balls of about the same width in all columns, as K-means does, and long or
# wide clouds look bad to it. K-means is better where the groups are balls of one width and few: the
# deviations of the GMM then fit noise; its likelihood on its own points is larger by force (K-means
# is a special case), BIC or the held-out likelihood tells.
