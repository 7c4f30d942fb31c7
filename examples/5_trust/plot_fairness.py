"""Is it fair, and to whom can nobody know?
========================================

Noise hurts small groups most. So a model is measured group by group, with intervals
that all hold at once, and where they say nothing the answer is "too few". Then one
threshold for each group closes the gap that was found, at a price.
"""

import matplotlib.pyplot as plt
import numpy as np

from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import DPGroupMetricsDisplay, dp_metric_by_group
from skprivate.model_selection import DPGroupThresholdClassifier

rng = np.random.default_rng(0)
n = 16_000
names = ["blue", "green", "red", "gray"]
team = rng.choice(4, n, p=[0.5, 0.3, 0.197, 0.003])
X = np.clip(rng.normal(size=(n, 2)) + 0.5 * (team == 2)[:, None], -3, 3)
y = (X[:, 0] + rng.normal(size=n) > 0.5).astype(int)
table = np.column_stack([X, team])
fit, test = slice(0, 8_000), slice(8_000, None)

# %%
# One model for all, which does not see the team. One release measures all groups, as a
# row is in one of them. Keys are public: they are listed, not found.

model = DPLogisticRegression(bounds=(-3, 3), classes=[0, 1]).fit(X[fit], y[fit])
asked = {
    "by": np.array(names)[team[test]],
    "categories": names,
    "classes": [0, 1],
    "metrics": ["selection_rate", "tpr"],
    "epsilon": 1.0,
}
found = dp_metric_by_group(y[test], model.predict(X[test]), **asked)
print(found)
print("gap between groups:", found.difference("selection_rate"))

# %%
# Thresholds by group, all read off one noisy table: each group is then called as often
# as all are. The small group keeps the threshold of all, and is named.

fair = DPGroupThresholdClassifier(
    DPLogisticRegression(bounds=([-3, -3, 0], [3, 3, 3]), classes=[0, 1]),
    by=2,
    categories=[0, 1, 2, 3],
    rate="selection_rate",
    epsilon=2.0,
).fit(table[fit], y[fit])
print("too few:", [names[group] for group in fair.too_few_])
after = dp_metric_by_group(y[test], fair.predict(table[test]), **asked)

# %%
# Selection differs less now. More people are selected in all, as the threshold of all
# is chosen for balanced accuracy. The share of the able who are found (tpr) comes
# closer, too, but that is how this table was made: where groups differ in how many are
# able, one equality excludes the other. No number settles which one is right; and "too
# few" does not say that a group is treated well.

figure, panels = plt.subplots(
    2, 2, figsize=(9, 5), layout="constrained", sharex=True, sharey=True
)
for row, (title, one) in zip(
    panels, [("one threshold", found), ("a threshold for each", after)], strict=True
):
    for axes, metric in zip(row, one.metrics, strict=True):
        DPGroupMetricsDisplay(one).plot(axes, metric=metric)
        axes.set(title=title)
        axes.label_outer()
plt.show()
