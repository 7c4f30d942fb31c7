"""A threshold for the scores of any private model."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone, is_outlier_detector
from sklearn.linear_model import Ridge

from skprivate import check_private, privacy_cost
from skprivate.accounting import BudgetExceededError, epsilon_of_events
from skprivate.covariance import DPEllipticEnvelope
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPRidge
from skprivate.mixture import DPGaussianMixture
from skprivate.model_selection import DPNoveltyThreshold
from skprivate.neighbors import DPHistogramDensity
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ChunkRows

rng = np.random.default_rng(0)
N, PART = 6000, 0.05
STRANGE = rng.random(N) < PART
X = rng.normal(size=(N, 2))
X[STRANGE] = 2 * X[STRANGE] + 6
BOUNDS = (-10, 10)
MODELS = {
    "mixture": DPGaussianMixture(bounds=BOUNDS),
    "cells": DPHistogramDensity(bounds=BOUNDS),
    "envelope": DPEllipticEnvelope(bounds=BOUNDS),
    "pipeline": make_dp_pipeline(DPStandardScaler(bounds=BOUNDS), DPGaussianMixture()),
}
every_model = pytest.mark.parametrize("model", MODELS.values(), ids=[*MODELS])


def of(model, **options):
    return DPNoveltyThreshold(clone(model), contamination=PART, **options)


@every_model
@pytest.mark.parametrize("bounds", ["private", (-60.0, 0.0)])
def test_about_as_many_rows_as_asked_are_abnormal(model, bounds):
    found = of(model, score_bounds=bounds, epsilon=2.0, random_state=0).fit(X)
    said = found.predict(X)
    assert set(said) == {-1, 1}
    assert np.mean(said < 0) == pytest.approx(PART, abs=0.025)
    assert np.mean((said < 0) == STRANGE) > 0.95
    np.testing.assert_array_equal(said > 0, found.decision_function(X) >= 0)
    assert found.n_features_in_ == 2
    assert is_outlier_detector(found)


@every_model
def test_the_price_is_the_whole_and_announced(model):
    detector = of(model)
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        check_private(detector)
        detector.fit(X)
        assert [record.name for record in ledger.records] == ["DPNoveltyThreshold"]
        with pytest.raises(BudgetExceededError):
            clone(detector).fit(X)
        ledger.dismiss_refusals()
    report = detector.privacy_
    assert report.epsilon() == pytest.approx(1.0, rel=1e-6)
    assert privacy_cost(detector).events == report.paid
    assert sum(r.share for r in report.releases) == pytest.approx(1.0)
    events = [r.mechanism.event for r in report.releases]
    assert epsilon_of_events(events, 1e-6) <= 1.0 + 1e-6
    assert report.private


def test_sources_give_what_arrays_do():
    model = of(MODELS["mixture"], epsilon=2.0, random_state=0)
    whole = clone(model).fit(X)
    parts = clone(model).fit(ChunkRows(lambda: iter(np.array_split(X, 5)), 2))
    assert whole.offset_ == parts.offset_
    np.testing.assert_array_equal(
        whole.estimator_.covariances_, parts.estimator_.covariances_
    )


def test_pickles_and_groups_and_weights():
    model = of(MODELS["mixture"], random_state=0)
    groups, weight = np.arange(N) // 2, np.ones(N)
    model.fit(X, groups=groups, sample_weight=weight)
    assert "group" in model.privacy_.unit
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(X[:9]), model.predict(X[:9]))


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"contamination": 0.0}, ValueError),
        ({"contamination": 0.7}, ValueError),
        ({"contamination": "auto"}, ValueError),
        ({"offset_share": 1.0}, ValueError),
        ({"score_bounds": (1, 0)}, ValueError),
        ({"score_bounds": "wide"}, (TypeError, ValueError)),
        ({"estimator": DPRidge()}, TypeError),
        ({"estimator": Ridge()}, TypeError),
        ({"estimator": DPGaussianMixture}, TypeError),
        ({"estimator": DPGaussianMixture(epsilon=2.0)}, ValueError),
        ({"estimator": DPGaussianMixture(bounds=(1, 0))}, ValueError),
        ({"estimator": DPGaussianMixture(0)}, ValueError),
    ],
)
def test_mistakes_cost_nothing(params, error):
    model = of(MODELS["mixture"]).set_params(**params)
    with PrivacyLedger() as ledger:
        with pytest.raises(error):
            model.fit(X)
        assert len(ledger.records) == 0


def test_rows_that_are_not_finite_are_refused_without_their_values():
    bad = X.copy()
    bad[3, 0] = np.nan
    with pytest.raises(ValueError, match="NaN") as told:
        of(MODELS["mixture"]).fit(bad)
    assert str(bad[3, 1])[:5] not in str(told.value)


@pytest.mark.parametrize("data", [X[:1], np.zeros((50, 2)), np.full((3, 2), 1e300)])
@every_model
def test_degenerate_rows_give_finite_offsets(model, data):
    found = of(model).fit(data)
    assert np.isfinite(found.offset_)
    assert set(found.predict(X)) <= {-1, 1}
