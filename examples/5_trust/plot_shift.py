"""Is today like yesterday?
========================

A model is as good as the rows it sees are like those it was fitted to. Week after week
is compared with a reference, privately, by a test that knows its own noise: when does
it speak up, and when is it silent because it cannot know?
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skprivate.shift import DPColumnCounts, ShiftReport, dp_two_sample_test


def customers(n, seed, older=0.0):
    """A week of customers, who are older than usual by some years."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "age": np.clip(rng.normal(45 + older, 12, n), 18, 90),
            "plan": rng.choice(["free", "team", "firm"], n, p=[0.5, 0.3, 0.2]),
            "member": rng.random(n) < 0.4,
        }
    )


schema = {"age": (18, 90), "plan": ["free", "team", "firm"]}

# %%
# The reference pays once, and each week for itself.

reference = DPColumnCounts(schema=schema, epsilon=1.0).fit(customers(6_000, 0))
drift = [0, 0, 0, 1, 2, 3, 4, 5, 6, 8]
weeks = range(1, len(drift) + 1)
reports = []
for week, older in zip(weeks, drift, strict=True):
    now = DPColumnCounts(bins=reference.table_bins_, epsilon=0.5)
    reports.append(ShiftReport.of(reference, now.fit(customers(2_000, week, older))))
print(reports[-1])

# %%
# The stability index, with intervals that count noise and chance. People say *stable*
# below 0.1 and *look at it* above 0.25. Red weeks are those that the test calls
# shifted.

figure, panels = plt.subplots(1, 3, figsize=(10, 3.2), layout="constrained")
for axes, name in zip(panels, schema | {"member": None}, strict=True):
    found = [report[name] for report in reports]
    for week, one, report in zip(weeks, found, reports, strict=True):
        color = "tab:red" if name in report.shifted else "tab:blue"
        axes.plot([week, week], [one.low, one.high], color=color)
        axes.plot(week, one.index, "o", color=color)
    for level in (0.1, 0.25):
        axes.axhline(level, color="grey", linestyle=":")
    axes.set(title=name, xlabel="week", ylim=(-0.02, 0.6))
panels[0].set(ylabel="stability index")

# %%
# The last week beside the reference, as anybody may see it.

reports[-1].plot()

# %%
# How large must a shift be to be seen? It depends on rows times epsilon. Of ten
# pairs of tables each, how many are called shifted: at no shift, no more than one in
# twenty may be.

shifts = [0, 1, 2, 4]
settings = [(2_000, 0.1), (2_000, 1.0), (8_000, 1.0)]
power = {
    setting: [
        np.mean(
            [
                "age"
                in dp_two_sample_test(
                    customers(setting[0], 100 * seed)[["age"]],
                    customers(setting[0], 100 * seed + 1, older)[["age"]],
                    schema={"age": (18, 90)},
                    epsilon=setting[1],
                ).shifted
                for seed in range(10)
            ]
        )
        for older in shifts
    ]
    for setting in settings
}
figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
for (n, epsilon), found in power.items():
    axes.plot(shifts, found, marker="o", label=f"{n:,} rows, epsilon = {epsilon:g}")
axes.axhline(0.05, color="grey", linestyle=":", label="false alarms that are allowed")
axes.set(xlabel="years older", ylabel="share of tests that say so")
axes.legend(fontsize="small")
plt.show()
