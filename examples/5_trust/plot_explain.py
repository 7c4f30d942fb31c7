"""Explaining a private model, SHAP included
=========================================

Explainers usually keep rows: to compare with, to draw neighbours from, to shuffle.
Made-up rows of a private background do as well, and may be shown. Here: which columns
matter, what the model says for each value, its rules in words, and how to hand all that
to SHAP.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skprivate.ensemble import DPHistGradientBoostingClassifier
from skprivate.inspection import (
    DPBackground,
    DPPartialDependenceDisplay,
    DPPermutationImportanceDisplay,
    dp_partial_dependence,
    surrogate_tree,
)
from skprivate.synthesis import DPTabularSynthesizer

rng = np.random.default_rng(0)
n = 15_000
people = pd.DataFrame(
    {
        "age": rng.uniform(18, 90, n),
        "income": rng.gamma(4.0, 10.0, n).clip(0, 150),
        "visits": rng.integers(0, 12, n).astype(float),
        "shoe size": rng.normal(42, 3, n).clip(34, 50),
    }
)
odds = (
    np.abs(people["age"] - 50) / 8 - people["income"] / 25 + people["visits"] / 4 - 1.5
)
left = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
schema = {
    "age": (18, 90), "income": (0, 150), "visits": (0, 11), "shoe size": (34, 50)
}  # fmt: skip
model = DPHistGradientBoostingClassifier(
    schema=schema, find_categories=False, classes=[0, 1], epsilon=1.0
).fit(people[:10_000], left[:10_000])

# %%
# A background is a table of rows that nobody has lived. It has a price of its own,
# once; all that is made of it and of the model is free.

made = DPTabularSynthesizer(schema=schema, find_categories=False, epsilon=0.5)
background = DPBackground(made, n_samples=500).fit(people[:10_000])
print(background.privacy_)

curves = dp_partial_dependence(model, background, ["age", "income", "visits"])
figure, axes = plt.subplots(1, 3, figsize=(9, 3), layout="constrained", sharey=True)
DPPartialDependenceDisplay(curves).plot(axes)

# %%
# How much worse is the model without a column? That asks private rows again, here
# those set aside, so it is a release: one for all columns.

DPPermutationImportanceDisplay.from_estimator(
    model, people[10_000:], left[10_000:], background=background, epsilon=0.5
).figure_.set_size_inches(6, 3)

# %%
# A small tree that imitates the model, and how often the two agree on made-up rows.

tree = surrogate_tree(model, background, max_depth=2)
print(*tree.rules, sep="\n")
print(f"agrees with the model on {tree.fidelity_:.0%} of the background")

# %%
# SHAP takes the same background. It is not needed for this page; where it is there,
# these lines are all::
#
#     import shap
#
#     ask = background.asked(model.predict_proba)
#     explainer = shap.KernelExplainer(ask, background.to_shap())
#     values = explainer.shap_values(background.to_shap()[:100])
#
# What comes of rows of the background may be published. An explanation *of* a private
# row is as private as the row.

plt.show()
