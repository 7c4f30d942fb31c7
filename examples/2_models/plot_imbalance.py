"""Rare classes
============

Four rows in a hundred are frauds, and a plain model says "no fraud" to all of them.
Class weights, copies of rare rows and a moved threshold are three ways out, each with a
price. Which finds how many, at how many false alarms?
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import confusion_matrix

from skprivate import make_dp_pipeline
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPTunedThresholdClassifier
from skprivate.over_sampling import DPRandomOverSampler

rng = np.random.default_rng(0)
X = rng.uniform(-1, 1, (40_000, 4))
y = (X[:, 0] + 0.3 * X[:, 1] + 0.4 * rng.normal(size=40_000) > 1.25).astype(int)
X_fit, y_fit, X_test, y_test = X[:30_000], y[:30_000], X[30_000:], y[30_000:]
print(f"frauds: {y.mean():.1%}")

# %%
# Samplers that know nothing of privacy are refused: with SMOTE in front, one row would
# move many.


def linear(**changed):
    """Logistic regression with public bounds and classes."""
    return DPLogisticRegression(bounds=(-1, 1), classes=[0, 1], **changed)


ways = {
    "nothing": linear(epsilon=1.0),
    "class weights": linear(class_weight="balanced", epsilon=1.0),
    "three copies": make_dp_pipeline(
        DPRandomOverSampler(max_copies=3, classes=[0, 1]), linear(), epsilon=1.0
    ),
    "threshold": DPTunedThresholdClassifier(
        linear(), scoring="balanced_accuracy", epsilon=1.0
    ),
    "threshold for F1": DPTunedThresholdClassifier(linear(), scoring="f1", epsilon=1.0),
}
found, alarms = [], []
for model in ways.values():
    predicted = model.fit(X_fit, y_fit).predict(X_test)
    (_, false), (_, true) = confusion_matrix(y_test, predicted)
    found.append(true / y_test.sum())
    alarms.append(false / (1 - y_test).sum())

# %%
# There is no free lunch: all these ways move along one curve, that of the scores of a
# model. What differs is where they stop. Ask for what a missed fraud and a false alarm
# cost you, not for balance.

scores = ways["nothing"].decision_function(X_test)
order = np.argsort(-scores)
curve = np.cumsum(y_test[order]) / y_test.sum()
false = np.cumsum(1 - y_test[order]) / (1 - y_test).sum()
figure, axes = plt.subplots(figsize=(6.5, 4.2), layout="constrained")
axes.plot(false, curve, color="lightgrey", label="the plain model, any threshold")
for name, x, height in zip(ways, alarms, found, strict=True):
    axes.plot(x, height, "o", markersize=9, label=name)
axes.set(xlabel="false alarms", ylabel="frauds found", xlim=(-0.01, 0.4))
axes.xaxis.set_major_formatter("{x:.0%}")
axes.yaxis.set_major_formatter("{x:.0%}")
axes.legend(loc="lower right")
plt.show()
