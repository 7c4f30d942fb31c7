"""The private naive Bayes: scikit-learn's without noise, sensible in any noise."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_digits, load_iris, make_blobs
from sklearn.naive_bayes import GaussianNB

from skprivate.naive_bayes import DPGaussianNB
from skprivate.naive_bayes._gaussian import _shrunk

rng = np.random.default_rng(0)
X, Y = make_blobs(9000, n_features=5, centers=3, cluster_std=3.0, random_state=0)
BOUNDS = X.min(axis=0) - 1, X.max(axis=0) + 1
FACTS = {"bounds": BOUNDS, "classes": [0, 1, 2]}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("data", ["blobs", "iris", "digits"])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(data, weighted):
    load = {"iris": load_iris, "digits": load_digits}
    A, y = load[data](return_X_y=True) if data in load else (X, Y)
    weight = rng.random(len(A)) * 3 if weighted else None
    low, high = A.min(axis=0), A.max(axis=0)
    most = 3.0 if weighted else 1.0
    model = DPGaussianNB(bounds=(low, high), epsilon=np.inf, max_weight=most)
    model.fit(A, y, sample_weight=weight)
    twin = GaussianNB().fit(A, y, sample_weight=weight)
    np.testing.assert_array_equal(model.classes_, twin.classes_)
    np.testing.assert_allclose(model.class_count_, twin.class_count_, rtol=1e-3)
    np.testing.assert_allclose(model.class_prior_, twin.class_prior_, rtol=1e-3)
    np.testing.assert_allclose(model.theta_, twin.theta_, rtol=1e-3, atol=1e-3)
    varies = low < high
    np.testing.assert_allclose(
        model.var_[:, varies], twin.var_[:, varies], rtol=1e-3, atol=1e-3
    )
    np.testing.assert_allclose(model.var_[:, ~varies], 1.0)
    assert np.mean(model.predict(A) == twin.predict(A)) > 0.995


@pytest.mark.parametrize("facts", [FACTS, {}], ids=["declared", "private"])
def test_at_epsilon_one_little_is_lost(facts):
    best = GaussianNB().fit(X, Y).score(X, Y)
    scores = [DPGaussianNB(**facts).fit(X, Y).score(X, Y) for _ in range(5)]
    # Rarely noise alone makes searched bounds enormously wide.
    typical = np.mean if facts else np.median
    assert typical(scores) > best - 0.03


def test_wide_bounds_cost_little():
    best = GaussianNB().fit(X, Y).score(X, Y)
    wide = {"bounds": (-500, 500), "classes": [0, 1, 2]}
    scores = [DPGaussianNB(**wide).fit(X, Y).score(X, Y) for _ in range(5)]
    assert np.mean(scores) > best - 0.1


def test_probabilities_are_consistent():
    model = DPGaussianNB(**FACTS).fit(X, Y)
    p = model.predict_proba(X)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    np.testing.assert_array_equal(model.predict(X), p.argmax(axis=1))
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), p)
    joint = model.predict_joint_log_proba(X)
    np.testing.assert_array_equal(joint.argmax(axis=1), p.argmax(axis=1))


def test_priors_are_taken_as_given():
    model = DPGaussianNB(priors=[0.5, 0.5, 0.0], **FACTS).fit(X, Y)
    np.testing.assert_array_equal(model.class_prior_, [0.5, 0.5, 0.0])
    assert 2 not in model.predict(X)


@pytest.mark.parametrize("priors", [[1.0], [0.5, 0.6, 0.1], [1.2, -0.2, 0.0]])
def test_impossible_priors_are_refused(priors):
    with pytest.raises(ValueError, match=r"[Pp]riors"):
        DPGaussianNB(priors=priors, **FACTS).fit(X, Y)


def test_classes_read_from_the_rows_are_noted():
    assert DPGaussianNB(bounds=BOUNDS).fit(X, Y).privacy_.assumed
    assert not DPGaussianNB(**FACTS).fit(X, Y).privacy_.assumed


def test_a_class_without_rows_may_be_listed():
    classes = [0, 1, 2, 3]
    model = DPGaussianNB(bounds=BOUNDS, classes=classes).fit(X, Y)
    assert model.theta_.shape == (4, 5)
    assert np.isfinite(model.predict_log_proba(X)).all()
    assert np.mean(model.predict(X) == 3) < 0.3


@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize(
    "data",
    [np.zeros((2, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300, np.ones((50, 3))],
    ids=["two rows", "huge", "tiny", "constant"],
)
def test_degenerate_rows_give_finite_models(data, delta):
    y = np.arange(len(data)) % 2
    for bounds in ("private", (0, 1), (2, 2), (-1e30, 1e30)):
        for epsilon in (1e-3, 1.0):
            model = DPGaussianNB(
                classes=[0, 1], bounds=bounds, delta=delta, epsilon=epsilon
            ).fit(data, y)
            for name in ("theta_", "var_", "class_prior_", "class_count_"):
                assert np.isfinite(getattr(model, name)).all(), name
            assert np.all(model.var_ > 0)
            assert np.all(model.class_prior_ > 0)
            assert np.isfinite(model.predict_proba(np.ones((1, 3)))).all()


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_constant_features_are_calm_without_noise_too():
    Z = np.c_[X, np.full(len(X), 2.0)]
    low, high = np.r_[BOUNDS[0], 2.0], np.r_[BOUNDS[1], 2.0]
    model = DPGaussianNB(bounds=(low, high), epsilon=np.inf, var_smoothing=0).fit(Z, Y)
    assert np.isfinite(model.predict_log_proba(Z)).all()
    assert model.score(Z, Y) == pytest.approx(
        GaussianNB().fit(X, Y).score(X, Y), abs=0.01
    )


def test_pure_privacy_works():
    model = DPGaussianNB(delta=0, epsilon=2.0, **FACTS).fit(X, Y)
    assert model.privacy_.epsilon(0.0) <= 2.0 * (1 + 1e-9)
    assert model.score(X, Y) > GaussianNB().fit(X, Y).score(X, Y) - 0.1


@pytest.mark.parametrize("bounds", [BOUNDS, "private"], ids=["declared", "private"])
def test_the_plan_is_what_the_fit_does(bounds):
    model = DPGaussianNB(bounds=bounds, classes=[0, 1, 2])
    plan, done = model.plan(5), model.fit(X, Y).privacy_
    assert plan.events == done.events
    assert [(r.query, r.size, r.share) for r in plan.releases] == [
        (r.query, r.size, r.share) for r in done.releases
    ]


def test_variances_that_noise_does_not_tell_apart_are_pooled():
    """Of 40 features, classes differ in the spread of the first alone."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 4000)
    X = rng.uniform(-0.5, 0.5, (4000, 40))
    X[:, 0] *= np.where(y == 1, 1.9, 0.1)
    model = DPGaussianNB(bounds=(-1, 1), classes=[0, 1], epsilon=2.0)
    pooled = []
    for seed in range(20):
        model.set_params(random_state=seed).fit(X, y)
        ratios = np.abs(np.log(np.divide(*model.var_)))
        assert ratios[0] > 1.0  # clear
        assert np.max(ratios[1:]) < ratios[0] / 2
        pooled.append(np.mean(ratios[1:] < 1e-3))
    assert np.mean(pooled) > 0.6  # most differences are noise


def test_no_variance_is_below_its_noise():
    """Rows without spread: noisy variances would be negative as often as not."""
    counts, nothing = np.array([[360.0], [40.0]]), np.zeros((2, 3))
    moments = np.hstack([counts, nothing, nothing - counts])  # z and 2 z**2 - 1
    assert np.all(_shrunk(moments, 0.0)[1] == 0.0)
    for noise in (0.1, 5.0):
        _, variances = _shrunk(moments, noise)
        of_all = np.sqrt(2) * noise / 400  # of the sum of both classes
        assert np.all(variances > 0.49 * of_all)  # a square has half the noise


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_batches_add_up():
    """Without noise two batches are one fit; with noise the region stays."""
    exact = DPGaussianNB(epsilon=np.inf, **FACTS)
    whole = DPGaussianNB(epsilon=np.inf, **FACTS).fit(X, Y)
    exact.partial_fit(X[:4000], Y[:4000]).partial_fit(X[4000:], Y[4000:])
    np.testing.assert_allclose(exact.class_count_, whole.class_count_)
    np.testing.assert_allclose(exact.theta_, whole.theta_, rtol=1e-9)
    np.testing.assert_allclose(exact.var_, whole.var_, rtol=1e-6)
    model = DPGaussianNB(epsilon=1.0)
    model.partial_fit(X[:4000], Y[:4000], classes=[0, 1, 2], batch="a")
    box, noise = model._box_, model._moments_[1]
    first = len(model.privacy_.releases)
    model.partial_fit(X[4000:], Y[4000:], batch="b")
    assert np.array_equal(model._box_, box)
    assert noise < model._moments_[1] < 2 * noise
    names = [r.query for r in model.privacy_.releases[first:]]
    assert len(names) == 1
    assert "Moments" in names[0]
    assert model.privacy_.epsilon() <= 1.0
    assert model.class_count_.sum() == pytest.approx(len(X), rel=0.1)
    assert model.score(X, Y) > whole.score(X, Y) - 0.05


def test_fit_starts_anew_after_batches():
    model = DPGaussianNB(epsilon=5.0, random_state=0, **FACTS)
    model.partial_fit(X[:4000], Y[:4000]).fit(X[:4000], Y[:4000])
    assert model.class_count_.sum() == pytest.approx(4000, rel=0.1)
    assert model.privacy_.epsilon() <= 5.0


@pytest.mark.parametrize("tile", [2**22, 64])
def test_sparse_rows_are_classified_as_dense_ones(tile, monkeypatch):
    monkeypatch.setattr("skprivate.naive_bayes._gaussian._TILE", tile)
    few = np.where(rng.random(X.shape) < 0.3, X, 0.0)[:300]
    rows = sparse.csr_matrix(few)
    model = DPGaussianNB(**FACTS).fit(rows, Y[:300])
    dense = model.predict_joint_log_proba(few)
    np.testing.assert_array_equal(model.predict_joint_log_proba(rows), dense)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_sparse_rows_teach_what_dense_ones_do():
    rows = X * (rng.random(X.shape) < 0.3)
    model = DPGaussianNB(**FACTS, epsilon=np.inf).fit(sparse.csr_matrix(rows), Y)
    twin = GaussianNB().fit(rows, Y)
    np.testing.assert_allclose(model.theta_, twin.theta_, atol=0.01)
    np.testing.assert_allclose(model.var_, twin.var_, rtol=0.01)
