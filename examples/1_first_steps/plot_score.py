"""Reading a private score
=======================

A score of private rows is a release, too, and needs noise. Each comes with an interval
that counts both the noise and that the rows are a sample. How wide is it, and what is
one allowed to conclude?
"""

import matplotlib.pyplot as plt
import numpy as np

from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import DPRocCurveDisplay, dp_accuracy_score

rng = np.random.default_rng(0)
X = rng.uniform(-1, 1, (30_000, 3))
y = (X[:, 0] + 0.5 * rng.normal(size=30_000) > 0.3).astype(int)
X_fit, y_fit, X_test, y_test = X[:10_000], y[:10_000], X[10_000:], y[10_000:]
model = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1]).fit(X_fit, y_fit)

# %%
# One score, its interval and its price. It is about the rows set aside: other people,
# who pay for this only.

score = dp_accuracy_score(
    y_test[:2000], model.predict(X_test[:2000]), classes=[0, 1], epsilon=0.5
)
print(score)
print(score.privacy)

# %%
# With few rows noise makes the interval wide; with many it is the sample that counts,
# as without privacy. Two models whose intervals overlap by much are not told apart.

sizes = [100, 300, 1_000, 3_000, 10_000]
predicted = model.predict(X_test)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
for shift, epsilon in [(0.92, 0.1), (1.0, 0.5), (1.09, 2.0)]:
    scores = [
        dp_accuracy_score(
            y_test[:n], predicted[:n], classes=[0, 1], epsilon=epsilon, random_state=n
        )
        for n in sizes
    ]
    reach = np.abs(np.array([s.interval for s in scores]).T - np.array(scores))
    left.errorbar(
        np.array(sizes) * shift,
        scores,
        reach,
        fmt="o",
        capsize=3,
        label=f"epsilon = {epsilon:g}",
    )
truth = (predicted == y_test).mean()
left.axhline(truth, color="black", linestyle="--", label="exact, all rows")
left.set(xscale="log", xlabel="rows that are scored", ylabel="accuracy", ylim=(0, 1.02))
left.set_xticks(sizes, [f"{n:,}" for n in sizes])
left.minorticks_off()
left.legend(fontsize="small", loc="lower right")

# %%
# Curves are releases as well: this one is drawn from a noisy histogram of scores.

DPRocCurveDisplay.from_estimator(model, X_test, y_test, epsilon=0.5, ax=right)
plt.show()
