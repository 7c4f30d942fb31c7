"""The next value of a thousand people's series: windows, gaps and a forecast
===========================================================================

A row protects what it holds. Windows of one person are many rows, so they are cut
with ``groups``, and the model limits how many of them count.
"""

import matplotlib.pyplot as plt
import numpy as np

from skprivate import make_dp_pipeline
from skprivate.feature_extraction.series import LastValues, cut_windows
from skprivate.linear_model import DPRidge

rng = np.random.default_rng(0)
people = [f"person {i}" for i in range(1000)]
pulses = [
    level + np.convolve(rng.normal(size=45), np.ones(6) / 2, mode="valid")
    for level in rng.normal(60, 8, len(people))
]
for pulse in pulses[::7]:
    pulse[3:5] = np.nan  # gaps, which are filled from the same person's series
X, y, owners = cut_windows(pulses, "next", people, length=8, stride=8)
there = ~np.isnan(y)  # a rule about each row by itself
X, y, owners = X[there], y[there], owners[there]
held_out = np.isin(owners, people[800:])

# %%
# The wrong unit looks better: without groups, ten seconds of a person are protected,
# and not the person. The price of the right one is what honest privacy costs.

epsilons = [0.3, 1.0, 3.0]
errors = {"a person is the unit": [], "a window is the unit (wrong)": []}
for epsilon in epsilons:
    for name, found in errors.items():
        groups = {} if "wrong" in name else {"groups": owners[~held_out]}
        limit = 1 if "wrong" in name else 5
        model = make_dp_pipeline(
            LastValues((0, 1, 2, 3), bounds=(20, 100)),
            DPRidge(target_bounds=(20, 100), max_rows_per_group=limit),
            epsilon=epsilon,
        ).fit(X[~held_out], y[~held_out], **groups)
        missed = model.predict(X[held_out]) - y[held_out]
        found.append(np.sqrt(np.mean(missed**2)))

# %%
# The grey line is what the last value of all people alone is off by.

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
for name, found in errors.items():
    axes.plot(epsilons, found, marker="o", label=name)
axes.axhline(np.std(y[held_out]), color="grey", linestyle=":", label="always the mean")
axes.set(xscale="log", xlabel="epsilon", ylabel="error of the next value (beats)")
axes.set_ylim(bottom=0)
axes.set_xticks(epsilons, [f"{e:g}" for e in epsilons])
axes.minorticks_off()
axes.legend()
plt.show()
