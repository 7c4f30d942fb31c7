"""Boosting, a forest and a line
=============================

Two columns that act only together: a line cannot learn that, trees can. The pictures
show what each of four private models made of the same rows at the same epsilon.
"""

import matplotlib.pyplot as plt
import numpy as np

from skprivate.additive import DPAdditiveClassifier
from skprivate.ensemble import (
    DPHistGradientBoostingClassifier,
    DPRandomForestClassifier,
)
from skprivate.linear_model import DPLogisticRegression

rng = np.random.default_rng(0)
X = rng.uniform(-1, 1, (20_000, 2))
turn = np.hypot(*X.T) * 6 + np.arctan2(X[:, 1], X[:, 0])
y = (np.sin(turn) + 0.3 * rng.normal(size=20_000) > 0).astype(int)
X_fit, y_fit, X_test, y_test = X[:15_000], y[:15_000], X[15_000:], y[15_000:]

# %%
# All take the table as it is, at epsilon = 1. The line is told its bounds; the others
# look for bins.

models = {
    "linear": DPLogisticRegression(bounds=(-1, 1), classes=[0, 1]),
    "additive, with a pair": DPAdditiveClassifier(classes=[0, 1]),
    "random forest": DPRandomForestClassifier(classes=[0, 1]),
    "boosting": DPHistGradientBoostingClassifier(classes=[0, 1]),
}
for model in models.values():
    model.fit(X_fit, y_fit)

# %%
# Colours are predicted probabilities. All there is to learn here is one pair of
# columns, so an additive model that finds this pair is as good as trees. A forest
# splits at random and has one release for all its leaves; boosting looks again where it
# was wrong, and each look has a price.

steps = np.linspace(-1, 1, 80)
grid = np.array([[a, b] for b in steps for a in steps])
few = slice(0, 800)
figure, panels = plt.subplots(1, 5, figsize=(12, 2.9), layout="constrained")
panels[0].scatter(*X_test[few].T, c=y_test[few], cmap="RdBu", s=4)
panels[0].set(title="new rows", aspect="equal", xlim=(-1, 1), ylim=(-1, 1))
for axes, (name, model) in zip(panels[1:], models.items(), strict=True):
    shown = model.predict_proba(grid)[:, 1].reshape(80, 80)
    image = axes.imshow(
        shown, origin="lower", extent=(-1, 1, -1, 1), cmap="RdBu", vmin=0, vmax=1
    )
    axes.set(title=f"{name}: {model.score(X_test, y_test):.2f}")
for axes in panels:
    axes.set(xticks=[], yticks=[])
figure.colorbar(image, ax=panels, label="probability of 1", shrink=0.8)
print(models["boosting"].privacy_)
plt.show()
