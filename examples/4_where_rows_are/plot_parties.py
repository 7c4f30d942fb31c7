"""Rows of several parties
=======================

Six clinics want one model, and no row may leave any of them. Each answers questions
about sums, by its own policy and its own ledger, and adds its own noise. What does it
cost that nobody is trusted?
"""

import matplotlib.pyplot as plt
import numpy as np

from skprivate.federated import FederatedRows, InProcess, Party, Policy
from skprivate.linear_model import DPLogisticRegression

rng = np.random.default_rng(0)
truth = np.array([1.0, -1.0, 0.5, 0.0])


def rows_of_a_clinic(n):
    """Measurements from 0 to 1, and who fell ill."""
    X = rng.uniform(size=(n, 4))
    return X, (X @ truth + 0.2 * rng.normal(size=n) > 0.25).astype(int)


sizes = [300, 500, 800, 1_200, 2_000, 3_000]
rows = [rows_of_a_clinic(n) for n in sizes]
X_test, y_test = rows_of_a_clinic(5_000)
known = {"bounds": (0, 1), "classes": [0, 1]}

# %%
# A party is a function from bytes to bytes. Its owner says what all fits together may
# cost, and its ledger is debited before a row is read.

policy = Policy(max_epsilon=2.0)
clinics = {f"clinic {i}": Party(*own, policy=policy) for i, own in enumerate(rows)}
together = FederatedRows(InProcess(clinics), n_features=4)
model = DPLogisticRegression(epsilon=1.0, **known).fit(together)
print(model.privacy_)
print(clinics["clinic 0"].ledger)

# %%
# What a party's policy does not admit is refused, before anybody has paid.

try:
    DPLogisticRegression(epsilon=1.5, **known).fit(together)
except Exception as refusal:
    print(refusal)

# %%
# Three ways to the same model: each clinic alone, all of them without trust, and all
# rows in one place, with noise that is added once. Noise of six parties is the root of
# six times as large.

epsilons = [0.1, 0.3, 1.0, 3.0]


def over_parties(epsilon):
    """A model of all clinics, which trust nobody with their sums."""
    own = Policy(max_epsilon=epsilon)
    clinics = {f"{i}": Party(*part, policy=own) for i, part in enumerate(rows)}
    source = FederatedRows(InProcess(clinics), n_features=4)
    return DPLogisticRegression(epsilon=epsilon, **known).fit(source)


def in_one_place(parts, epsilon):
    """A model of rows that were sent to one place."""
    X, y = map(np.concatenate, zip(*parts, strict=True))
    return DPLogisticRegression(epsilon=epsilon, **known).fit(X, y)


ways = {
    "all rows in one place": lambda epsilon: in_one_place(rows, epsilon),
    "six parties, no trust": over_parties,
    "the fourth clinic alone": lambda epsilon: in_one_place(rows[3:4], epsilon),
}
figure, axes = plt.subplots(figsize=(6.5, 4), layout="constrained")
for name, fit in ways.items():
    scores = [
        [fit(epsilon).score(X_test, y_test) for _ in range(5)] for epsilon in epsilons
    ]
    line = axes.plot(epsilons, np.median(scores, axis=1), marker="o", label=name)
    axes.fill_between(
        epsilons,
        np.min(scores, axis=1),
        np.max(scores, axis=1),
        color=line[0].get_color(),
        alpha=0.15,
    )
axes.set(xscale="log", xlabel="epsilon", ylabel="accuracy (median and all of 5 fits)")
axes.set_xticks(epsilons, [f"{epsilon:g}" for epsilon in epsilons])
axes.minorticks_off()
axes.legend()
plt.show()
