# Source of the student's notebook; `autograder handout` makes the .ipynb from it.

# %% [markdown]
# # Homework 2: clustering
#
# You write two clustering algorithms from scratch, **K-means** and the **Gaussian mixture model**
# (GMM), and use both to paint a picture with few colours.
#
# - Your code goes into `clustering.py`. This notebook imports it, shows what it does, and is the
#   place for your answers in section 5.
# - `README.md` is the statement: what each function must do, what it may use, and what is worth how
#   many points.
# - `python -m autograder check` in this folder runs the public checks. They are few; more checks
#   run after you submit.
#
# Before you hand in, restart the kernel and run the notebook from top to bottom. It takes well
# under a minute when no function loops over rows.
#
# Shapes: $N$ points (rows), $D$ dimensions (columns), $K$ clusters or components.

# %% [markdown]
# ## 0. Setup
#
# After you change `clustering.py`, save it and run a cell again: `autoreload` takes the new code,
# no restart needed. A cell that ends in `NotImplementedError` tells you what is still to be
# written.

# %%
# %load_ext autoreload
# %autoreload 2
# %matplotlib inline

# %%
import itertools
import sys
from pathlib import Path

import imageio.v3 as imageio
import matplotlib.pyplot as plt
import numpy as np

places = [Path.cwd(), Path.cwd().parent / "assignments" / "hw2_clustering"]
folder = next((place for place in places if (place / "clustering.py").exists()), None)
assert folder is not None, "Open this notebook in the folder that holds clustering.py."
sys.path.insert(0, str(folder))

print("python", sys.version.split()[0], "numpy", np.__version__)

# %%
from clustering import GMM, KMeans, gmm_sampling, logsumexp, pairwise_dist, softmax

# %% [markdown]
# Two helpers for pictures, and one for comparing two ways to label the same points. They are
# complete.


# %%
def show_images(images, titles):
    """Show (H, W, 3) images side by side; values from 0 to 255."""
    _, axes = plt.subplots(1, len(images), figsize=(4.5 * len(images), 4.2))
    for axis, image, title in zip(axes, images, titles, strict=True):
        axis.imshow(np.clip(image, 0, 255).astype(np.uint8))
        axis.set_title(title)
        axis.axis("off")
    plt.tight_layout()
    plt.show()


def show_scatter(points, labels):
    """The same points, once for each way to label them (``labels``: title to numbers)."""
    _, axes = plt.subplots(1, len(labels), figsize=(4.5 * len(labels), 4.2))
    for axis, (title, numbers) in zip(axes, labels.items(), strict=True):
        axis.scatter(points[:, 0], points[:, 1], s=2, c=numbers, cmap="viridis")
        axis.set_title(title)
        axis.axis("equal")
    plt.tight_layout()
    plt.show()


def renumbered(found, ids, K):
    """``found`` with its K groups numbered so that it agrees with ``ids`` as far as it can."""
    ways = (np.array(order)[found] for order in itertools.permutations(range(K)))
    return max(ways, key=lambda numbers: np.mean(numbers == ids))


# %% [markdown]
# ## 1. Helper functions (20 points)
#
# None of the three may loop over rows, neither with `for` nor with anything that hides a loop. None
# may change its arguments. Below each one, an example with the answer; the last digit may differ.
#
# ### 1.1 Pairwise distance (7 points)
#
# For $X \in \mathbb{R}^{N \times D}$ and $Y \in \mathbb{R}^{M \times D}$, the $N \times M$ matrix
# of Euclidean distances between their rows:
#
# $$\mathrm{dist}_{ij} = \lVert X_i - Y_j \rVert_2
# = \sqrt{\textstyle\sum_{d=1}^{D} (X_{id} - Y_{jd})^2}$$
#
# Broadcasting forms all $N M D$ differences at once. Expanding the square needs less memory, but
# the sum of its three terms can come out slightly negative where two rows are equal.

# %%
np.random.seed(1)
x = np.random.randn(2, 2)
y = np.random.randn(3, 2)

print("expected")
print("[[1.85239052 0.19195729 1.35467638]\n [1.85780729 2.29426447 1.18155842]]")
print("yours")
print(pairwise_dist(x, y))

# %% [markdown]
# ### 1.2 Softmax (7 points)
#
# Turns each row of $\mathrm{logits} \in \mathbb{R}^{N \times D}$ into probabilities:
#
# $$\mathrm{prob}_{ij} =
# \frac{\exp(\mathrm{logits}_{ij})}{\sum_{d=1}^{D} \exp(\mathrm{logits}_{id})}$$
#
# $\exp(1000)$ is no finite float. Numerator and denominator may both be multiplied by $\exp(-c_i)$
# without changing the fraction: which $c_i$ makes every exponent harmless, in every row?

# %%
logits = np.array([[1000, 1000], [1, 2]], dtype=np.float32)

print("expected")
print("[[0.5        0.5       ]\n [0.26894143 0.7310586 ]]")
print("yours")
print(softmax(logits))

# %% [markdown]
# ### 1.3 Log-sum-exp (6 points)
#
# For each row, as a **column** of shape $(N, 1)$:
#
# $$s_{i} = \log \sum_{j=1}^{D} \exp(\mathrm{logits}_{ij})$$
#
# The same shift helps; this time it has to be put back.

# %%
logits = np.array([[1000, 1000], [1, 2]], dtype=np.float32)

print("expected")
print("[[1000.6932   ]\n [   2.3132617]]")
print("yours")
print(logsumexp(logits))

# %% [markdown]
# ## 2. K-means (30 points)
#
# K-means looks for $K$ centres $\mu_1, \dots, \mu_K$ and an assignment $z_i \in \{0, \dots, K-1\}$
# of every point that make the **mean** squared distance small:
#
# $$J(\mu, z) = \frac{1}{N} \sum_{i=1}^{N} \lVert x_i - \mu_{z_i} \rVert^2$$
#
# It repeats two steps, and neither can make $J$ larger:
#
# 1. *Assign*: for fixed centres, give every point to the nearest one,
#    $z_i = \arg\min_k \lVert x_i - \mu_k \rVert$.
# 2. *Update*: for a fixed assignment, move every centre to the mean of its points. A centre without
#    points stays where it is.
#
# The loop itself is given in `KMeans.__call__`; you write the start, the two steps and the loss.
#
# A picture is a set of points too: each pixel is a point $(r, g, b)$. The $K$ centres are then the
# colours of a palette, and each pixel is painted in the colour of its centre.

# %%
image = imageio.imread(folder / "data" / "fruit.bmp")[..., :3]
height, width, _ = image.shape
pixels = image.reshape(-1, 3).astype(np.float64)
print(f"{height} x {width} pixels, {len(np.unique(pixels, axis=0))} different colours")

# %%
np.random.seed(1)
kmeans_images = {}
for K in (5, 16):
    ids, centers = KMeans()(pixels, K)
    kmeans_images[K] = centers[ids].reshape(height, width, 3)
    loss = np.mean(np.sum((pixels - centers[ids]) ** 2, axis=1))
    print(f"K = {K}: mean squared distance {loss:.1f}")

show_images([image, kmeans_images[5], kmeans_images[16]], ["original", "K-means, 5", "K-means, 16"])

# %% [markdown]
# ## 3. Gaussian mixture model (30 points)
#
# A mixture describes how the points may have come about: draw a component $k$ with probability
# $\pi_k$, then draw the point from that component's normal distribution. Here each component has
# its own mean and its own standard deviation for every dimension, and the dimensions are
# independent:
#
# $$p(x_i) = \sum_{k=1}^{K} \pi_k \prod_{d=1}^{D} \frac{1}{\sqrt{2\pi}\,\sigma_{kd}}
# \exp\left(-\frac{(x_{id} - \mu_{kd})^2}{2\sigma_{kd}^2}\right)$$
#
# (The $\pi$ under the root is the number, $\pi_k$ is the weight of component $k$.) Throughout,
# $\sigma$ is the **standard deviation**, not the variance.
#
# Far away from a component its density is smaller than any float above zero, and the logarithm of
# that zero is of no use. So `_ll_joint` adds logarithms from the start:
#
# $$\ell_{ik} = \log \pi_k + \sum_{d=1}^{D} \left( -\tfrac{1}{2} \log 2\pi - \log \sigma_{kd} -
# \frac{(x_{id} - \mu_{kd})^2}{2 \sigma_{kd}^2} \right)$$
#
# Expectation-maximization repeats two steps, and neither can make the likelihood of the points
# smaller:
#
# 1. *E step*: how likely is it that component $k$ made point $i$? $\;\gamma_{ik} = \exp(\ell_{ik})
#    \,/\, \sum_j \exp(\ell_{ij})$. One of your helpers does just this.
# 2. *M step*: fit each component to all points, weighted by $\gamma$. With $N_k = \sum_i
#    \gamma_{ik}$:
#
# $$\pi_k = \frac{N_k}{N}, \qquad
# \mu_{kd} = \frac{1}{N_k} \sum_{i} \gamma_{ik}\, x_{id}, \qquad
# \sigma_{kd} = \sqrt{\frac{1}{N_k} \sum_{i} \gamma_{ik}\, (x_{id} - \mu_{kd})^2}$$
#
# Again the loop is given. To paint a picture, each pixel takes the mean of its most probable
# component.

# %%
np.random.seed(1)
gmm_images = {}
for K in (5, 16):
    gamma, (pi, mu, sigma) = GMM()(pixels, K)
    gmm_images[K] = mu[np.argmax(gamma, axis=1)].reshape(height, width, 3)
    print(f"K = {K}: weights from {np.min(pi):.3f} to {np.max(pi):.3f}")

show_images([image, gmm_images[5], gmm_images[16]], ["original", "GMM, 5", "GMM, 16"])

# %% [markdown]
# ## 4. K-means against GMM (10 points)
#
# ### 4.1 Sampling from the mixture (5 points)
#
# `gmm_sampling` plays the story of section 3 forwards: it draws the component of every point by
# $\pi$ and then the point, and returns both.

# %%
np.random.seed(1)
true_pi = np.array([0.8, 0.1, 0.1])
true_mu = np.array([[0.5, 0.5], [0.25, 0.75], [0.75, 0.75]])
true_sigma = np.array([[0.1, 0.1], [0.05, 0.05], [0.05, 0.05]])

samples, ids = gmm_sampling(10000, true_pi, true_mu, true_sigma)
print("share of each component:", np.bincount(ids, minlength=3) / len(ids))

# %% [markdown]
# ### 4.2 Both algorithms on the sampled points (5 points)
#
# One large cloud between two small ones. Which algorithm finds the three groups that the points
# were drawn from, and what does the other one do instead?

# %%
np.random.seed(1)
kmeans_ids, centers = KMeans()(samples, 3)
gamma, (pi, mu, sigma) = GMM()(samples, 3, max_iters=200)
gmm_ids = np.argmax(gamma, axis=1)

labels = {
    "drawn from": ids,
    "K-means": renumbered(kmeans_ids, ids, 3),
    "GMM": renumbered(gmm_ids, ids, 3),
}
show_scatter(samples, labels)
for title in ("K-means", "GMM"):
    print(f"{title}: {np.mean(labels[title] == ids):.1%} of the points labelled as drawn")

# %% [markdown]
# ## 5. Written questions (10 points)
#
# Answer in the cells below each question, in your own words; formulas in LaTeX are welcome. People
# read these answers, so no check runs on them.
#
# ### 5.1 Initialization (5 points)
#
# - How do you choose the start of K-means, and how that of the GMM?
# - Run the same code several times without a fixed seed. Do the results differ? Why, or why not?

# %% [markdown] tags=["answer"] question="5.1"
# <!-- answer 5.1 -->
# *Your answer to 5.1:*

# %% [markdown]
# ### 5.2 Convergence (5 points)
#
# - Does the GMM with EM always reach the best solution there is? Say why.
# - Does K-means always converge to a local optimum? Say why.

# %% [markdown] tags=["answer"] question="5.2"
# <!-- answer 5.2 -->
# *Your answer to 5.2:*

# %% [markdown] tags=["solution"]
# For whoever grades section 5.
#
# 5.1: any start that is described and reasoned for (random rows of the data for K-means; its
# centres, equal weights and the spread of the data for the GMM). Results do differ between runs:
# both algorithms only go downhill from a random start, so different starts may end in different
# local optima, and components may be numbered differently.
#
# 5.2: no for EM: the likelihood never falls, but it has many local maxima and saddle points, and EM
# stays at the one it reaches. For K-means: each step lowers the loss or leaves it as it is, and
# there are finitely many assignments, so the loop ends at an assignment that neither step improves;
# that need not be the best one.
