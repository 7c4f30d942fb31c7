"""Weights of classes: scikit-learn's without noise, and no row counts for more."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.preprocessing import normalize

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.base._class_weights import (
    MOST_BALANCED,
    check_class_weight,
    class_weights,
    factors_of,
)
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPGridSearchCV
from skprivate.preprocessing import DPStandardScaler
from skprivate.queries import ClassCounts
from skprivate.queries._views import ByClass
from skprivate.rows import ArrayRows, ChunkRows, Parties
from skprivate.testing import record, replay
from skprivate.testing._examples import Example
from skprivate.testing._neighbours import neighbours_of

exactly = pytest.mark.filterwarnings("ignore:epsilon=inf")
BOX = {"bounds": (-4, 4)}


def uneven(X, y, n_first=40):
    """Few rows of the first class."""
    keep = np.r_[np.flatnonzero(y == y[0])[:n_first], np.flatnonzero(y != y[0])]
    return X[keep], y[keep]


CANCER = uneven(*load_breast_cancer(return_X_y=True))
IRIS = uneven(*load_iris(return_X_y=True), 20)


@exactly
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("class_weight", ["balanced", {0: 5.0}, {0: 0.3, 1: 3.0}])
@pytest.mark.parametrize(("X", "y"), [CANCER, IRIS], ids=["binary", "multinomial"])
def test_without_noise_they_are_scikit_learns(X, y, class_weight, weighted, rng):
    weight = rng.random(len(X)) if weighted else None
    if weighted and class_weight == "balanced":  # counts are of weights, here
        names, totals = np.unique(y), np.bincount(y, weight)
        given = dict(
            zip(names.tolist(), totals.sum() / (len(names) * totals), strict=True)
        )
    else:
        given = class_weight
    box = X.min(axis=0), X.max(axis=0)
    private = DPLogisticRegression(
        bounds=box, class_weight=class_weight, epsilon=np.inf
    )
    private.fit(X, y, sample_weight=weight)
    public = LogisticRegression(
        class_weight=given, solver="newton-cg", tol=1e-9, max_iter=1000
    ).fit(X, y, sample_weight=weight)
    distance = np.linalg.norm(private.coef_ - public.coef_)
    assert distance < 1e-3 * np.linalg.norm(public.coef_)
    probabilities = private.predict_proba(X), public.predict_proba(X)
    np.testing.assert_allclose(*probabilities, atol=1e-3)


def rare_class(n_rows, n_classes=2, share=0.1, seed=0):
    rng = np.random.default_rng(seed)
    first = np.full(n_classes - 1, (1 - share) / (n_classes - 1))
    y = rng.choice(n_classes, n_rows, p=np.append(first, share))
    centers = np.random.default_rng(7).normal(size=(n_classes, 8)) * 0.6
    return centers[y] + rng.normal(size=(n_rows, 8)), y


@pytest.mark.parametrize("n_classes", [2, 4])
def test_a_rare_class_is_found(n_classes):
    scores = {None: [], "balanced": []}
    X_test, y_test = rare_class(10_000, n_classes, seed=100)
    for seed in range(5):
        X, y = rare_class(8000, n_classes, seed=seed)
        for class_weight, found in scores.items():
            model = DPLogisticRegression(
                **BOX, classes=range(n_classes), class_weight=class_weight
            ).fit(X, y)
            found.append(balanced_accuracy_score(y_test, model.predict(X_test)))
    assert np.mean(scores["balanced"]) > np.mean(scores[None]) + 0.01


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_rare_class_is_found_in_a_ball(n_classes):
    X, y = rare_class(3000, n_classes)
    X = sparse.hstack([normalize(X), sparse.csr_array((len(X), 1100))]).tocsr()
    scores = []
    for class_weight in (None, "balanced"):
        model = DPLogisticRegression(
            row_norm=1.0,
            class_weight=class_weight,
            classes=range(n_classes),
            epsilon=3.0,
        ).fit(X, y)
        assert "SecondMoments" not in {r.query for r in model.privacy_.releases}
        scores.append(balanced_accuracy_score(y, model.predict(X)))
    assert scores[1] > scores[0] + 0.02


@pytest.mark.parametrize("n_classes", [2, 3])
def test_they_cost_nothing_and_move_no_total_farther(n_classes):
    X, y = rare_class(60, n_classes, 0.3)
    asked = {}
    for class_weight in (None, "balanced", {0: 0.01, 1: 50.0}):
        model = DPLogisticRegression(
            **BOX, class_weight=class_weight, classes=range(n_classes)
        )
        recording = record(model, X=X, y=y)
        report = recording.estimator.privacy_
        assert report.epsilon() == pytest.approx(1.0)
        asked[str(class_weight)] = report.releases[0]
        for neighbour in neighbours_of(Example(X, y)):
            playback = replay(
                recording, units=neighbour.units, **neighbour.rows.fit_args
            )
            assert not playback.findings, neighbour.name
    assert len({(r.query, r.share, r.sensitivity) for r in asked.values()}) == 1


def test_all_sources_weigh_alike():
    X, y = rare_class(300, 3)
    model = DPLogisticRegression(
        **BOX, classes=range(3), class_weight="balanced", random_state=0
    )
    here = model.fit(ArrayRows(X, y)).coef_
    chunks = ChunkRows(
        lambda: ((X[i : i + 70], y[i : i + 70]) for i in range(0, 300, 70))
    )
    np.testing.assert_array_equal(model.fit(chunks).coef_, here)
    parties = Parties(ArrayRows(X[:9], y[:9]), ArrayRows(X[9:], y[9:]))
    np.testing.assert_array_equal(model.fit(parties).coef_, here)


@pytest.mark.parametrize(
    "class_weight",
    [{2: 1.0}, {0: -1.0}, {0: np.nan}, {1: np.inf}, {0: 0, 1: 0}, {0: "1"}, {0: True}],
)
def test_odd_weights_are_refused_for_free(class_weight):
    X, y = rare_class(50)
    model = DPLogisticRegression(**BOX, classes=[0, 1], class_weight=class_weight)
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="class_weight"):
        model.fit(X, y)
    assert ledger.records == ()


def test_weights_that_follow_from_counts():
    classes, counts = np.array(["a", "b"]), np.array([1.0, 9.0])
    even = class_weights("balanced", classes, counts)
    np.testing.assert_allclose(even.mean * even.by_class, [5.0, 5.0 / 9])
    assert even.shares @ even.by_class == pytest.approx(1.0)
    np.testing.assert_allclose(even.shares_of(counts), 0.5)
    assert even.typical == pytest.approx(np.sqrt(0.1 * 5**2 + 0.9 * (5 / 9) ** 2))
    rare = class_weights("balanced", classes, np.array([1e-9, 1e9]))
    assert (rare.mean * rare.by_class).max() == MOST_BALANCED
    named = class_weights({"b": 3.0}, classes, counts)
    np.testing.assert_allclose(named.mean * named.by_class, [1.0, 3.0])
    steep = class_weights({"a": 1e9, "b": 1e-9}, classes, np.array([1.0, 1e9]))
    assert steep.largest == 512.0  # the grid has room for no more
    nothing = class_weights(None, classes, counts)
    assert (nothing.largest, nothing.typical, nothing.mean) == (1.0, 1.0, 1.0)
    assert nothing.times(counts) is counts


def test_a_class_may_count_for_nothing():
    X, y = rare_class(500)
    model = DPLogisticRegression(**BOX, classes=[0, 1], class_weight={0: 0})
    assert np.all(model.fit(X, y).predict(X) == 1)


@pytest.mark.parametrize("classes", [None, ["no", "yes"]])
def test_labels_may_be_texts(classes):
    X, y = rare_class(300)
    names = np.array(["no", "yes"])[y]
    model = DPLogisticRegression(**BOX, classes=classes, class_weight={"yes": 5.0})
    pipeline = make_dp_pipeline(DPStandardScaler(**BOX), clone(model), epsilon=1.0)
    with PrivacyLedger() as ledger:
        model.fit(X, names)
        pipeline.fit(X, names)
        DPGridSearchCV(clone(model), {"C": [0.1, 1.0]}).fit(X, names)
    assert len(ledger.records) == 3
    numbers = clone(model).set_params(classes=[0, 1], class_weight={1: 5.0}).fit(X, y)
    assert numbers.coef_.shape == model.coef_.shape


def test_rows_of_no_class_have_some_factor():
    factors = factors_of(np.array([0.5, 2.0]), np.array([-1.0, 0.0, 1.0, 7.0, np.nan]))
    np.testing.assert_array_equal(factors, [0.5, 0.5, 2.0, 2.0, 0.5])


def test_labels_need_no_weight_of_their_own():
    check_class_weight({1: 2.0}, np.array([0, 1, 2]))
    check_class_weight("balanced", np.array([0, 1, 2]))


def test_no_factor_makes_a_row_heavier():
    query = ClassCounts(2)
    assert [*ByClass(query, np.array([0.5, 1.5])).problems()]
    assert not [*ByClass(query, np.array([0.5, 1.0])).problems()]
