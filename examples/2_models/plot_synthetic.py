"""A synthetic table
=================

Rows that are made up, and may be handed out: the real ones were seen by noisy counts
only. What do they keep of the table, and what do they lose?
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from skprivate.synthesis import DPTabularSynthesizer

rng = np.random.default_rng(0)
n = 20_000
age = rng.integers(18, 90, n)
table = pd.DataFrame(
    {
        "age": age,
        "income": rng.lognormal(9.8, 0.4, n) * (1 + np.sin((age - 18) / 72 * np.pi)),
        "plan": rng.choice(["free", "team", "firm"], n, p=[0.6, 0.3, 0.1]),
    }
)
wants = 1 / (1 + np.exp(-((age - 50) / 10 + 2 * (table["plan"] == "firm"))))
table["bought"] = np.where(rng.random(n) < wants, "yes", "no")
real, new = table[:15_000], table[15_000:]

# %%
# One fit, one price; then as many rows as one likes.

synthesizer = DPTabularSynthesizer(schema={"age": (18, 90)}, epsilon=1.0)
made = synthesizer.fit(real).sample(15_000)
print(synthesizer.privacy_)
print(made.head())

# %%
# Whatever is trained on made-up rows is free, private or not. Here it is scikit-learn's
# boosting.


def auc_of(rows):
    """Area under the ROC curve, on new real rows, of a model of these rows."""
    model = HistGradientBoostingClassifier(random_state=0)
    model.fit(pd.get_dummies(rows.drop(columns="bought")), rows["bought"])
    columns = model.feature_names_in_
    numbers = pd.get_dummies(new.drop(columns="bought")).reindex(
        columns=columns, fill_value=0
    )
    return roc_auc_score(new["bought"], model.predict_proba(numbers)[:, 1])


print(f"trained on real rows: {auc_of(real):.3f}, on made-up rows: {auc_of(made):.3f}")

# %%
# Pairs of columns are kept, in steps as fine as the noise allows. Within a step values
# are drawn evenly: the even blocks in the middle are all that is known of the real
# ones, and so is the floor of incomes near zero.

figure, panels = plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
for axes, rows, name in [(panels[0], real, "real"), (panels[1], made, "made up")]:
    axes.scatter(rows["age"][:4000], rows["income"][:4000], s=2, alpha=0.4)
    axes.set(title=name, xlabel="age", ylabel="income", ylim=(0, 110_000))
ages = np.arange(18, 91, 8)
for rows, name in [(real, "real"), (made, "made up")]:
    share = (rows["bought"] == "yes").groupby(pd.cut(rows["age"], ages)).mean()
    panels[2].plot(ages[:-1] + 4, share.to_numpy(), marker="o", label=name)
panels[2].set(title="share that bought", xlabel="age", ylim=(0, 1))
panels[2].legend()
plt.show()
