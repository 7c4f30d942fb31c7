"""Additive shapes: a model one can look at
========================================

An additive model is one curve for each column, and all of it can be drawn. What does a
private one look like, and how much of a curve is noise?
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skprivate.additive import DPAdditiveClassifier, DPShapeDisplay

rng = np.random.default_rng(0)
n = 20_000
people = pd.DataFrame(
    {
        "age": rng.integers(18, 90, n).astype(float),
        "income": rng.lognormal(10, 0.7, n),
        "plan": rng.choice(["free", "team", "firm"], n, p=[0.6, 0.3, 0.1]),
    }
)
odds = (
    np.abs(people["age"] - 50) / 10
    + 2 * (people["plan"] == "free")
    - 0.8 * np.log(people["income"] / 22_000)
    - 3
)
left = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)

# %%
# Young and old leave, and so do people with a free plan or a small income. Nothing was
# declared: bins, categories and curves are all paid for within epsilon = 1.

model = DPAdditiveClassifier(classes=[0, 1], interactions=0, epsilon=1.0)
model.fit(people[:15_000], left[:15_000])
print(f"accuracy: {model.score(people[15_000:], left[15_000:]):.3f}")
for name, importance in zip(model.term_names_, model.term_importances_, strict=True):
    print(f"{name:8} {importance:.2f}")

# %%
# Bands count the noise of privacy and the chance of who is in the table. Where a band
# is wide, a bump means nothing.

shown = DPShapeDisplay.from_estimator(model)
shown.axes_[-1].tick_params("x", rotation=30)

# %%
# The same with a tenth of the budget. What is left is coarse, and says so.

small = DPAdditiveClassifier(classes=[0, 1], interactions=0, epsilon=0.1)
small.fit(people[:15_000], left[:15_000])
shown = DPShapeDisplay.from_estimator(small)
shown.axes_[-1].tick_params("x", rotation=30)

# %%
# What one row gets is a sum of what its columns add, in log odds.

parts = model.explain(people[:1])[0]
print(people.iloc[0].to_dict())
print(dict(zip(model.term_names_, parts.round(2).tolist(), strict=True)))
plt.show()
