"""Nested trees that nobody thought of: the price is what a ledger records."""

import random
import warnings

import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from skprivate import PrivacyLedger, privacy_cost
from skprivate.model_selection import IndependentFolds
from tests.composition.trees import bayes, frozen, rows_for, scaler


def leaf(draw):
    if draw.random() < 0.1:
        return frozen()
    return bayes(bounds=(-9, 9), epsilon=draw.choice([0.5, 1.0, 3.0]))


def pipeline(draw, depth):
    halves = make_column_transformer(
        (scaler(), [0, 1]), (scaler(epsilon=2.0), slice(2, 4))
    )
    return make_pipeline(
        draw.choice([scaler(), halves]), "passthrough", tree(draw, depth)
    )


def voting(draw, depth):
    models = [(f"m{i}", tree(draw, depth)) for i in range(draw.randint(1, 3))]
    return VotingClassifier(models)


def stacking(draw, depth):
    models = [("a", tree(draw, depth)), ("b", leaf(draw))]
    cv = draw.choice([2, 3, IndependentFolds(2)])
    return StackingClassifier(models, bayes(epsilon=2.0), cv=cv)


def search(draw, depth):
    model = make_pipeline(scaler(), tree(draw, depth))
    steps = {"standard": [scaler(), "passthrough"], "same": [scaler(), scaler()]}
    grid = {model.steps[0][0]: steps[draw.choice(["same", "standard"])]}
    if draw.random() < 0.5:
        return RandomizedSearchCV(model, grid, n_iter=2, cv=2)
    return GridSearchCV(model, grid, cv=draw.choice([2, IndependentFolds(3)]))


def wrapper(draw, depth):
    model = tree(draw, depth)
    return draw.choice(
        [
            BaggingClassifier(model, 2, bootstrap=False),
            CalibratedClassifierCV(model, cv=2, ensemble=draw.random() < 0.5),
            FixedThresholdClassifier(model),
            OneVsOneClassifier(model),
            OneVsRestClassifier(model),
        ]
    )


def tree(draw, depth):
    """A classifier of at most some depth."""
    if depth == 0:
        return leaf(draw)
    grow = draw.choice([pipeline, search, stacking, voting, wrapper, wrapper])
    return grow(draw, depth - 1)


def leaves_a_choice(cost):
    """Whether a search somewhere decides which of several candidates is fitted again.

    Read off the price, since scikit-learn shortens the ``repr`` of large trees.
    """
    parts = [part for _, part in cost.children]
    return cost.name.endswith("SearchCV") or any(map(leaves_a_choice, parts))


@pytest.mark.parametrize("seed", range(30))
def test_price_is_what_the_ledger_records(seed):
    draw = random.Random(seed)
    estimator = tree(draw, draw.choice([2, 2, 3]))
    cost = privacy_cost(estimator, n_classes=2, n_outputs=1)
    X, y = rows_for("binary", seed)
    with PrivacyLedger() as ledger, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few rows, and much noise
        estimator.fit(X, y)
        n_fits, spent = len(ledger.records), ledger.spent(1e-6)
    assert cost.spent(1e-6) >= spent * (1 - 1e-9)
    assert cost.fits >= n_fits
    if not leaves_a_choice(cost):
        assert cost.fits == n_fits
