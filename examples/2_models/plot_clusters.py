"""Clusters: where they are, and how many
======================================

Groups are found without a look at any row, by noisy counts and sums near each center.
How good are they as epsilon grows, and how does one choose their number?
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from skprivate.cluster import DPKMeans
from skprivate.metrics import dp_silhouette_score
from skprivate.mixture import DPGaussianMixture

centers = [[-6, -5], [-5, 6], [5, -6], [6, 5], [0, 0]]
X, _ = make_blobs(5_000, centers=centers, cluster_std=1.3, random_state=0)
X = X.clip(-12, 12)

# %%
# Centers at three budgets. Bounds are told; they are worth a tenth of the budget.

figure, panels = plt.subplots(1, 3, figsize=(9, 3.3), layout="constrained")
exact = KMeans(5, n_init=10, random_state=0).fit(X).inertia_
for axes, epsilon in zip(panels, [0.03, 0.1, 1.0], strict=True):
    model = DPKMeans(5, bounds=(-12, 12), epsilon=epsilon, random_state=0).fit(X)
    loss = -model.score(X) / exact  # exact: these rows are made up
    axes.scatter(*X[::5].T, c=model.predict(X[::5]), cmap="Set2", s=3)
    axes.plot(*model.cluster_centers_.T, "kx", markersize=9, markeredgewidth=2)
    axes.set(title=f"epsilon = {epsilon:g}, loss × {loss:.2f}", xticks=[], yticks=[])
    axes.set(xlim=(-11, 11), ylim=(-11, 11), aspect="equal")

# %%
# The loss falls with every cluster, so it does not choose. Silhouettes do; a private
# one is a score with an interval. (`DPGridSearchCV` with ``scoring="silhouette"`` makes
# this choice for one price.)

numbers = range(2, 9)
scores = []
for number in numbers:
    model = DPKMeans(number, bounds=(-12, 12), random_state=0).fit(X)
    score = dp_silhouette_score(model.transform(X), epsilon=0.5, random_state=number)
    scores.append(score)
low, high = np.array([score.interval for score in scores]).T

# %%
# A mixture says more than centers do: how wide each group is, and how likely any place.
# It may be drawn as finely as one likes, for it was released.

mixture = DPGaussianMixture(5, bounds=(-12, 12), random_state=0).fit(X)
steps = np.linspace(-11, 11, 120)
grid = np.array([[a, b] for b in steps for a in steps])
density = mixture.score_samples(grid).reshape(120, 120)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
left.errorbar(
    numbers, scores, [np.array(scores) - low, high - scores], fmt="o-", capsize=3
)
left.set(xlabel="clusters", ylabel="silhouette (epsilon = 0.5)", xticks=numbers)
right.contourf(steps, steps, density, levels=np.arange(-15, 0, 1), cmap="Blues")
right.set(title="log-density, epsilon = 1", aspect="equal", xticks=[], yticks=[])
plt.show()
