"""Accuracy against epsilon
========================

How good is a private model at which epsilon, and with how many rows? Noise is the same
for a hundred rows and for a hundred thousand; the signal is not.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from skprivate.linear_model import DPLogisticRegression

X, y = make_classification(
    45_000, n_features=10, n_informative=6, flip_y=0.05, random_state=0
)
X = np.clip(X, -5, 5)
X_test, y_test = X[-5_000:], y[-5_000:]

epsilons = [0.1, 0.3, 1.0, 3.0]
sizes = [400, 4_000, 40_000]

# %%
# Five fits each. They are seeded, so that this page is the same tomorrow; a seed makes
# a fit repeatable, and *not private*: leave it away for rows of people.


def scores_of(n, epsilon):
    """Accuracy of five private models of the first n rows."""
    models = [
        DPLogisticRegression(
            bounds=(-5, 5), classes=[0, 1], epsilon=epsilon, random_state=seed
        ).fit(X[:n], y[:n])
        for seed in range(5)
    ]
    return [model.score(X_test, y_test) for model in models]


found = {n: [scores_of(n, epsilon) for epsilon in epsilons] for n in sizes}
exact = LogisticRegression().fit(X[:40_000], y[:40_000]).score(X_test, y_test)

# %%
# Ten times as many rows do as much as an epsilon ten times as large: what counts is
# their product. Bands are the best and the worst of five fits.

figure, axes = plt.subplots(figsize=(6.5, 4), layout="constrained")
for n, scores in found.items():
    line = axes.plot(
        epsilons, np.median(scores, axis=1), marker="o", label=f"{n:,} rows"
    )
    axes.fill_between(
        epsilons,
        np.min(scores, axis=1),
        np.max(scores, axis=1),
        color=line[0].get_color(),
        alpha=0.15,
    )
axes.axhline(exact, color="black", linestyle="--", label="no privacy, 40,000 rows")
axes.axhline(0.5, color="grey", linestyle=":", label="a coin")
axes.set(xscale="log", xlabel="epsilon", ylabel="accuracy")
axes.set_xticks(epsilons, [f"{epsilon:g}" for epsilon in epsilons])
axes.minorticks_off()
axes.legend(fontsize="small")
plt.show()
