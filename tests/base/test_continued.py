"""Fits that go on: from where, at what price, and what is taken for granted."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import (
    check_estimators_partial_fit_n_features,
    check_n_features_in_after_fitting,
)

from skprivate import PrivacyLedger, check_private, privacy_cost
from skprivate.accounting import Budget, epsilon_of_events
from skprivate.base._continued import added
from skprivate.composition import NotPrivateError
from skprivate.ledger import StrictLedgerError
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPGridSearchCV, key_batches
from skprivate.preprocessing import DPStandardScaler
from skprivate.report import privacy_report
from skprivate.rows import ChunkRows
from skprivate.testing import dp_checks, record, replay

exactly = pytest.mark.filterwarnings("ignore:epsilon=inf")
CLASSES = [0, 1]


def rows(n_rows=600, n_classes=2, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n_rows, 4))
    y = np.argmax(X[:, :n_classes] + rng.gumbel(size=(n_rows, n_classes)) / 4, axis=1)
    return X, y


def model_of(n_classes=2, **params):
    facts = {"bounds": (-1, 1), "classes": range(n_classes), "warm_start": True}
    return DPLogisticRegression(**facts | params)


X, Y = rows()


def total(*epsilons):
    """Epsilon of fits with these."""
    return epsilon_of_events([Budget(e, 1e-6).event for e in epsilons], 1e-6)


@exactly
@pytest.mark.parametrize("n_classes", [2, 3])
def test_without_noise_a_fit_that_goes_on_stays(n_classes):
    X, y = rows(n_classes=n_classes)
    model = model_of(n_classes, epsilon=np.inf).fit(X, y)
    first = model.coef_
    np.testing.assert_allclose(model.fit(X, y).coef_, first, rtol=1e-3, atol=1e-4)
    public = LogisticRegression(tol=1e-9, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(
        model.predict_proba(X), public.predict_proba(X), atol=1e-3
    )


@pytest.mark.parametrize("wide", [False, True], ids=["box", "ball"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_it_starts_from_the_last_coefficients(wide, n_classes):
    X, y = rows(n_classes=n_classes)
    X = sparse.hstack([X, sparse.csr_array((len(X), 1100))]).tocsr() if wide else X
    model = model_of(n_classes, epsilon=20.0).fit(X, y)
    asked = record(model, going_on=True, X=X, y=y).tape.asked
    query = next(i.query for i in asked if i.query.name == "LogisticGradient")
    dense = X.toarray() if wide else X
    if wide:  # columns have factors
        dense, query = query.view(dense), query.query
    z = (dense - query.box.center) / query.box.half
    margins = z @ query.coef[..., :-1].T + query.coef[..., -1]
    np.testing.assert_allclose(margins, model.decision_function(X), atol=1e-6)
    assert np.std(margins) > 0.1


def test_the_report_covers_all_fits():
    model = model_of(epsilon=0.5)
    with PrivacyLedger() as ledger:
        for n_fits in (1, 2, 3):
            model.fit(X, Y)
            expected = total(*[0.5] * n_fits)
            assert model.privacy_.epsilon() == pytest.approx(expected)
            assert ledger.spent(1e-6) == pytest.approx(expected)
            assert len(ledger.records) == n_fits
    assert len(ledger.records[2].releases) < len(model.privacy_.rows())
    assert {r.query.split(":")[0] for r in model.privacy_.releases} == {
        "fit 1",
        "fit 2",
        "fit 3",
    }
    assert "Fits behind this: 3" in repr(model.privacy_)
    report = privacy_report(model)
    assert (report.n_fits, report.private) == (3, True)
    assert report.epsilon() == pytest.approx(expected)
    assert model.set_params(warm_start=False).fit(X, Y).privacy_.epsilon() < 0.51


def test_budgets_may_change_on_the_way():
    model = model_of(epsilon=0.5).fit(X, Y)
    model.set_params(epsilon=2.0).partial_fit(X, Y)
    assert model.privacy_.epsilon() == pytest.approx(total(0.5, 2.0))
    model.set_params(random_state=0).fit(X, Y)
    assert model.privacy_.seeded
    model.set_params(random_state=None).fit(X, Y)
    assert model.privacy_.seeded  # what it started from is known
    with pytest.warns(UserWarning, match="epsilon=inf"):
        model.set_params(epsilon=np.inf).fit(X, Y)
    assert not model.set_params(epsilon=1.0).fit(X, Y).privacy_.private
    assert model.privacy_.epsilon() == np.inf


def test_batches_in_parallel():
    model = model_of(warm_start=False)
    for epsilon, batch in ((0.5, "a"), (1.5, "b"), (0.5, "a"), (1.0, "c")):
        model.set_params(epsilon=epsilon).partial_fit(X, Y, batch=batch)
    assert model.privacy_.epsilon() == pytest.approx(1.5)
    assert "of 3 batches only the dearest" in repr(model.privacy_)
    assert any("two batches" in fact for fact in model.privacy_.assumed)
    model.partial_fit(X, Y, batch="a")
    assert model.privacy_.epsilon() == pytest.approx(max(total(0.5, 0.5, 1.0), 1.5))
    model.set_params(epsilon=0.7).partial_fit(X, Y)  # any batch: adds to all
    more = epsilon_of_events([*map(event, (1.5, 0.7))], 1e-6)
    assert model.privacy_.epsilon() == pytest.approx(more)
    again = pickle.loads(pickle.dumps(model)).partial_fit(X, Y, batch="d")
    assert again.privacy_.epsilon() == pytest.approx(more)


def event(epsilon):
    return Budget(epsilon, 1e-6).event


def test_the_dearest_batch_is_dearest_in_every_theory_or_all_count():
    report = model_of().fit(X, Y).privacy_
    pure = Budget(1.0, 0.0)
    gaussian = added(report, report, "a")
    both = added(gaussian, replace_budget(report, pure), "b")
    assert both.paid == (event(1.0), event(1.0), pure.event)


def replace_budget(report, budget):
    return replace(report, budget=budget, releases=())


def test_a_strict_ledger_takes_nobodys_word_for_batches():
    model = model_of()
    ledger = PrivacyLedger(strict=True)
    with (
        pytest.raises(StrictLedgerError, match=r"two batches.*Leave out batch"),
        ledger,
    ):
        model.partial_fit(X, Y, batch=1)
    assert ledger.records == ()
    with PrivacyLedger(strict=True) as ledger:
        model.partial_fit(X, Y).partial_fit(X, Y)
    assert len(ledger.records) == 2


def test_a_ledger_counts_batches_in_its_own_parts():
    ledger, model = PrivacyLedger(), model_of()
    with ledger.disjoint("batch") as parts:
        for number, index in enumerate(key_batches(np.arange(len(X)) * 7, 3)):
            with parts.part(str(number)):
                model.partial_fit(X[index], Y[index], batch=number)
    assert ledger.spent(1e-6) == pytest.approx(1.0)
    assert model.privacy_.epsilon() == pytest.approx(1.0)


def test_replay_of_groups():
    X, y = rows(40)
    once, groups = model_of(max_rows_per_group=2).fit(X, y), np.arange(40) // 2
    recording = record(once, going_on=True, X=X, y=y, groups=groups)
    assert len(recording.estimator.privacy_.releases) > len(once.privacy_.releases)
    assert not replay(recording, X=X[2:], y=y[2:], groups=groups[2:]).findings


class Forgetful(DPLogisticRegression):
    def _in_all(self, report, earlier):
        return report


class Trusting(DPLogisticRegression):
    def _resume(self, curator):
        return self._goes_on()


class Remembering(DPLogisticRegression):
    def _fit(self, curator):
        super()._fit(curator)
        self.seen_ = getattr(self, "seen_", 0) + curator._rows.X.sum()


@pytest.mark.parametrize(
    ("cls", "name"),
    [
        (Forgetful, "check_reports_cover_all_fits"),
        (Trusting, "check_batches_are_assumed"),
        (Remembering, "check_replay_of_fits_that_go_on"),
    ],
)
def test_checks_tell_defects(cls, name):
    check = dp_checks(cls())[name]
    check(DPLogisticRegression())
    with pytest.raises(AssertionError):
        check(cls())


def test_units_of_all_fits_are_named():
    groups = np.arange(len(X)) // 3
    model = model_of(max_rows_per_group=3).fit(X, Y).fit(X, Y, groups=groups)
    assert model.privacy_.unit == "row or group (3 rows of it count)"
    again = model.fit(X, Y, groups=groups).privacy_
    assert again.unit == "row or group (3 rows of it count)"
    assert not privacy_report(model).private  # different units do not add up


def test_classes_stay():
    model = DPLogisticRegression(bounds=(-1, 1))
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        model.partial_fit(X, Y)
    assert not vars(clone(model)).keys() - model.get_params().keys()
    first = Y == 0
    model.partial_fit(X[first], Y[first], CLASSES).partial_fit(X, Y).partial_fit(
        X, Y, classes=[1, 0]
    )
    assert model.classes_.tolist() == CLASSES
    assert not any("labels" in fact for fact in model.privacy_.assumed)
    for classes in ([0, 2], [0, 1, 2]):
        with PrivacyLedger() as ledger, pytest.raises(ValueError, match="classes"):
            model.partial_fit(X, Y, classes=classes)
        assert ledger.records == ()
    with pytest.raises(ValueError, match="classes"):
        model_of().partial_fit(X, Y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match="classes"):
        model_of().fit(X, Y).set_params(classes=[0, 5]).fit(X, Y)


def test_columns_stay():
    model = model_of().fit(pd.DataFrame(X, columns=list("abcd")), Y)
    before = pickle.dumps(model.coef_)
    others = pd.DataFrame(X, columns=list("abcx"))
    source = ChunkRows(lambda: [(X[:, :3], Y)])
    with PrivacyLedger() as ledger:
        with pytest.raises(ValueError, match="feature names"):
            model.fit(others, Y)
        with pytest.raises(ValueError, match="feature names"):
            model.partial_fit(pd.DataFrame(X[:, :3], columns=list("abc")), Y)
    assert ledger.records == ()
    with pytest.raises(ValueError, match="other columns"):
        model.fit(source)
    assert pickle.dumps(model.coef_) == before
    assert model.fit(ChunkRows(lambda: [(X, Y)])).n_features_in_ == 4


def test_a_failed_fit_changes_nothing():
    model = model_of().fit(X, Y)
    before = model.privacy_
    with pytest.raises(ValueError, match="infinity"):
        model.partial_fit(np.where(X > 0.9, np.inf, X), Y, batch=3)
    assert model.privacy_ is before
    with pytest.raises(TypeError, match="batch must be"):
        model.partial_fit(X, Y, batch=[3])
    assert "_partial" not in vars(model)


def test_clones_and_searches_start_anew():
    model = model_of().fit(X, Y)
    assert clone(model).fit(X, Y).privacy_.epsilon() == pytest.approx(1.0)
    search = DPGridSearchCV(model, {"C": [0.1, 1.0]}, epsilon=1.0).fit(X, Y)
    best = search.best_estimator_
    price = best.privacy_.epsilon()
    best.partial_fit(X, Y)  # goes on from what was chosen: at the price of the choice
    assert best.privacy_.epsilon() > price


def test_the_price_of_the_next_fit_says_that_there_were_others():
    model = model_of()
    assert "goes on" not in repr(privacy_cost(model))
    assert "goes on from earlier fits" in repr(privacy_cost(model.fit(X, Y)))


def test_a_pipeline_of_others_that_is_fitted_twice_has_no_known_price():
    # Its scaler forgets the first fit, from which the model has learned.
    pipeline = make_pipeline(DPStandardScaler(bounds=(-1, 1)), model_of())
    assert privacy_report(pipeline.fit(X, Y)).private
    assert not privacy_report(pipeline.fit(X, Y)).private


def test_code_of_others_in_partial_fit_is_not_trusted():
    class Peeking(DPLogisticRegression):
        def partial_fit(self, X, y=None, classes=None, **more):
            return super().partial_fit(X, y, classes, **more)

    with pytest.raises(NotPrivateError, match="partial_fit"):
        check_private(Peeking(classes=CLASSES))
    ledger = PrivacyLedger(strict=True)
    with pytest.raises(StrictLedgerError, match="partial_fit"), ledger:
        Peeking(classes=CLASSES).partial_fit(X, Y)


def test_checks_of_scikit_learn():
    model = DPLogisticRegression()
    check_estimators_partial_fit_n_features("DPLogisticRegression", model)
    check_n_features_in_after_fitting("DPLogisticRegression", model)
