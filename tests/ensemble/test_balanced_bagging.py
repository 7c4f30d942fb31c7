"""Balanced bagging: one budget, coins of units, members that know all classes."""

import numpy as np
import pytest

from skprivate import PrivacyLedger, check_private, make_dp_pipeline
from skprivate.ensemble import DPBalancedBaggingClassifier
from skprivate.linear_model import DPLinearSVC, DPLogisticRegression
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPStandardScaler

rng = np.random.default_rng(0)
X = np.r_[rng.normal(0, 1, (4000, 2)), rng.normal(2, 0.7, (200, 2))]
Y = np.repeat(["many", "few"], [4000, 200])
CLASSES = ["few", "many"]


def bayes(**params):
    return DPGaussianNB(bounds=(-6, 6), **params)


def bagging(model=None, **params):
    options = {"n_estimators": 3, "classes": CLASSES, "random_state": 0} | params
    return DPBalancedBaggingClassifier(bayes() if model is None else model, **options)


def found(model):
    """Recall of either class."""
    said = model.predict(X)
    return [np.mean(said[name == Y] == name) for name in CLASSES]


@pytest.mark.parametrize(
    "model",
    [
        bayes(),
        DPLinearSVC(bounds=(-6, 6)),
        make_dp_pipeline(DPStandardScaler(bounds=(-6, 6)), DPLogisticRegression()),
    ],
    ids=["bayes", "votes", "pipeline"],
)
def test_the_rare_class_is_found(model):
    fitted = bagging(model, epsilon=8.0).fit(X, Y)
    assert min(found(fitted)) > 0.75
    assert fitted.predict_proba(X).shape == (4200, 2)
    np.testing.assert_allclose(fitted.predict_proba(X).sum(axis=1), 1.0)
    assert fitted.keep_probability_[0] == 1.0
    assert 0.02 < fitted.keep_probability_[1] < 0.1
    assert fitted.n_features_in_ == 2


def test_one_budget_pays_for_counts_and_members():
    model = bagging(random_state=None)
    with PrivacyLedger(epsilon=1.1, delta=1e-5) as ledger:
        model.fit(X, Y)
    (record,) = ledger.records
    assert record.name == "DPBalancedBaggingClassifier"
    assert ledger.spent(1e-6) == pytest.approx(1.0)
    assert model.privacy_.epsilon() == pytest.approx(1.0)
    assert check_private(bagging(random_state=None)).epsilon() == pytest.approx(1.0)
    shares = [release.share for release in model.privacy_.releases]
    assert sum(shares) == pytest.approx(1.0)
    assert len({r.query.split(":")[0] for r in model.privacy_.releases}) == 4


def test_a_plan_needs_no_rows():
    plan = bagging(random_state=None).plan(2)
    fitted = bagging(random_state=None).fit(X, Y)
    told = [(r.query, r.sensitivity) for r in fitted.privacy_.releases]
    assert [(r.query, r.sensitivity) for r in plan.releases] == told


def test_members_see_rows_by_coins_of_their_own(monkeypatch):
    seen = []
    fit = DPGaussianNB.fit

    def listening(self, X, y, **params):
        seen.append((X[:, 0], y))
        return fit(self, X, y, **params)

    monkeypatch.setattr(DPGaussianNB, "fit", listening)
    bagging().fit(X, Y)
    assert len(seen) == 3
    for values, y in seen:
        assert np.sum(y == "few") == 200  # all of them
        assert 100 < np.sum(y == "many") < 320
        assert np.isin(values, X[:, 0]).all()
    first, second = (set(values[y == "many"]) for values, y in seen[:2])
    assert len(first & second) < len(first) / 2
    before = [set(values) for values, _ in seen]
    seen.clear()
    bagging().fit(X[:-1], Y[:-1])  # the last unit is gone: others keep their coins
    # Counts differ, and so may odds, but by little: nearly all rows stay.
    for (values, _), old in zip(seen, before, strict=True):
        assert len(old - set(values)) < 60


def test_rows_of_a_group_share_coins():
    groups = np.arange(4200) // 2
    model = bagging(bayes(max_rows_per_group=2)).fit(X, Y, groups=groups)
    assert "group" in model.privacy_.unit
    with pytest.raises(ValueError, match="inconsistent"):
        bagging().fit(X, Y, groups=groups[1:])


def test_weights_reach_the_members():
    light = np.where(Y == "few", 0.01, 1.0)
    model = bagging(epsilon=8.0).fit(X, Y, sample_weight=light)
    assert model.privacy_.epsilon() == pytest.approx(8.0)


def test_labels_are_those_of_all_rows():
    model = DPBalancedBaggingClassifier(bayes(), n_estimators=2).fit(X, Y)
    assert model.classes_.tolist() == CLASSES
    assert any("class labels" in fact for fact in model.privacy_.assumed)
    for member in model.estimators_:
        assert member.classes_.tolist() == CLASSES


@pytest.mark.parametrize(
    ("model", "error", "match"),
    [
        (bagging(n_estimators=0), ValueError, "n_estimators"),
        (bagging(n_estimators=True), ValueError, "n_estimators"),
        (bagging(DPStandardScaler()), TypeError, "classifier"),
        (bagging(DPGaussianNB), TypeError, "instance"),
        (bagging(bayes(epsilon=2.0)), ValueError, "budget of its own"),
        (bagging(classes=["few"]), ValueError, "only one class"),
        (
            bagging(bayes(classes=[*CLASSES, "more"]), classes=CLASSES),
            ValueError,
            "other classes",
        ),
        (bagging(sampling_strategy={"none": 3}), ValueError, "unknown class"),
        (bagging(epsilon=-1.0), ValueError, "epsilon"),
    ],
)
def test_mistakes_are_free(model, error, match):
    with PrivacyLedger() as ledger, pytest.raises(error, match=match):
        model.set_params(random_state=None).fit(X, Y)
    assert not ledger.records


def test_a_seed_repeats_the_fit():
    first, second = (bagging().fit(X, Y).predict_proba(X) for _ in range(2))
    assert np.array_equal(first, second)
    assert bagging().fit(X, Y).privacy_.seeded
