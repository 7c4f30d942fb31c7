"""k-anonymity, and what it does not promise
=========================================

A table in which everybody looks like four others: that is what committees ask for. It
is easy to make, it is useful, and two such tables together still tell who is ill. What
is on this page is *not private*.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skprivate.anonymity import MondrianAnonymizer, anonymity_report
from skprivate.exploration import dp_count

rng = np.random.default_rng(0)
n = 2_000
people = pd.DataFrame(
    {
        "age": rng.integers(18, 90, n),
        "town": rng.choice(
            ["Aalen", "Bremen", "Kiel", "Ulm"], n, p=[0.1, 0.4, 0.3, 0.2]
        ),
        "job": rng.choice(["baker", "clerk", "cook", "nurse", "smith"], n),
        "ill": rng.choice(["no", "yes"], n, p=[0.9, 0.1]),
    }
)
known = ["age", "town", "job"]
print(anonymity_report(people, quasi_identifiers=known, sensitive=["ill"]))

# %%
# The table is cut into boxes of at least k rows, and each row shows its box. The larger
# k, the less a cell says.

sizes = [2, 5, 10, 20, 50, 100]
losses, worst = [], []
for k in sizes:
    anonymizer = MondrianAnonymizer(k, sensitive=["ill"])
    table = anonymizer.fit_transform(people)
    losses.append(anonymizer.loss_)
    worst.append(1 / anonymizer.report_.k)
print(table.head())

# %%
# Eve joins, and the table is published again. An attacker knows that she did, her age,
# town and job, and nothing of her illness. Both tables are k-anonymous; their
# difference is one row, and that is Eve's.


def ill_of_eve(k):
    """What the difference of two k-anonymous tables says: is Eve ill?"""
    eve = pd.DataFrame([{"age": 44, "town": "Ulm", "job": "cook", "ill": "yes"}])
    counts = [
        MondrianAnonymizer(k, sensitive=["ill"]).fit_transform(rows)["ill"]
        for rows in (people, pd.concat([people, eve]))
    ]
    before, after = [(count == "yes").sum() for count in counts]
    return after - before


found = [ill_of_eve(k) for k in sizes]
print(dict(zip(sizes, map(int, found), strict=True)))

# %%
# The way out is to publish noisy answers. Here the number of ill people is counted
# privately before and after, a hundred times, with Eve ill and with Eve healthy. No
# attacker tells the two clouds apart by much, whatever else is known: that is what
# epsilon promises.


def private_difference(ill):
    """Two counts at epsilon = 0.5 each, and what their difference says of Eve."""
    before = people["ill"]
    after = pd.concat([before, pd.Series([ill])])
    known = {"categories": ["no", "yes"], "epsilon": 0.5, "delta": 0}
    first, second = [dp_count(rows, by=rows, **known) for rows in (before, after)]
    return second["yes"] - first["yes"]


clouds = [[private_difference(ill) for _ in range(100)] for ill in ("yes", "no")]

figure, (left, middle, right) = plt.subplots(
    1, 3, figsize=(11, 3.4), layout="constrained"
)
places = range(len(sizes))
left.bar(places, losses, color="tab:blue")
left.set_xticks(places, sizes)
left.set(xlabel="k", ylabel="part of a cell's detail that is lost")
middle.plot(places, found, "o", color="tab:red")
middle.set_xticks(places, sizes)
middle.set(xlabel="k", title="k-anonymous tables:\nEve is ill, at every k")
middle.set_yticks([0, 1], ["healthy", "ill"])
middle.set(ylim=(-0.5, 1.5))
bins = np.arange(-14.5, 15.5)
right.hist(clouds[0], bins, alpha=0.6, color="tab:red", label="Eve is ill")
right.hist(clouds[1], bins, alpha=0.6, color="tab:grey", label="Eve is healthy")
right.set(title="noisy counts, epsilon = 1 in all", xlabel="difference of two counts")
right.set(ylabel="times of 100")
right.legend(fontsize="small")
plt.show()
