"""A model for each column of the target: as scikit-learn's, for one budget."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.naive_bayes import GaussianNB

from skprivate import PrivacyLedger
from skprivate.ledger import StrictLedgerError
from skprivate.linear_model import DPRidge
from skprivate.multioutput import DPMultiOutputClassifier, DPMultiOutputRegressor
from skprivate.naive_bayes import DPGaussianNB
from skprivate.rows import ArrayRows

BOX = {"bounds": (-1, 1)}


@pytest.fixture
def rows(rng):
    X = rng.uniform(-1, 1, (1500, 3))
    codes = np.c_[X[:, 0] > 0, np.digitize(X[:, 1], [-0.3, 0.3])]
    return X, codes, np.c_[X[:, 0], X[:, 1] - X[:, 2]]


def classifier(**params):
    return DPMultiOutputClassifier(DPGaussianNB(**BOX), **params)


def regressor(**params):
    return DPMultiOutputRegressor(DPRidge(**BOX, target_bounds=(-2, 2)), **params)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_they_are_scikit_learns(rows):
    X, codes, numbers = rows
    ours = classifier(epsilon=np.inf).fit(X, codes)
    theirs = MultiOutputClassifier(GaussianNB()).fit(X, codes)
    assert np.mean(ours.predict(X) == theirs.predict(X)) > 0.99
    assert [c.tolist() for c in ours.classes_] == [c.tolist() for c in theirs.classes_]
    for mine, other in zip(ours.predict_proba(X), theirs.predict_proba(X), strict=True):
        assert np.abs(mine - other).max() < 0.02
    assert ours.score(X, codes) == pytest.approx(theirs.score(X, codes), abs=0.01)
    ours = regressor(epsilon=np.inf).fit(X, numbers)
    theirs = MultiOutputRegressor(Ridge()).fit(X, numbers)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), atol=0.01)
    assert ours.score(X, numbers) > 0.99


def test_each_output_has_an_equal_part(rows):
    X, codes, _ = rows
    model = classifier(epsilon=2.0).fit(X, codes)
    parts = [own.privacy_.budget.mu for own in model.estimators_]
    assert parts[0] == parts[1]
    whole = model.privacy_.budget.mu
    assert parts[0] ** 2 + parts[1] ** 2 <= whole**2
    names = {release.query.split(":")[0] for release in model.privacy_.releases}
    assert names == {"output 0", "output 1"}


def test_labels_of_each_output(rows):
    X, codes, _ = rows
    told = classifier(classes=[[0, 1], [0, 1, 2]])
    with PrivacyLedger(strict=True):
        assert not told.fit(X, codes).privacy_.assumed
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True):
        classifier().fit(X, codes)


@pytest.mark.parametrize("kind", ["list", "frame", "polars", "dask"])
def test_kinds_of_tables(kind, rows):
    X, codes, numbers = rows
    made = {
        "list": lambda y: (X, y.tolist()),
        "frame": lambda y: (X, pytest.importorskip("pandas").DataFrame(y)),
        "polars": lambda y: (X, pytest.importorskip("polars").DataFrame(y)),
        "dask": lambda y: [
            pytest.importorskip("dask.array").from_array(a, chunks=(500, a.shape[1]))
            for a in (X, y)
        ],
    }[kind]
    model = classifier(classes=[[0, 1], [0, 1, 2]], random_state=0)
    here = model.fit(X, codes).predict(X)
    np.testing.assert_array_equal(model.fit(*made(codes)).predict(X), here)
    model = regressor(random_state=0)
    here = model.fit(X, numbers).predict(X)
    np.testing.assert_array_equal(model.fit(*made(numbers)).predict(X), here)


FREE = {
    "a single target": lambda X, y: classifier().fit(X, y[:, 0]),
    "a source": lambda X, y: classifier().fit(ArrayRows(X, y[:, 0])),
    "no target": lambda X, y: classifier().fit(X),
    "labels of one output": lambda X, y: classifier(classes=[[0, 1]]).fit(X, y),
    "labels of none": lambda X, y: classifier(classes=[0, 1]).fit(X, y),
    "other labels": lambda X, y: classifier(classes=[[0, 1], ["a", "b"]]).fit(X, y),
    "text": lambda X, y: regressor().fit(X, y.astype(str)),
}


@pytest.mark.parametrize("name", FREE)
def test_what_public_facts_reveal_costs_nothing(name, rows):
    with PrivacyLedger() as ledger, pytest.raises((TypeError, ValueError)):
        FREE[name](*rows[:2])
    assert not ledger.records


def test_ragged_lists_are_refused(rows):
    X, codes, _ = rows
    y = codes.tolist()
    y[7] = y[7][:1]
    with pytest.raises(ValueError, match="unequal"):
        classifier().fit(X, y)
