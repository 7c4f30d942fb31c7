"""Each class against the rest: as scikit-learn's, for one budget, wherever rows are."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.ledger import StrictLedgerError
from skprivate.linear_model import DPLinearSVC, DPLogisticRegression
from skprivate.multiclass import DPOneVsRestClassifier
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ArrayRows, ChunkRows, DaskRows, Parties
from skprivate.tree import DPDecisionTreeClassifier

LABELS = ["left", "middle", "right"]
BOX = {"bounds": (-1, 1)}
CUTS = slice(0, 400), slice(400, 900), slice(900, 2000)


@pytest.fixture
def rows(rng):
    X = rng.uniform(-1, 1, (2000, 3))
    return X, np.array(LABELS)[np.digitize(X[:, 0], [-0.3, 0.3])]


@pytest.fixture
def indicator(rows):
    X, _ = rows
    return np.c_[X[:, 0] > 0, X[:, 1] > 0.2, X[:, 0] > X[:, 1]].astype(int)


def private(model=None, **params):
    return DPOneVsRestClassifier(model or DPGaussianNB(**BOX), **params)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(rows, indicator):
    X, y = rows
    for target in (y, y == "left", indicator):
        ours = private(epsilon=np.inf).fit(X, target)
        theirs = OneVsRestClassifier(GaussianNB()).fit(X, target)
        assert np.mean(ours.predict(X) == theirs.predict(X)) > 0.99
        proba = ours.predict_proba(X) - theirs.predict_proba(X)
        assert np.abs(proba).max() < 0.02
        assert ours.classes_.tolist() == theirs.classes_.tolist()
        assert len(ours.estimators_) == len(theirs.estimators_)
        assert ours.multilabel_ == theirs.multilabel_


SOURCES = {
    "array": lambda X, y: ArrayRows(X, y),
    "chunks": lambda X, y: ChunkRows(lambda: ((X[c], y[c]) for c in CUTS)),
    "parties": lambda X, y: Parties(*(ArrayRows(X[c], y[c]) for c in CUTS)),
    "dask": lambda X, y: DaskRows(*dask_of(X, y)),
}


def dask_of(X, y):
    array = pytest.importorskip("dask.array")
    return array.from_array(X, chunks=(500, 3)), array.from_array(y, chunks=500)


@pytest.mark.parametrize("name", SOURCES)
def test_the_same_wherever_rows_are(name, rows):
    model = private(classes=LABELS, random_state=0)
    here = model.fit(*rows).predict_proba(rows[0])
    there = model.fit(SOURCES[name](*rows)).predict_proba(rows[0])
    np.testing.assert_array_equal(here, there)


def test_collections_of_dask_and_weights(rows):
    X, y = dask_of(*rows)
    model = private(classes=LABELS, random_state=0)
    here = model.fit(*rows).predict_proba(rows[0])
    np.testing.assert_array_equal(model.fit(X, y).predict_proba(rows[0]), here)
    weight = np.ones(len(rows[1]))
    weighted, _ = dask_of(rows[0], rows[1])
    _, weight = dask_of(rows[0], weight)
    model.fit(weighted, y, sample_weight=weight)


def test_a_pipeline_over_chunks(rows):
    scaler = DPStandardScaler(**BOX, random_state=0)
    each = private(DPLinearSVC(), classes=LABELS, random_state=0)
    pipe = make_dp_pipeline(scaler, each, epsilon=9.0)
    pipe.fit(SOURCES["chunks"](*rows))
    assert pipe.score(*rows) > 0.7


def test_labels_of_a_source_that_are_not_listed_are_refused_unnamed(rows):
    for name in SOURCES:
        with pytest.raises(ValueError, match="classes") as error:
            private(classes=LABELS[:2]).fit(SOURCES[name](*rows))
        assert "right" not in str(error.value)


@pytest.mark.parametrize("kind", ["array", "bool", "list", "sparse", "frame"])
def test_tables_of_labels(kind, rows, indicator):
    pd = pytest.importorskip("pandas")
    X, _ = rows
    y = {
        "array": indicator,
        "bool": indicator.astype(bool),
        "list": indicator.tolist(),
        "sparse": sparse.csr_matrix(indicator),
        "frame": pd.DataFrame(indicator),
    }[kind]
    model = private(epsilon=5.0, random_state=0)
    found = model.fit(X, y).predict(X)
    assert found.shape == indicator.shape
    assert set(np.unique(found)) <= {0, 1}
    assert model.score(X, indicator) > 0.7
    np.testing.assert_array_equal(found, model.fit(X, indicator).predict(X))


def test_columns_keep_the_order_of_their_names(rows, indicator):
    model = private(classes=["z", "a", "m"]).fit(rows[0], indicator)
    assert model.classes_.tolist() == ["z", "a", "m"]
    names = {release.query.split(":")[0] for release in model.privacy_.releases}
    assert names == {"z", "a", "m"}


def test_there_is_nothing_to_read_in_a_table_of_labels(rows, indicator):
    with PrivacyLedger(strict=True):
        assert not private().fit(rows[0], indicator).privacy_.assumed


def test_labels_that_are_read_are_reported_and_refused_where_one_is_strict(rows):
    fitted = private().fit(*rows)
    assert "class labels" in fitted.privacy_.assumed[0]
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True):
        private().fit(*rows)


def test_two_classes_are_one_model_with_the_whole_budget(rows):
    X, y = rows
    two = np.where(y == "left", "yes", "no")
    model = private(DPLogisticRegression(**BOX), classes=["no", "yes"], random_state=0)
    model.fit(X, two)
    assert len(model.estimators_) == 1
    assert model.decision_function(X).shape == (len(X),)
    assert model.predict_proba(X).shape == (len(X), 2)
    assert model.score(X, two) > 0.9
    assert model.estimators_[0].epsilon == model.epsilon


def test_models_that_find_categories_reserve_their_delta(rows):
    model = private(DPDecisionTreeClassifier(max_depth=2), classes=LABELS, epsilon=3.0)
    with PrivacyLedger(epsilon=3.0, delta=1e-6):
        model.fit(*rows)
    assert model.privacy_.epsilon() <= 3.0 + 1e-9


FREE = {
    "other codes": lambda: private(DPGaussianNB(classes=LABELS)),
    "one class": lambda: private(classes=["left"]),
    "bounds of the model": lambda: private(
        DPGaussianNB(bounds=(1, -1)), classes=LABELS
    ),
    "a label twice": lambda: private(classes=["left", "left", "right"]),
    "labels of another type": lambda: private(classes=[0, 1, 2]),
    "a seed inside": lambda: private(DPGaussianNB(random_state=0), classes=LABELS),
}


@pytest.mark.parametrize("name", FREE)
def test_what_public_facts_reveal_costs_nothing(name, rows):
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match=r"\."):
        FREE[name]().fit(*rows)
    assert not ledger.records


def test_as_many_columns_as_labels(rows, indicator):
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="columns"):
        private(classes=LABELS[:2]).fit(rows[0], indicator)
    assert not ledger.records


def test_rows_of_weight_zero_may_have_any_label(rows):
    X, y = rows
    y = y.astype("U9")
    y[0] = "elsewhere"
    weight = np.ones(len(y))
    weight[0] = 0
    private(classes=LABELS).fit(X, y, sample_weight=weight)
    with pytest.raises(ValueError, match="classes"):
        private(classes=LABELS).fit(X, y)


def _six_sides(rng, n_rows):
    """Six classes, each on a side of its own."""
    X = rng.uniform(-1, 1, (n_rows, 6))
    return X, X.argmax(axis=1)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_a_joint_gradient_is_the_same_model(rng):
    """Without noise: one-vs-rest by one gradient of all margins, or by one for each."""
    X, y = _six_sides(rng, 1200)
    one = DPLinearSVC(bounds=(-1, 1))
    each = DPOneVsRestClassifier(one, classes=range(6), epsilon=np.inf).fit(X, y)
    joint = DPLinearSVC(bounds=(-1, 1), classes=range(6), epsilon=np.inf).fit(X, y)
    coef = np.vstack([model.coef_ for model in each.estimators_])
    np.testing.assert_allclose(joint.coef_, coef, atol=2e-3)
    np.testing.assert_array_equal(joint.predict(X), each.predict(X))


def test_a_joint_gradient_has_less_noise(rng):
    """Why there is no option for it: the model that has it is better used alone."""
    X, y = _six_sides(rng, 4000)
    known = {"epsilon": 0.5, "random_state": 0}
    one = DPLinearSVC(bounds=(-1, 1))
    each = DPOneVsRestClassifier(one, classes=range(6), **known).fit(X, y)
    joint = DPLinearSVC(bounds=(-1, 1), classes=range(6), **known).fit(X, y)
    assert joint.score(X, y) > each.score(X, y) + 0.02
