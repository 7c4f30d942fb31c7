"""A ledger over a week of work
============================

A team looks at one table from Monday to Friday: averages, scores, models, a search. A
ledger counts all of it, in clones, folds and workers too, and refuses what would exceed
the cap. What is it that fills a budget?
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import cross_val_score

from skprivate import PrivacyLedger
from skprivate.exploration import dp_histogram, dp_mean
from skprivate.ledger import BudgetExceededError
from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import make_dp_scorer
from skprivate.model_selection import dp_cross_val_score

rng = np.random.default_rng(0)
X = rng.uniform(-1, 1, (6_000, 3))
y = (X[:, 0] + 0.4 * rng.normal(size=6_000) > 0).astype(int)
linear = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1])

ledger = PrivacyLedger(epsilon=3.0, delta=1e-6)
days, spent, added_up = [], [], []


def end_of(day):
    """Note where the ledger stands."""
    days.append(f"{day}\n({len(ledger.records)} entries)")
    spent.append(ledger.spent())
    added_up.append(sum(record.epsilon for record in ledger.records))


# %%
# Each ``with`` block goes on in the same ledger. With ``path=`` it is a file, which
# lives as long as the table does and is shared by all who work with it.

with ledger:
    dp_mean(X, bounds=(-1, 1), epsilon=0.1)
    dp_histogram(X[:, 0], range=(-1, 1), epsilon=0.1)
end_of("Monday:\na first look")

with ledger:
    linear.set_params(epsilon=0.5).fit(X, y)
end_of("Tuesday:\na model")

with ledger:  # five folds are five fits and five scores, and each has its price
    linear.set_params(epsilon=0.3)
    scorer = make_dp_scorer("accuracy", epsilon=0.1)
    cross_val_score(linear, X, y, cv=5, scoring=scorer)
end_of("Wednesday:\nfive folds")

linear.set_params(epsilon=1.0)  # the default, which is what the whole call may set
with ledger:  # the same question in this library's way: one price for all five
    dp_cross_val_score(linear, X, y, cv=5, epsilon=0.5)
end_of("Thursday:\nfive folds,\none price")

with ledger:
    try:
        while True:
            linear.fit(X, y)
    except BudgetExceededError as refusal:
        print(refusal)
        ledger.dismiss_refusals()
end_of("Friday:\nmodels, until\nit is full")
print(ledger)

# %%
# Epsilons are no prices to be added: noise of many releases partly cancels, and the
# ledger knows how far. Grey is what the plain sum would say. A refused fit has read no
# row, and nothing is ever refunded.

place = np.arange(len(days))
figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
axes.bar(place - 0.2, spent, 0.4, label="spent, by the ledger")
axes.bar(place + 0.2, added_up, 0.4, color="lightgrey", label="plain sum of epsilons")
axes.axhline(ledger.epsilon, color="tab:red", linestyle="--", label="cap")
axes.set_xticks(place, days, fontsize="small")
axes.set(ylabel="epsilon at delta = 1e-6")
axes.legend(loc="upper left")
plt.show()
