"""One budget for a pipeline
=========================

A scaler, a reduction and a classifier of handwritten digits share one budget. One sees
what each release costs before any row is read, and what the whole can do at several
budgets.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skprivate import make_dp_pipeline
from skprivate.decomposition import DPPCA
from skprivate.linear_model import DPLogisticRegression

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)


def pipeline(epsilon):
    """Two steps that pay from one purse; pixels are known to lie in 0 to 16."""
    return make_dp_pipeline(
        DPPCA(n_components=20),
        DPLogisticRegression(classes=range(10)),
        epsilon=epsilon,
        delta=1e-6,
        bounds=(0, 16),
    )


# %%
# A plan needs the number of columns, and no rows. Shares are parts of the whole.

plan = pipeline(3.0).plan(n_features=64, classes=range(10))
print(plan)

# %%
# Then it is a pipeline as any other. Steps never bring a budget of their own; one that
# knows nothing of privacy is refused.

epsilons = [0.5, 1.0, 2.0, 4.0, 8.0]
scores = [
    pipeline(epsilon).fit(X_train, y_train).score(X_test, y_test)
    for epsilon in epsilons
]

# %%
# On the left, who gets what. On the right, 1,347 rows and ten classes: with so few, a
# small epsilon shows.

names = [f"{number}. {part.query}" for number, part in enumerate(plan.releases, 1)]
shares = [part.share for part in plan.releases]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
bars = left.barh(names, shares, color="tab:blue")
left.bar_label(bars, fmt="{:.0%}", padding=3)
left.set(xlabel="share of the budget", xlim=(0, 1))
left.invert_yaxis()
right.plot(epsilons, scores, marker="o")
right.axhline(0.1, color="grey", linestyle=":", label="guessing")
right.set(xscale="log", xlabel="epsilon", ylabel="accuracy", ylim=(0, 1))
right.set_xticks(epsilons, [f"{epsilon:g}" for epsilon in epsilons])
right.minorticks_off()
right.legend()
plt.show()
