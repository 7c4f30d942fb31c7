"""A text, a scan, a cough and a pulse: several kinds of data, one budget
======================================================================

Maps of each kind are public, so side by side they cost nothing, and one private head
reads them all. What is missing of a person is a block of zeros.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skprivate.compose import join_modalities
from skprivate.feature_extraction.audio import MelCepstrum
from skprivate.feature_extraction.image import RandomPatchFeatures
from skprivate.feature_extraction.series import CompetingKernels
from skprivate.feature_extraction.text import HashedText
from skprivate.linear_model import DPLogisticRegression

rng = np.random.default_rng(0)
n, time = 2400, np.arange(400)
y = rng.integers(0, 2, n)
ill = np.where(rng.random((n, 4)) < 0.75, y[:, None], rng.integers(0, 2, (n, 4)))
columns = {
    "note": ["sore today" if v else "fine today" for v in ill[:, 0]],
    "scan": [rng.random((8, 8)) + 0.5 * v * np.eye(8) for v in ill[:, 1]],
    "cough": [np.sin(time / (2 + v)) + rng.normal(size=400) for v in ill[:, 2]],
    "pulse": [np.sin(np.arange(30) / (2 + v)) + rng.normal(60, 1) for v in ill[:, 3]],
}
table = pd.DataFrame({name: pd.Series(v, dtype=object) for name, v in columns.items()})
for name in columns:  # a fifth of each kind is missing
    table.loc[rng.random(n) < 0.2, name] = None

# %%
# One head for all kinds, and one for each alone, at the same epsilon.

maps = {
    "note": HashedText(2**8),
    "scan": RandomPatchFeatures((8, 8), size=3, n_filters=32),
    "cough": MelCepstrum(rate=8000),
    "pulse": CompetingKernels(standardize=True),
}
shown = {**{name: [name] for name in maps}, "all of them": [*maps]}
scores = {}
for name, kinds in shown.items():
    joined = join_modalities(*((maps[kind], kind) for kind in kinds))
    rows = joined.fit_transform(table)
    head = DPLogisticRegression(
        classes=[0, 1], row_norm=joined.output_norm_, epsilon=1.0
    )
    scores[name] = head.fit(rows[:1800], y[:1800]).score(rows[1800:], y[1800:])

figure, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
bars = axes.barh([*scores], [*scores.values()], color=["tab:grey"] * 4 + ["tab:blue"])
axes.bar_label(bars, fmt="%.2f", padding=3)
axes.set(xlabel="accuracy at epsilon = 1", xlim=(0.5, 1.0))
axes.invert_yaxis()
plt.show()
