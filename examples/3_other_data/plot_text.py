"""Complaints that ask for a refund: text with a private model
===========================================================

Words are hashed by a public function, which costs nothing; the whole budget goes into
one linear model. How good is it as epsilon grows, and how much does a learned
vocabulary cost?
"""

import matplotlib.pyplot as plt
import numpy as np

from skprivate import make_dp_pipeline
from skprivate.feature_extraction.text import DPCountVectorizer, HashedText
from skprivate.linear_model import DPLogisticRegression

rng = np.random.default_rng(0)
words = np.array([f"word{i}" for i in range(2000)])
shares = 1 / np.arange(1, 2001)
shares /= shares.sum()
refund = rng.random(4000) < 0.3
signs = [f"refund{i}" for i in range(30)], [f"thanks{i}" for i in range(30)]
texts = [
    " ".join(
        [*rng.choice(words, 12, p=shares), *rng.choice(signs[0 if asks else 1], 2)]
        if rng.random() < 0.9
        else rng.choice(words, 12, p=shares)
    )
    for asks in refund
]
y = refund.astype(int)

# %%
# A row is one person's text. Two ways to columns: a public hash, and a vocabulary that
# is found for a part of the budget.

maps = {
    "hashed words, free": HashedText(2**12),
    "words found, paid for": DPCountVectorizer(max_features=300),
}
epsilons = [0.3, 1.0, 3.0]
scores = {name: [] for name in maps}
for name, words_of in maps.items():
    for epsilon in epsilons:
        head = DPLogisticRegression(classes=[0, 1])
        model = make_dp_pipeline(words_of, head, epsilon=epsilon).fit(
            texts[:3000], y[:3000]
        )
        scores[name].append(model.score(texts[3000:], y[3000:]))
print(model.privacy_)

# %%
# The line at the bottom is what always saying "no refund" scores.

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
for name, found in scores.items():
    axes.plot(epsilons, found, marker="o", label=name)
axes.axhline(1 - y[3000:].mean(), color="grey", linestyle=":", label="constant")
axes.set(xscale="log", xlabel="epsilon", ylabel="accuracy", title="3,000 texts")
axes.set_xticks(epsilons, [f"{e:g}" for e in epsilons])
axes.minorticks_off()
axes.legend()
plt.show()
