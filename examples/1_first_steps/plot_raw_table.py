"""From a raw table to a model
===========================

Ages, incomes with a long tail, categories nobody listed, dates and gaps: one
transformer learns what it needs of them, for a part of the budget. Nobody types a
bound.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skprivate import make_dp_pipeline
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPLogisticRegression

rng = np.random.default_rng(0)
n = 20_000
table = pd.DataFrame(
    {
        "age": rng.normal(45, 14, n).round(),
        "income": rng.lognormal(10, 0.8, n),
        "plan": rng.choice(["free", "team", "firm"], n, p=[0.6, 0.3, 0.1]),
        "member": rng.random(n) < 0.5,
        "since": pd.Timestamp("2018-01-01")
        + pd.to_timedelta(rng.integers(0, 48_000, n), "h"),
    }
)
odds = (
    0.04 * (table["age"] - 45)
    + 0.8 * np.log(table["income"] / 22_000)
    + table["plan"].map({"free": -1.0, "team": 0.5, "firm": 1.5})
    + 0.5 * table["member"]
)
renewed = (rng.random(n) < 1 / (1 + np.exp(-odds))).to_numpy()
table.loc[rng.random(n) < 0.1, "income"] = np.nan
print(table.head())

# %%
# Names and types of columns are public, values are not. What a column becomes follows
# from its type.

model = make_dp_pipeline(
    DPTableVectorizer(), DPLogisticRegression(classes=[False, True]), epsilon=1.0
)
model.fit(table[:15_000], renewed[:15_000])
print(f"accuracy: {model.score(table[15_000:], renewed[15_000:]):.3f}")
print(model.privacy_)

# %%
# What was found of the table may be shown to anybody: it has been paid for.

vectorizer = model.named_steps["dptablevectorizer"]
print(vectorizer.schema_)

# %%
# And so may the coefficients. Numbers are in units of their spread. What is rare among
# the plans would share a column; nothing is, so its coefficient is noise, and no row
# has it.

columns = vectorizer.get_feature_names_out()
coefficients = model[-1].coef_.ravel()
order = np.argsort(coefficients)
figure, axes = plt.subplots(figsize=(6.5, 4), layout="constrained")
colors = np.where(coefficients[order] < 0, "tab:red", "tab:blue")
axes.barh(columns[order], coefficients[order], color=colors)
axes.axvline(0, color="black", linewidth=0.8)
axes.set(xlabel="coefficient (log odds of a renewal)", title="epsilon = 1")
plt.show()
