"""An estimator of your own
========================

A private nearest-centroid classifier in one file: it asks a query that exists, and
turns the answer into a model. The ledger, the report, the plan, sample weights, chunks
and Dask come with it, and one function tests it.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons
from sklearn.utils.validation import check_is_fitted, validate_data

from skprivate.base import Box, DPClassifierMixin, DPEstimator
from skprivate.queries import Moments, means_and_variances
from skprivate.testing import check_dp_estimator


class DPCentroids(DPClassifierMixin, DPEstimator):
    """Classify by the nearest noisy mean."""

    def __init__(
        self,
        *,
        bounds="private",
        classes=None,
        epsilon=1.0,
        delta=1e-6,
        max_weight=1.0,
        max_rows_per_group=1,
        random_state=None,
    ):
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.bounds = bounds
        self.classes = classes

    def _fit(self, curator):
        self.classes_ = curator.classes(self.classes)
        low, high = curator.bounds(self.bounds, share=0.2)
        box = Box.between(low, high, bits=17)  # sums are sums of integers
        query = Moments(box, n_classes=len(self.classes_))
        moments = curator.release(query, share=curator.remaining)
        _, means, _ = means_and_variances(moments)
        self.centroids_ = box.center + box.half * means

    def predict(self, X):
        """Label of the nearest centroid of each row."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, order="C", reset=False)
        distances = ((X[:, np.newaxis] - self.centroids_) ** 2).sum(axis=2)
        return self.classes_[distances.argmin(axis=1)]


# %%
# It never sees a row: ``_fit`` gets a curator, and what that releases. So the price of
# a fit follows from what is asked, and nobody has to state it.

X, y = make_moons(3_000, noise=0.2, random_state=0)
model = DPCentroids(bounds=(-2, 3), classes=[0, 1], epsilon=0.5).fit(X, y)
print(model.privacy_)

# %%
# ``check_dp_estimator`` runs scikit-learn's own checks, and those of privacy: it fits
# on neighbouring data sets and measures how far a row moves each query. It takes a
# minute, so it is not run on this page.

print(check_dp_estimator.__doc__.splitlines()[0])

# %%
# Fits of the same rows, twenty at each epsilon: this is what noise does to centroids.

figure, panels = plt.subplots(1, 3, figsize=(10, 3), layout="constrained")
for axes, epsilon in zip(panels, [0.03, 0.1, 1.0], strict=True):
    axes.scatter(*X[::3].T, c=y[::3], cmap="coolwarm", s=4, alpha=0.4)
    fits = [
        DPCentroids(bounds=(-2, 3), classes=[0, 1], epsilon=epsilon).fit(X, y)
        for _ in range(20)
    ]
    for label, color in [(0, "tab:blue"), (1, "tab:red")]:
        places = np.array([fit.centroids_[label] for fit in fits])
        axes.plot(*places.T, "o", color=color, markeredgecolor="white")
    score = np.mean([fit.score(X, y) for fit in fits])
    axes.set(title=f"epsilon = {epsilon:g}, accuracy {score:.2f}", xticks=[], yticks=[])
    axes.set(xlim=(-1.8, 2.8), ylim=(-1.5, 2))
plt.show()
