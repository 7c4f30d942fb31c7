"""Probabilities are put right, privately, for the price of one fit."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.metrics import log_loss
from sklearn.naive_bayes import GaussianNB

from skprivate import PrivacyLedger, check_private, make_dp_pipeline, privacy_report
from skprivate.calibration import DPCalibratedClassifier
from skprivate.calibration._maps import Isotonic, Sigmoid
from skprivate.calibration._tables import ScoreBins, centers_of, edges_of
from skprivate.composition import NotPrivateError
from skprivate.linear_model import DPLinearSVC
from skprivate.multiclass import DPOneVsRestClassifier
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ArrayRows

frozen = pytest.importorskip("sklearn.frozen").FrozenEstimator
METHODS = ["sigmoid", "isotonic"]
every_method = pytest.mark.parametrize("method", METHODS)


def rows_of(rng, n_classes=2, n_rows=6000):
    """Four columns that say the same, so that naive Bayes is far too sure."""
    X = rng.uniform(-1, 1, (n_rows, 1)).repeat(4, axis=1)
    cuts = [0.0] if n_classes == 2 else [-0.4, 0.4]
    return X, np.digitize(X[:, 0] + 0.7 * rng.normal(size=n_rows), cuts)


@pytest.fixture
def rows(rng):
    return rows_of(rng)


def bayes(n_classes=2, **params):
    return DPGaussianNB(bounds=(-1, 1), classes=[*range(n_classes)], **params)


@every_method
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("ensemble", [False, True])
def test_it_puts_right_what_is_too_sure(method, n_classes, ensemble, rng):
    X, y = rows_of(rng, n_classes)
    raw = bayes(n_classes, random_state=0).fit(X, y)
    model = DPCalibratedClassifier(
        bayes(n_classes), method=method, ensemble=ensemble, random_state=0
    ).fit(X, y)
    better = log_loss(y, model.predict_proba(X))
    assert better < 0.75 * log_loss(y, raw.predict_proba(X))
    assert model.score(X, y) > raw.score(X, y) - 0.02
    assert len(model.calibrated_classifiers_) == (5 if ensemble else 1)


@every_method
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_as_good_as_scikit_learns(method, rows):
    X, y = rows
    ours = DPCalibratedClassifier(
        bayes(), method=method, ensemble=True, epsilon=np.inf, random_state=0
    )
    theirs = CalibratedClassifierCV(GaussianNB(), method=method, cv=5).fit(X, y)
    losses = [log_loss(y, m.predict_proba(X)) for m in (ours.fit(X, y), theirs)]
    assert losses[0] < losses[1] + 0.01


@every_method
def test_margins_become_probabilities(method, rows):
    X, y = rows
    svc = DPLinearSVC(bounds=(-1, 1), classes=[0, 1])
    model = DPCalibratedClassifier(svc, method=method, epsilon=2.0, random_state=0)
    proba = model.fit(X, y).predict_proba(X)
    assert log_loss(y, proba) < 0.56  # that of the truth is about 0.53
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)


def test_one_model_and_its_table_have_the_whole_budget_each(rows):
    model = DPCalibratedClassifier(bayes(), epsilon=0.8).fit(*rows)
    for part in ("fit 0", "calibration 0"):
        names = [r for r in model.privacy_.releases if r.query.startswith(part)]
        assert sum(r.share for r in names) == pytest.approx(1.0)
    assert "disjoint" in repr(model.privacy_)


def test_an_ensemble_pays_for_as_many_releases_as_a_unit_is_in(rows):
    model = DPCalibratedClassifier(bayes(), cv=4, ensemble=True).fit(*rows)
    whole = model.privacy_.budget.mu
    mus = [m.estimator.privacy_.budget.mu for m in model.calibrated_classifiers_]
    assert sum(mu**2 for mu in mus) <= whole**2
    assert sum(mu**2 for mu in mus) > 0.99 * whole**2  # three fits, and one table


def test_no_row_moves_another(rows):
    """With the same seed, the coins of the other rows stay where they were."""
    X, y = rows
    X = X + np.arange(len(X))[:, None] / 1e9
    seen = []

    class Spy(DPGaussianNB):
        def fit(self, X, y=None, **params):
            seen.append({row.tobytes() for row in X})
            return super().fit(X, y, **params)

    spy = Spy(bounds=(-1, 1), classes=[0, 1])
    model = DPCalibratedClassifier(spy, cv=3, ensemble=True, random_state=5)
    clone(model).fit(X, y)
    clone(model).fit(X[:-1], y[:-1])
    pairs = zip(seen[:3], seen[3:], strict=True)
    moved = [len(with_it ^ without) for with_it, without in pairs]
    assert sorted(moved) == [0, 1, 1]


def test_groups_stay_in_one_fold(rows):
    X, y = rows
    X = X + np.arange(len(X))[:, None] / 1e9
    groups, seen = np.arange(len(y)) // 3, []

    class Spy(DPGaussianNB):
        def fit(self, X, y=None, **params):
            seen.append(params["groups"])
            return super().fit(X, y, **params)

    spy = Spy(bounds=(-1, 1), classes=[0, 1], max_rows_per_group=3)
    model = DPCalibratedClassifier(spy, random_state=0).fit(X, y, groups=groups)
    assert set(np.unique(seen[0], return_counts=True)[1]) == {3}
    assert "group" in model.privacy_.unit


# --- models that are fitted already ------------------------------------------------


@pytest.mark.parametrize("as_frozen", [True, False])
def test_a_model_that_is_fitted_keeps_its_own_price(as_frozen, rows):
    X, y = rows
    model = bayes().fit(X, y)
    told = {"estimator": frozen(model)} if as_frozen else {"cv": "prefit"}
    calibrated = DPCalibratedClassifier(**{"estimator": model, **told}, epsilon=0.5)
    with PrivacyLedger(epsilon=0.5, delta=1e-6, strict=True) as ledger:
        calibrated.fit(X, y, sample_weight=np.ones(len(y)))
    assert len(ledger.records) == 1
    assert calibrated.calibrated_classifiers_[0].estimator is model
    assert {r.query for r in calibrated.privacy_.releases} == {
        "calibration 0: ScoreBins"
    }
    assert "fitted before" in repr(calibrated.privacy_)
    assert check_private(calibrated).private
    assert privacy_report(calibrated).private
    assert calibrated.plan(4).epsilon() == pytest.approx(0.5)


def test_a_model_that_was_not_fitted_privately_is_refused(rows):
    X, y = rows
    for model in (GaussianNB().fit(X, y), bayes(random_state=0).fit(X, y)):
        calibrated = DPCalibratedClassifier(frozen(model))
        with pytest.raises(NotPrivateError):
            check_private(calibrated)
    with PrivacyLedger() as ledger, pytest.raises(TypeError, match="not private"):
        DPCalibratedClassifier(frozen(GaussianNB().fit(X, y))).fit(X, y)
    assert not ledger.records


# --- the table, and what is made of it ----------------------------------------------


@pytest.mark.parametrize("n_scores", [1, 2, 7])
def test_a_row_adds_no_more_than_is_said(n_scores):
    query = ScoreBins(edges_of(32), tuple(range(n_scores)))
    odd = [0.0, -20.0, 20.0, 1e308, -1e308, 5e-324, np.nan, np.inf, -np.inf]
    X = np.resize(odd, (45, n_scores))
    for x in X:
        for code in (-1, 0, n_scores, n_scores + 3):
            for weight in ([], [0.3], [1.0], [0.0]):
                y = np.array([code], np.int32)
                added = query(np.ascontiguousarray(x[None]), y, np.array(weight))
                assert np.linalg.norm(added) <= query.levels
                assert np.abs(added).sum() <= query.l1_bound / query.step
                assert (added == np.rint(added)).all()
    told = query(np.zeros((1, n_scores)), np.array([0], np.int32), np.empty(0))
    assert np.linalg.norm(told) == pytest.approx(query.levels)  # it is attained


def test_bins_ascend_and_hold_their_centres():
    edges, centers = edges_of(32), centers_of(32)
    assert (np.diff(edges) > 0).all()
    assert np.searchsorted(edges, centers).tolist() == [*range(32)]


@pytest.mark.parametrize("made", [Sigmoid, Isotonic])
def test_maps_rise_and_stay_near_the_score_where_noise_dominates(made):
    centers, nothing = centers_of(32), np.zeros(32)
    scores = np.linspace(-30, 30, 500)
    alone = made.of(centers, nothing, nothing, 5.0)(scores)
    assert (np.diff(alone) >= 0).all()
    middle = np.abs(scores) < 5
    expected = 1 / (1 + np.exp(-scores[middle]))
    assert np.abs(alone[middle] - expected).max() < 0.06
    flipped = made.of(centers, 1e4 * (centers > 0), 1e4 * (centers < 0), 5.0)(scores)
    assert (np.diff(flipped) >= 0).all()
    assert np.isfinite(flipped).all()


def test_the_likeliest_line_is_found():
    centers = centers_of(32)
    chance = 1 / (1 + np.exp(-(0.4 * centers - 0.5)))
    found = Sigmoid.of(centers, 1e6 * (1 - chance), 1e6 * chance, 1.0)
    assert found.slope == pytest.approx(0.4, abs=1e-3)
    assert found.constant == pytest.approx(-0.5, abs=1e-3)


FREE = {
    "method": {"method": "magic"},
    "bins": {"n_bins": 1},
    "folds": {"cv": 1},
    "folds as text": {"cv": "five"},
    "ensemble": {"ensemble": "maybe"},
    "bounds": {"estimator__bounds": (1, -1)},
    "a budget inside": {"estimator__epsilon": 3.0},
}


@pytest.mark.parametrize("name", FREE)
def test_what_public_facts_reveal_costs_nothing(name, rows):
    model = DPCalibratedClassifier(bayes()).set_params(**FREE[name])
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match=r"\."):
        model.fit(*rows)
    assert not ledger.records


def test_rows_elsewhere_and_models_that_are_not_fitted_are_refused(rows):
    X, y = rows
    with PrivacyLedger() as ledger:
        with pytest.raises(TypeError, match="memory"):
            DPCalibratedClassifier(bayes()).fit(ArrayRows(X, y))
        each = DPCalibratedClassifier(DPGaussianNB(bounds=(-1, 1)))
        with pytest.raises(TypeError, match="memory"):
            DPOneVsRestClassifier(each, classes=[0, 1]).fit(ArrayRows(X, y))
        with pytest.raises(ValueError, match="not fitted"):
            DPCalibratedClassifier(bayes(), cv="prefit").fit(X, y)
    assert not ledger.records


def test_each_class_against_the_rest_by_probabilities_that_were_put_right(rng):
    X, y = rows_of(rng, 3)
    each = DPCalibratedClassifier(DPLinearSVC(bounds=(-1, 1)))
    model = DPOneVsRestClassifier(each, classes=[0, 1, 2], epsilon=3.0, random_state=0)
    with PrivacyLedger(epsilon=3.0, delta=1e-6) as ledger:
        model.fit(X, y)
    assert len(ledger.records) == 1
    assert log_loss(y, model.predict_proba(X)) < 1.0


def test_pipelines_and_texts_as_labels(rows):
    X, y = rows
    names = np.array(["no", "yes"])[y]
    pipe = make_dp_pipeline(DPStandardScaler(bounds=(-1, 1)), DPGaussianNB())
    model = DPCalibratedClassifier(pipe, epsilon=3.0, random_state=0).fit(X, names)
    assert model.classes_.tolist() == ["no", "yes"]
    assert model.score(X, names) > 0.65
    assert "class labels" in model.privacy_.assumed[0]
