"""Ledgers of parts are charged by the whole, and so is what users fit inside of it."""

import pickle
from collections import deque
from functools import partial

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.accounting import Budget
from skprivate.compose import make_dp_column_transformer
from skprivate.ledger._carried import carried_by
from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import dp_accuracy_score, dp_log_loss, make_dp_scorer
from skprivate.model_selection import (
    DPEarlyStopping,
    DPGridSearchCV,
    DPRandomizedSearchCV,
    DPTunedThresholdClassifier,
    dp_cross_val_score,
    dp_learning_curve,
)
from skprivate.naive_bayes import DPGaussianNB
from skprivate.pipeline import DPFeatureUnion
from skprivate.preprocessing import DPStandardScaler

RNG = np.random.default_rng(0)
X, y = RNG.uniform(size=(400, 2)), RNG.integers(0, 2, 400)
SCALER = {"bounds": (0, 1)}
MODEL = {"bounds": (0, 1), "classes": [0, 1]}
FITTED = DPGaussianNB(**MODEL, epsilon=4.0).fit(X, y)
BUDGET = Budget(0.5, 1e-6)


def sent(thing):
    """As a worker receives it, and the ledger that was active."""
    ledger = PrivacyLedger()
    with ledger:
        return pickle.loads(pickle.dumps(thing)), ledger


def scorer():
    return make_dp_scorer("f1", classes=[0, 1], epsilon=0.5)


def model():
    return DPLogisticRegression(**MODEL)


def scaler():
    return DPStandardScaler(**SCALER)


def searched(estimator, **options):
    return DPGridSearchCV(estimator, {"C": [0.1, 1.0]}, random_state=0, **options)


class Always:
    """A distribution with a single value."""

    def __init__(self, value):
        self.value = value

    def rvs(self, random_state=None):
        return self.value


# Name -> (a part, what to do with it as a part of something that pays once).
WHOLES = {
    "pipeline": (scaler(), lambda p: make_dp_pipeline(p, model()).fit(X, y)),
    "nested": (
        scaler(),
        lambda p: make_dp_pipeline(make_dp_pipeline(p), model()).fit(X, y),
    ),
    "union": (scaler(), lambda p: DPFeatureUnion([("s", p)]).fit(X)),
    "columns": (scaler(), lambda p: make_dp_column_transformer((p, [0])).fit(X)),
    "search": (model(), lambda p: searched(p).fit(X, y)),
    "search, scoring": (scorer(), lambda p: searched(model(), scoring=p).fit(X, y)),
    "search, candidates": (
        DPStandardScaler(**SCALER),
        lambda p: DPRandomizedSearchCV(
            make_dp_pipeline(scaler(), DPGaussianNB(**MODEL)),
            {"dpstandardscaler": [scaler(), p]},
            n_iter=2,
            random_state=0,
        ).fit(X, y),
    ),
    "search, candidates that are drawn": (
        scaler(),
        lambda p: DPRandomizedSearchCV(
            make_dp_pipeline(scaler(), DPGaussianNB(**MODEL)),
            {"dpstandardscaler": Always(p)},
            n_iter=2,
            random_state=0,
        ).fit(X, y),
    ),
    "search, a sequence of candidates": (
        scaler(),
        lambda p: DPGridSearchCV(
            make_dp_pipeline(scaler(), DPGaussianNB(**MODEL)),
            {"dpstandardscaler": deque([p])},
            random_state=0,
        ).fit(X, y),
    ),
    "threshold": (model(), lambda p: DPTunedThresholdClassifier(p).fit(X, y)),
    "cross_val_score": (
        scorer(),
        lambda p: dp_cross_val_score(model(), X, y, scoring=p),
    ),
    "learning_curve": (
        scorer(),
        lambda p: dp_learning_curve(model(), X, y, scoring=p, train_sizes=[0.5, 1.0]),
    ),
    "early stopping": (
        make_dp_scorer("accuracy"),
        lambda p: DPEarlyStopping(X, y, scoring=p),
    ),
    "metric": (
        FITTED,
        lambda p: dp_accuracy_score(y, partial(p.predict, X), classes=[0, 1]),
    ),
    "metric, function": (
        FITTED,
        lambda p: dp_accuracy_score(y, lambda: p.predict(X), classes=[0, 1]),
    ),
    "scorer": (scorer(), lambda p: p.with_budget(BUDGET)(FITTED, X, y)),
}


@pytest.mark.parametrize("name", WHOLES)
def test_ledgers_of_a_part_are_charged_once_by_the_whole(name):
    part, use = WHOLES[name]
    part, ledger = sent(part)
    use(part)
    assert len(ledger.records) == 1


def test_a_pickled_whole_carries_what_a_part_does():
    part, ledger = sent(scaler())
    whole = pickle.loads(pickle.dumps(make_dp_pipeline(part, model())))
    whole.set_params(dpstandardscaler=scaler()).fit(X, y)
    assert len(ledger.records) == 1


@pytest.mark.parametrize(
    "place",
    [
        lambda p: [1, (2, {"x": {"y": p}})],
        lambda p: make_pipeline(FunctionTransformer(p.transform)),
        lambda p: partial(print, model=p),
        lambda p: np.array([None, p], dtype=object),
        lambda p: {p},
        lambda p: lambda: p,
        lambda p: lambda model=p: model,
    ],
)
def test_it_is_found_wherever_it_is(place):
    part, ledger = sent(scaler())
    assert [handle.uid for handle in carried_by(place(part))] == [ledger.uid]


def test_what_goes_in_a_circle_is_looked_at_once():
    part, _ = sent(scaler())
    circle = [part]
    circle += [circle, part, circle]
    assert len(carried_by(circle)) == 1


def fits_on_the_way(X):
    scaler().set_params(epsilon=5.0).fit(X)
    return X


class FitsInPredict(ClassifierMixin, BaseEstimator):
    """A model of a user that fits something private when it is asked."""

    classes_ = np.array([0, 1])

    def fit(self, X, y):
        return self

    def predict(self, X):
        fits_on_the_way(X)
        return np.zeros(len(X), dtype=int)


# Name -> (what pays once, how often the user's code is charged inside of it).
USERS = {
    "transformer": lambda: make_dp_pipeline(
        FunctionTransformer(fits_on_the_way), model()
    ).fit(X, y),
    "predictions": lambda: dp_accuracy_score(
        y, lambda: FitsInPredict().predict(X), classes=[0, 1]
    ),
    "scorer": lambda: scorer()(FitsInPredict(), X, y),
}


@pytest.mark.parametrize("name", USERS)
def test_what_code_of_users_fits_is_charged(name):
    with PrivacyLedger() as ledger:
        USERS[name]()
    names = [record.name for record in ledger.records]
    assert names.count("DPStandardScaler") == len(names) - 1 >= 1


def test_what_code_of_users_fits_is_refused_beyond_a_cap():
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        with pytest.raises(Exception, match="costs epsilon=5"):
            USERS["predictions"]()
        ledger.dismiss_refusals()
    assert [record.name for record in ledger.records] == ["dp_accuracy_score"]


def test_a_private_estimator_among_options_of_a_step_pays_for_itself():
    """It is a part of a part, and nobody has shared out a budget to it."""
    hidden = DPStandardScaler(**SCALER, epsilon=5.0)

    def transform(X, fitted):
        fitted.fit(X)
        return X

    step = FunctionTransformer(transform, kw_args={"fitted": hidden})
    with PrivacyLedger() as ledger:
        make_dp_pipeline(make_dp_pipeline(step, scaler()), model()).fit(X, y)
    assert "DPStandardScaler" in [record.name for record in ledger.records]


def test_scores_of_a_search_are_paid_once():
    """By a metric that is no mean, so that scorers are called."""
    with PrivacyLedger() as ledger:
        searched(model(), scoring=scorer()).fit(X, y)
        dp_log_loss(y, np.full((len(y), 2), 0.5), classes=[0, 1])
    assert len(ledger.records) == 2
