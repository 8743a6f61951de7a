# Source of the student's notebook; `autograder handout` makes the .ipynb from it.

# %% [markdown]
# # Lab: mixture models
#
# You write a mixture of Gaussians from its density to its fit, and look at what it does.
#
# - Your code goes into `mixture.py`. This notebook imports it, shows what it does, and is the place
#   for your answers in section 6.
# - `README.md` is the statement: what each function must do, what it may use, and what is worth how
#   many points.
# - `python -m autograder check` in this folder runs the public checks. They are few; more checks
#   run after you submit.
#
# Before you hand in, restart the kernel and run the notebook from top to bottom. It takes well
# under a minute.
#
# Shapes: $N$ points (rows), $D$ dimensions (columns), $K$ components.

# %% [markdown]
# ## 0. Setup
#
# After you change `mixture.py`, save it and run a cell again: `autoreload` takes the new code, no
# restart needed. A cell that ends in `NotImplementedError` tells you what is still to be written.

# %%
# %load_ext autoreload
# %autoreload 2
# %matplotlib inline

# %%
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

places = [Path.cwd(), Path.cwd().parent / "assignments" / "lab_mixture_models"]
folder = next((place for place in places if (place / "mixture.py").exists()), None)
assert folder is not None, "Open this notebook in the folder that holds mixture.py."
sys.path.insert(0, str(folder))

print("python", sys.version.split()[0], "numpy", np.__version__)

# %%
from iris_data import CLASSES, FEATURES, load_flowers, split
from mixture import (
    COVARIANCE_TYPES,
    GaussianMixture,
    compare_types,
    covariance_ellipse,
    full_covariances,
    kmeans_limit,
    log_gaussian,
    log_likelihood,
    log_prior,
    lower_bound,
    m_step,
    map_fit,
    match_components,
    responsibilities,
)

# %% [markdown]
# One helper for pictures. It is complete, but the ellipses are yours (section 5.3).


# %%
def draw_mixture(axis, means, matrices, colors="k", n_std=2.0):
    """The mean and an ellipse of every component, in the first two dimensions."""
    for k, (mean, matrix) in enumerate(zip(means, matrices, strict=True)):
        x, y = covariance_ellipse(mean[:2], matrix[:2, :2], n_std).T
        axis.plot(x, y, color=colors[k % len(colors)], linewidth=1.5)
        axis.plot(*mean[:2], "+", color=colors[k % len(colors)], markersize=10)


COLORS = ["tab:blue", "tab:orange", "tab:green"]

# %% [markdown]
# ## 1. Gaussians, likelihood and bound (18 points)
#
# The example of the statement. The last digit may differ.

# %%
x = np.array([[0.0, 0.0], [2.0, 1.0], [6.0, 2.0]])
weights = np.array([0.25, 0.75])
means = np.array([[0.0, 0.0], [4.0, 2.0]])
covariances = np.array([[[1.0, 0.0], [0.0, 1.0]], [[4.0, 2.0], [2.0, 2.0]]])

print("expected")
print("[[ -1.837877  -4.531024]\n [ -4.337877  -3.031024]\n [-21.837877  -3.531024]]")
print("yours")
print(log_gaussian(x, means, covariances).round(6))

# %%
print("expected\n-10.09038\n[[0.831253 0.168747]\n [0.082757 0.917243]\n [0.       1.      ]]")
print("yours")
print(round(log_likelihood(x, weights, means, covariances), 6))
print(responsibilities(x, weights, means, covariances).round(6))

# %% [markdown]
# The bound for any responsibilities $r$,
#
# $$\mathcal{B}(r, \theta) = \sum_{nk} r_{nk} \left( \log w_k + \log \mathcal{N}(x_n \mid m_k,
# \Sigma_k) - \log r_{nk} \right),$$
#
# and how far it is below the likelihood as $r$ goes from uniform to that of the E step:

# %%
true_r = responsibilities(x, weights, means, covariances)
for share in (0.0, 0.5, 0.9, 1.0):
    r = share * true_r + (1 - share) / 2
    gap = log_likelihood(x, weights, means, covariances)
    gap -= lower_bound(x, r, weights, means, covariances)
    print(f"{share:.0%} of the way to the E step: gap {gap:.6f}")

# %% [markdown]
# ## 2. EM (23 points)
#
# Points of three Gaussians, and EM from a poor start. Each iteration climbs two steps: the E step
# lifts the bound to the likelihood, the M step lifts both.

# %%
truth = GaussianMixture(3, "full", random_state=1)
truth.weights_ = np.array([0.5, 0.3, 0.2])
truth.means_ = np.array([[0.0, 0.0], [4.0, 1.0], [1.0, 4.0]])
truth.covariances_ = np.array(
    [[[1.0, 0.6], [0.6, 1.0]], [[0.5, -0.3], [-0.3, 1.5]], [[2.0, 0.0], [0.0, 0.3]]]
)
points, drawn = truth.sample(400)

mixture = (np.full(3, 1 / 3), points[:3], np.stack([4.0 * np.eye(2)] * 3))
times, bounds, likelihoods, snapshots = [], [], [], {}
for t in range(20):
    if t in (0, 2, 5, 19):
        snapshots[t] = mixture
    r = responsibilities(points, *mixture)
    likelihoods.append(log_likelihood(points, *mixture))
    bounds.append(lower_bound(points, r, *mixture))
    mixture = m_step(points, r, "full", 0.0)
    bounds.append(lower_bound(points, r, *mixture))
    times += [t, t + 0.5]

never_falls = np.diff(likelihoods).min() > -1e-8 and np.diff(bounds).min() > -1e-8
largest_gap = np.abs(np.array(bounds[::2]) - likelihoods).max()
print("bound and likelihood never fall:", never_falls)
print(f"largest gap after an E step: {largest_gap:.1e}")

# %%
_, axis = plt.subplots(figsize=(7, 4))
axis.plot(range(20), likelihoods, "o-", label="log-likelihood")
axis.plot(times, bounds, ".--", label="bound, after E and after M")
axis.set_xlabel("iteration")
axis.legend()
plt.show()

# %%
_, axes = plt.subplots(1, len(snapshots), figsize=(16, 4), sharex=True, sharey=True)
for axis, (t, (w, m, s)) in zip(axes, snapshots.items(), strict=True):
    axis.scatter(*points.T, s=6, c=responsibilities(points, w, m, s).clip(0, 1))
    draw_mixture(axis, m, s)
    axis.set_title(f"after {t} iterations")
plt.tight_layout()
plt.show()

# %% [markdown]
# The colours are the responsibilities themselves, as red, green and blue. Now the class, with each
# of the four covariance types on the same points:

# %%
_, axes = plt.subplots(1, 4, figsize=(16, 4), sharex=True, sharey=True)
for axis, kind in zip(axes, COVARIANCE_TYPES, strict=True):
    fitted = GaussianMixture(3, kind, random_state=0).fit(points)
    axis.scatter(*points.T, s=6, c=[COLORS[k] for k in fitted.predict(points)])
    draw_mixture(axis, fitted.means_, full_covariances(fitted.covariances_, kind, 3, 2), COLORS)
    axis.set_title(f"{kind}: {fitted.score(points):.3f} per point")
    done = "converged" if fitted.converged_ else "not converged"
    print(f"{kind}: {done} after {fitted.n_iter_} iterations, bound {fitted.lower_bound_:.4f}")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## 3. K-means as a limit (4 points)
#
# Three means with equal weights and one shared covariance $\sigma^2 I$. Watch the responsibilities
# of the whole plane as $\sigma$ shrinks.

# %%
centers = np.array([[0.0, 0.0], [4.0, 1.0], [1.0, 4.0]])
side = np.linspace(-3, 7, 101)
plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)

_, axes = plt.subplots(1, 4, figsize=(16, 4))
for axis, sigma in zip(axes, (3.0, 1.0, 0.3, 0.0), strict=True):
    r = kmeans_limit(plane, centers, sigma)
    image = r.reshape(101, 101, 3).clip(0, 1)
    axis.imshow(image, origin="lower", extent=(-3, 7, -3, 7))
    axis.plot(*centers.T, "w+", markersize=12)
    axis.set_title(f"sigma = {sigma:g}")
    print(f"sigma = {sigma:g}: {np.mean(r.max(axis=1) > 0.99):.0%} of the plane beyond doubt")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## 4. Maximum a posteriori (8 points)
#
# Five points, two components, and a start that leads one component into a single point. Maximum
# likelihood without `reg_covar` would end in a singular covariance; the prior bars that way.

# %%
few = np.array([[0.0, 0.0], [1.0, 0.4], [0.3, 1.1], [0.8, 0.9], [5.0, 5.0]])
start = (
    np.array([0.5, 0.5]),
    np.array([[0.5, 0.5], [5.0, 5.0]]),
    np.stack([np.eye(2), 0.1 * np.eye(2)]),
)
prior = {"alpha": 2.0, "mean": few.mean(axis=0), "kappa": 0.1, "scale": np.eye(2), "nu": 4.0}

*found, history = map_fit(few, start, prior)
print("objective of the start and after each iteration:", history.round(3))
print("log prior of the result:", round(log_prior(*found, prior), 3))
for reg_covar in (1e-2, 1e-6, 1e-10):
    w, m, s = start
    fit = GaussianMixture(
        2,
        reg_covar=reg_covar,
        weights_init=w,
        means_init=m,
        precisions_init=np.linalg.inv(s),
    ).fit(few)
    least = np.linalg.eigvalsh(fit.covariances_).min()
    print(f"reg_covar {reg_covar:.0e}: least eigenvalue {least:.1e}, score {fit.score(few):.2f}")
print(f"with priors: least eigenvalue {np.linalg.eigvalsh(found[2]).min():.1e}")

# %% [markdown]
# ## 5. Irises (7 points)
#
# Three species, four measures in cm. Each mixture starts from the true classes of the training
# data, forgets them, and is asked for the classes again.

# %%
flowers, species, origin = load_flowers()
x_train, y_train, x_test, y_test = split(flowers, species)
print(f"{len(x_train)} flowers to train, {len(x_test)} to test: {origin}")

accuracies = compare_types(x_train, y_train, x_test, y_test)
for kind, (train, test) in accuracies.items():
    print(f"{kind:>9}: train {train:.1%}, test {test:.1%}")

# %%
_, axes = plt.subplots(1, 4, figsize=(16, 4.2), sharex=True, sharey=True)
for axis, kind in zip(axes, COVARIANCE_TYPES, strict=True):
    fitted = GaussianMixture(3, kind, random_state=0).fit(x_train)
    names = match_components(fitted.means_, x_train, y_train)
    for c in range(3):
        train, test = x_train[y_train == c], x_test[y_test == c]
        axis.scatter(train[:, 0], train[:, 1], s=6, color=COLORS[c], label=CLASSES[c])
        axis.scatter(test[:, 0], test[:, 1], s=30, marker="x", color=COLORS[c])
    draw_mixture(
        axis,
        fitted.means_,
        full_covariances(fitted.covariances_, kind, 3, 4),
        [COLORS[c] for c in names],
    )
    axis.set_title(f"{kind}, {fitted.n_iter_} iterations")
    axis.set_xlabel(FEATURES[0])
axes[0].set_ylabel(FEATURES[1])
axes[0].legend()
plt.tight_layout()
plt.show()

# %% [markdown]
# Dots are training data, crosses test data; the ellipses are two standard deviations wide. These
# mixtures started from K-means and never saw a class; `match_components` only chose the colours of
# their ellipses.
#
# ## 6. Written questions (10 points)
#
# Answer in the cells below each question, in your own words; formulas in LaTeX are welcome. People
# read these answers, so no check runs on them.
#
# ### 6.1 K-means, EM and what they maximize (5 points)
#
# - A slide says: K-means maximizes its objective exactly, whereas EM maximizes a bound of a
#   function that is not concave. Is that so? Say for each of the two what a step maximizes exactly,
#   and what the whole algorithm reaches.
# - What does your picture of the K-means limit show of the way from the one to the other?

# %% [markdown] tags=["answer"]
# *Your answer to 6.1:*

# %% [markdown]
# ### 6.2 Singular covariances (5 points)
#
# - How can the likelihood of a mixture grow without limit, and why does that not happen with one
#   component and many points?
# - Compare `reg_covar` with the prior of part 4: what does each do to a component with many points,
#   to one with a single point, and to the promise of 2.2 that the likelihood never falls?

# %% [markdown] tags=["answer"]
# *Your answer to 6.2:*

# %% [markdown] tags=["solution"]
# For whoever grades section 6.
#
# 6.1: not so, or only of single steps. Both algorithms alternate two steps, each of which is exact:
# K-means minimizes its loss over the assignment, then over the centres; EM maximizes the bound over
# the responsibilities (which closes the gap), then over the parameters. Neither reaches more than a
# local optimum (or a saddle point) of its objective, which for neither is concave or convex; the
# result depends on the start. The picture: soft borders become sharp ones, at the same place, half
# way between the means; at sigma = 0 the E step is the assignment, the M step the centres, and
# sigma^2 times the bound becomes minus half the loss.
#
# 6.2: a component whose mean is a point and whose variance goes to zero has an unbounded density
# there, while the other components keep the density of the other points away from zero; with one
# component the other points' densities vanish faster than the one point's grows. reg_covar adds the
# same small number to all variances: hardly anything for many points, and variance reg_covar for a
# single point, a spike that is finite and still very high; and since the M step is then no longer
# the maximum of the bound, bound and likelihood may fall a little. The prior pulls towards a scale
# and a mean that mean something, with a weight of about nu points: hardly anything for many points,
# nearly the prior alone for a single one; and log-likelihood plus log prior never falls, though the
# likelihood alone may.
