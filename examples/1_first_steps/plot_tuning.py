"""Tuning with a private search
============================

How many components of the digits should a pipeline keep? A search fits and scores all
candidates on private rows, for one price. What is it worth beside knowing the answer,
and beside paying for each fit?
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skprivate import make_dp_pipeline, privacy_cost
from skprivate.decomposition import DPPCA
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPGridSearchCV

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
sizes = [2, 5, 10, 20, 40]


def pipeline(n_components=2, **budget):
    """Reduce, then classify; pixels are known to lie in 0 to 16."""
    return make_dp_pipeline(
        DPPCA(n_components),
        DPLogisticRegression(classes=range(10)),
        bounds=(0, 16),
        **budget,
    )


# %%
# Secret coins tell for each row whether models are fitted to it or scored on it. Nobody
# is in both, so the price is that of the dearer part, however many candidates there
# are.

search = DPGridSearchCV(pipeline(), {"dppca__n_components": sizes}, epsilon=4.0)
print(privacy_cost(search))

# %%
# Two fits of each, scored on rows set aside: exactly, since the digits are public.
# Noise is fresh each time, so this page looks a little different tomorrow.


def score_of(model):
    """Accuracy of a fit."""
    return model.fit(X_train, y_train).score(X_test, y_test)


def scores_at(epsilon):
    """Mean accuracy of two fits with each number of components."""
    pipes = [pipeline(size, epsilon=epsilon) for size in sizes]
    return [(score_of(pipe) + score_of(pipe)) / 2 for pipe in pipes]


known, divided = scores_at(4.0), scores_at(4.0 / len(sizes))
chosen = score_of(search)
print(f"the search: {chosen:.3f}, with {search.best_params_}")

# %%
# The top of the blue line needs somebody who knows it beforehand. The grey one is what
# the same epsilon buys if each of the five fits pays a fifth. The search has to fit
# five candidates and fits none of them as well as a single fit would: a default that is
# known to be good is better than a search, and a search is better than guessing.

figure, axes = plt.subplots(figsize=(6.5, 4), layout="constrained")
axes.plot(sizes, known, marker="o", label="one fit, epsilon = 4")
axes.plot(
    sizes,
    divided,
    marker="o",
    color="grey",
    label="five fits, a fifth of epsilon each",
)
axes.axhline(chosen, color="tab:red", linestyle="--", label="the search, epsilon = 4")
axes.set(xscale="log", xlabel="components", ylabel="accuracy", ylim=(0, 1))
axes.set_xticks(sizes, sizes)
axes.minorticks_off()
axes.legend(fontsize="small", loc="lower right")
plt.show()
