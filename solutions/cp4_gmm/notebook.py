# Source of the student's notebook; `autograder handout` makes the .ipynb from it.

# %% [markdown]
# # Coding practical 4: Gaussian mixture models
#
# You fit mixtures of Gaussians to small pictures of tops, by expectation-maximization (EM) and, for
# a bonus, by L-BFGS.
#
# - Your code goes into the six files that `README.md` names. This notebook imports them and shows
#   what they do, step by step and on a fifth of the pictures, so that all of it runs in well under
#   a minute.
# - `README.md` is the statement: what each function must do, and what is worth how many points.
# - `python -m autograder check` in this folder runs the public checks. They are few; more checks
#   run after you submit.
# - The numbers and figures of your report come from all pictures:
#   `python train_EM_gmm_with_many_runs.py`.
#
# Shapes: $N$ examples (rows), $D$ dimensions (pixels), $K$ components. An array's name ends in its
# axes: `x_ND` has $N$ rows and $D$ columns.

# %% [markdown]
# ## 0. Setup
#
# After you change a file, save it and run a cell again: `autoreload` takes the new code, no restart
# needed. A cell that ends in `NotImplementedError` tells you what is still to be written.

# %%
# %load_ext autoreload
# %autoreload 2
# %matplotlib inline

# %%
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

places = [Path.cwd(), Path.cwd().parent / "assignments" / "cp4_gmm"]
folder = next((place for place in places if (place / "tops_data.py").exists()), None)
assert folder is not None, "Open this notebook in the folder that holds tops_data.py."
sys.path.insert(0, str(folder))

np.set_printoptions(precision=6, suppress=True)
print("python", sys.version.split()[0], "numpy", np.__version__)

# %%
from calc_neg_log_lik__np import calc_neg_log_lik
from GMM_PenalizedMLEstimator_EM import GMM_PenalizedMLEstimator_EM
from many_runs import markdown_table, train_many_runs
from plot_history_for_many_runs import plot_history
from tops_data import Tops, load_tops
from train_EM_gmm_with_many_runs import choose_best_run, make_gmm, score_per_pixel
from viz_gmm_for_img_data import visualize_gmm

# %% [markdown]
# ### The pictures
#
# Tops of three kinds, $20 \times 20$ gray values between about $-1$ (black) and $1$ (white), one
# picture a row. Every fifth one is enough here; `EVERY = 1` takes them all.

# %%
EVERY = 5

whole = load_tops(folder / "data")
print(whole.said)
tops = Tops(
    whole.x_train_ND[::EVERY], whole.x_valid_ND[::EVERY], whole.x_test_ND[::EVERY], whole.said
)
D = tops.x_train_ND.shape[1]
print("here:", *(len(x_ND) for x_ND in tops[:3]), "pictures for training, validation and test")


# %%
def show_pictures(x_ND, columns=12):
    """Show rows of gray values as square pictures."""
    side = round(x_ND.shape[1] ** 0.5)
    rows = -(-len(x_ND) // columns)
    figure, all_axes = plt.subplots(rows, columns, figsize=(0.9 * columns, 0.9 * rows))
    for axes in np.ravel(all_axes):
        axes.axis("off")
    for axes, x_D in zip(np.ravel(all_axes), x_ND, strict=False):
        axes.imshow(x_D.reshape(side, side), vmin=-1.0, vmax=1.0, cmap="gray")
    figure.tight_layout(pad=0.3)
    plt.show()


show_pictures(tops.x_train_ND[:36])

# %% [markdown]
# ## 1. Expectation-maximization
#
# A mixture has weights $\pi_k$ that sum to one, means $\mu_{kd}$ and standard deviations
# $\sigma_{kd}$:
#
# $$p(x_n) = \sum_{k=1}^{K} \pi_k \prod_{d=1}^{D} \frac{1}{\sqrt{2 \pi}\, \sigma_{kd}}
# \exp\left(-\frac{(x_{nd} - \mu_{kd})^2}{2 \sigma_{kd}^2}\right)$$
#
# (Under the root, $\pi$ is the number.) What is minimized is
#
# $$\mathcal{L}(\pi, \mu, \sigma) = -\sum_{n=1}^{N} \log p(x_n) + \sum_{k=1}^{K} \sum_{d=1}^{D}
# \left( \frac{1}{m^2 s} \log \sigma_{kd} + \frac{1}{2 m s}\, \sigma_{kd}^{-2} \right)$$
#
# where the second sum is a penalty that keeps components from shrinking onto single pictures.
#
# ### 1.1 Negative log likelihood (15 points)
#
# In 400 dimensions a product of densities is 0 or infinite as a float, so logarithms are added:
#
# $$\ell_{nk} = \log \pi_k - \sum_{d=1}^{D} \left( \tfrac{1}{2} \log 2 \pi + \log \sigma_{kd} +
# \frac{(x_{nd} - \mu_{kd})^2}{2 \sigma_{kd}^2} \right), \qquad
# -\sum_{n=1}^{N} \log p(x_n) = -\sum_{n=1}^{N} \log \sum_{k=1}^{K} \exp(\ell_{nk})$$

# %%
x_ND = np.array([[0.0, 1.0], [2.0, 3.0], [-1.0, 0.5], [3.0, -1.0]])
log_pi_K = np.log([0.25, 0.75])
mu_KD = np.array([[0.0, 1.0], [2.0, -1.0]])
stddev_KD = np.array([[1.0, 2.0], [0.5, 3.0]])

print("expected 16.25467012009251")
print("yours   ", calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD))

# %% [markdown]
# ### 1.2 E step (15 points)
#
# How likely is it that component $k$ made row $n$? Every row of the responsibilities sums to one.
#
# $$r_{nk} = \frac{\exp(\ell_{nk})}{\sum_{j=1}^{K} \exp(\ell_{nj})}$$

# %%
gmm = GMM_PenalizedMLEstimator_EM(K=2, D=2)
gmm.log_pi_K = np.log([0.25, 0.75])
gmm.mu_KD = np.array([[0.0, 0.0], [4.0, 1.0]])
gmm.stddev_KD = np.array([[1.0, 2.0], [3.0, 2.0]])
r_NK = gmm.estep__calc_r_NK(np.array([[1.0, 0.5], [0.0, 0.5], [4.0, 0.5], [1.0, 2.5]]))

print("expected")
print("[[0.5      0.5     ]\n [0.708661 0.291339]\n [0.000335 0.999665]\n [0.377541 0.622459]]")
print("yours")
print(r_NK)

# %% [markdown]
# ### 1.3 The three M steps (15 points)
#
# The best parameters for given responsibilities; the penalty is in the last formula.
#
# $$\pi_k = \frac{1}{N} \sum_{n=1}^{N} r_{nk}, \qquad
# \mu_{kd} = \frac{\sum_n r_{nk}\, x_{nd}}{\sum_n r_{nk}}, \qquad
# \sigma_{kd}^2 = \frac{\frac{1}{s m} + \sum_n r_{nk}\, (x_{nd} - \mu_{kd})^2}
# {\frac{1}{s m^2} + \sum_n r_{nk}}$$

# %%
r_NK = np.array([[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [1.0, 0.0]])
x_ND = np.array([[0.0, 3.0], [4.0, -4.0], [8.0, 4.0], [1.0, -1.0]])
gmm = GMM_PenalizedMLEstimator_EM(K=2, D=2, variance_penalty_mode=2.0, variance_penalty_spread=0.5)
gmm.mu_KD = np.zeros((2, 2))

print("expected")
print("[-0.287682 -1.386294]")
print("[[2. 0.]\n [7. 2.]]")
print("[[2.267787 2.77746 ]\n [1.632993 2.94392 ]]")
print("yours")
print(gmm.mstep__update_log_pi_K(r_NK))
gmm.mu_KD = gmm.mstep__update_mu_KD(r_NK, x_ND)
print(gmm.mu_KD)
print(gmm.mstep__update_stddev_KD(r_NK, x_ND))

# %% [markdown]
# ### 1.4 EM, the whole algorithm (15 points)
#
# Three clouds of points, found from a random start. With `do_double_check_correctness=True` the
# given code makes sure in every iteration that neither half step raises the loss.

# %%
prng = np.random.RandomState(4)
centres = np.array([[-4.0, 0.0], [0.0, 3.0], [4.0, -1.0]])
points_ND = np.concatenate([c + prng.randn(150, 2) * [1.0, 0.5] for c in centres])

gmm = GMM_PenalizedMLEstimator_EM(
    K=3, D=2, seed=2, variance_penalty_mode=4.0, max_iter=30, do_double_check_correctness=True
)
gmm.fit(points_ND, verbose=False)

_, (left, right) = plt.subplots(1, 2, figsize=(10.0, 3.6))
left.plot(gmm.history["iter"], gmm.history["train_loss_per_pixel"], marker="o", markersize=4)
left.set(xlabel="iteration", ylabel="loss per pixel", title="The loss never rises")
colours = np.argmax(gmm.estep__calc_r_NK(points_ND), axis=1)
right.scatter(points_ND[:, 0], points_ND[:, 1], c=colours, s=6, cmap="viridis")
right.plot(*gmm.mu_KD.T, "k+", markersize=14, markeredgewidth=2)
right.set(title="Points by their component, and the means", aspect="equal")
plt.tight_layout()
plt.show()

# %% [markdown]
# ### 1.5 Best runs and their scores (5 points)
#
# Every $K$ is trained from four random starts. `choose_best_run` takes the run with the highest
# last validation score; `score_per_pixel` makes the scores of data sets of different sizes
# comparable.

# %%
runs = [
    {"K": 4, "seed": 1001, "valid_score_per_pixel": [0.10, 0.30, 0.35]},
    {"K": 4, "seed": 3001, "valid_score_per_pixel": [0.20, 0.60, 0.40]},
    {"K": 4, "seed": 4001, "valid_score_per_pixel": [0.05, 0.25, 0.50]},
]
print("expected 4001")
print("yours   ", choose_best_run(runs)["seed"])

# %%
with tempfile.TemporaryDirectory() as results:
    table = train_many_runs(
        make_gmm, tops, results, choose_best_run, score_per_pixel, pictures=False, progress=False
    )
    figure = plot_history(sorted(Path(results, "EM").glob("history_*.csv")), "EM")
plt.show()
display(Markdown(markdown_table(table)))

# %% [markdown]
# The components of the best run with $K = 8$: their means above, and below how much the pictures of
# a component differ in every pixel.

# %%
seed = next(row["seed"] for row in table if row["K"] == 8)
best = make_gmm(K=8, D=D, seed=seed).fit(tops.x_train_ND, tops.x_valid_ND, verbose=False)
visualize_gmm(best, title=f"EM: K = 8, seed {seed}")
plt.show()

# %% [markdown]
# Which pictures does each component stand for? A row below holds those for which a component is
# most responsible, beginning with the largest component.

# %%
r_NK = best.estep__calc_r_NK(tops.x_train_ND)
order = np.argsort(-best.log_pi_K)
chosen = [np.flatnonzero(np.argmax(r_NK, axis=1) == k)[:12] for k in order]
blank = np.full(D, np.nan)
rows = [[*tops.x_train_ND[found], *[blank] * (12 - len(found))] for found in chosen]
show_pictures(np.array([x_D for row in rows for x_D in row]))

# %% [markdown]
# ## 2. L-BFGS
#
# The same loss by gradient descent, over parameters that may be any real numbers:
#
# $$\log \pi_k = \rho_k - \log \sum_{j=1}^{K} e^{\rho_j}, \qquad
# \sigma_{kd} = \log(1 + e^{\nu_{kd}})$$
#
# 2.1 and 2.2 are a bonus of 20 points. Where you leave them out, the cells below say so and the
# notebook goes on; 2.3 (5 points) is the two functions of 1.5 once more.

# %%
from calc_neg_log_lik__ag import calc_neg_log_lik as calc_neg_log_lik__ag

x_ND = np.array([[0.0, 1.0], [2.0, 0.0], [4.0, 3.0]])
log_pi_K = np.log([0.25, 0.75])
mu_KD = np.array([[0.0, 0.0], [3.0, 2.0]])
stddev_KD = np.array([[1.0, 2.0], [2.0, 1.0]])

print("expected 11.596777683226536")
try:
    print("yours   ", float(calc_neg_log_lik__ag(x_ND, log_pi_K, mu_KD, stddev_KD)))
except NotImplementedError as todo:
    print("not written yet:", todo)

# %%
from GMM_PenalizedMLEstimator_LBFGS import GMM_PenalizedMLEstimator_LBFGS

lbfgs = GMM_PenalizedMLEstimator_LBFGS(
    K=4, D=D, seed=1001, variance_penalty_mode=25.0, variance_penalty_spread=100.0, max_iter=60
)
em = make_gmm(K=4, D=D, seed=1001)
try:
    lbfgs.fit(tops.x_train_ND, tops.x_valid_ND, verbose=False)
except NotImplementedError as todo:
    print("not written yet:", todo)
else:
    em.fit(tops.x_train_ND, tops.x_valid_ND, verbose=False)
    _, axes = plt.subplots(figsize=(6.0, 3.6))
    for name, gmm in {"EM": em, "L-BFGS": lbfgs}.items():
        axes.plot(gmm.history["iter"], gmm.history["valid_score_per_pixel"], label=name)
    axes.set(xlabel="iteration", ylabel="validation score per pixel", ylim=(-3.0, None))
    axes.set_title("K = 4, both from the same start")
    axes.legend()
    plt.tight_layout()
    plt.show()

# %% [markdown]
# ## 3. Written questions (30 points)
#
# Answer in the cells below each question, or in `report.md`, which says how each one is graded;
# not in both. Run `python train_EM_gmm_with_many_runs.py` first: the answers are about all
# pictures, and figures and table are in `results/EM/`. To put a figure into a cell, drag its file
# there.
#
# ### 1a. Validation score against iteration (10 points)
#
# The figure (`figure_1a.png`) with a caption of three to five sentences:
#
# - what is shown: axes, lines, panels;
# - which $K$ of 1, 4, 8, 16 seems best on these data, and what in the figure tells you so;
# - how much the seed matters, at the start and after 20 iterations, and for which $K$.

# %% [markdown] tags=["answer"]
# *Your answer to 1a:*

# %% [markdown]
# ### 1b. The components of the best run with K = 8 (10 points)
#
# The figure (`figure_1b.png`) with a caption of four to six sentences:
#
# - which seed's run this is, and how it was chosen;
# - which components show long sleeves, which short ones, which none, and by what you tell;
# - from their weights, what share of the data has (a) long, (b) short, (c) no sleeves;
# - what a component's standard deviations add to its mean: where do its pictures differ?

# %% [markdown] tags=["answer"]
# *Your answer to 1b:*

# %% [markdown]
# ### 1c. Scores of the best runs (10 points)
#
# The table (`table.md`), four rows with both scores per pixel, and two or three sentences:
#
# - which $K$ you would choose, and on which of the two columns that choice must rest;
# - how the test scores compare with the validation scores, and whether that is what you expect.

# %% [markdown] tags=["answer"]
# *Your answer to 1c:*
