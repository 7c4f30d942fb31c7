"""The private k-means: Lloyd's steps without noise, near the optimum with it."""

import numpy as np
import pytest
from scipy import sparse
from sklearn import config_context
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, make_blobs
from sklearn.metrics import pairwise_distances_argmin_min

from skprivate.base import Box
from skprivate.cluster import DPKMeans
from skprivate.ledger import PrivacyLedger
from skprivate.queries._center_queries import CenterCounts, CenterInertia, CenterShifts
from skprivate.queries._merging import merged

K, D = 8, 10
X, _ = make_blobs(
    12_000, D, centers=K, cluster_std=0.8, center_box=(-6, 6), random_state=1
)
BOUNDS = (-10, 10)


def optimum(data, k):
    return KMeans(k, n_init=5, random_state=0).fit(data).inertia_


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_steps_are_lloyds():
    digits = load_digits().data
    model = DPKMeans(5, max_iter=150, bounds=(0, 16), epsilon=np.inf).fit(digits)
    centers = model.cluster_centers_
    nearest = model.predict(digits)
    means = np.stack([digits[nearest == c].mean(axis=0) for c in range(5)])
    np.testing.assert_allclose(centers, means, atol=1e-3)
    twin = KMeans(5, init=centers, n_init=1).fit(digits)
    np.testing.assert_allclose(twin.cluster_centers_, centers, atol=1e-3)
    assert -model.score(digits) == pytest.approx(twin.inertia_, rel=1e-3)
    assert twin.inertia_ < 1.05 * optimum(digits, 5)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_weights_count():
    weight = np.where(np.arange(len(X)) < 3000, 2.0, 0.0)
    model = DPKMeans(4, bounds=BOUNDS, epsilon=np.inf, max_weight=2.0, max_iter=30)
    heavy = model.fit(X, sample_weight=weight).cluster_centers_
    np.testing.assert_allclose(heavy, model.fit(X[:3000]).cluster_centers_, atol=1e-4)


@pytest.mark.parametrize("bounds", [BOUNDS, "private"], ids=["declared", "private"])
def test_at_epsilon_one_it_finds_all_clusters(bounds):
    best = optimum(X, K)
    scores = [-DPKMeans(K, bounds=bounds).fit(X).score(X) / best for _ in range(6)]
    # Rarely noise alone makes searched bounds enormously wide.
    typical = np.median if isinstance(bounds, str) else np.mean
    assert typical(scores) < 1.25


def test_digits_at_epsilon_four():
    digits = load_digits().data
    best = optimum(digits, 10)
    model = DPKMeans(10, bounds=(0, 16), epsilon=4.0)
    assert np.mean([-model.fit(digits).score(digits) / best for _ in "123"]) < 1.25


def test_distances_are_those_of_the_rows_whatever_the_bounds():
    # One feature is wide and says nothing, as declared; it must still count as wide.
    Z = np.c_[X[:, :2], 100 * X[:, 2]]
    best = optimum(Z, 4)
    wide = ([-10, -10, -1000], [10, 10, 1000])
    scores = [-DPKMeans(4, bounds=wide).fit(Z).score(Z) / best for _ in "12345"]
    assert np.median(scores) < 1.3


def test_labels_of_training_rows_are_not_kept():
    model = DPKMeans(3, bounds=BOUNDS, random_state=0)
    labels = model.fit_predict(X)
    np.testing.assert_array_equal(labels, model.predict(X))
    assert not hasattr(model, "labels_")
    assert model.n_iter_ == model.max_iter


def test_the_inertia_is_a_noisy_answer():
    model = DPKMeans(K, bounds=BOUNDS, random_state=0).fit(X)
    assert model.inertia_ != -model.score(X)
    assert model.inertia_ == pytest.approx(-model.score(X), rel=0.2)
    last = model.privacy_.releases[-1]
    assert last.query == "CenterInertia"
    assert last.share <= 0.02
    few = DPKMeans(K, bounds=BOUNDS, random_state=0).fit(X[:1])
    assert few.inertia_ >= 0


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_tol_saves_steps_and_no_budget():
    many = {"bounds": BOUNDS, "max_iter": 150, "random_state": 0}
    model = DPKMeans(K, epsilon=np.inf, tol=1e-3, **many).fit(X)
    assert 100 <= model.n_iter_ < 150
    assert -model.score(X) < 1.01 * optimum(X, K)
    private = DPKMeans(K, epsilon=1e3, tol=10.0, max_iter=9, bounds=BOUNDS)
    with (
        pytest.warns(UserWarning, match="meaningful"),
        PrivacyLedger(1e3, 1e-6) as ledger,
    ):
        private.fit(X)
    assert private.n_iter_ == 7  # the first without surplus centers
    assert ledger.remaining < 1.0


def test_transform_gives_distances_within_the_output_bounds():
    model = DPKMeans(3, bounds=BOUNDS).fit(X)
    distances = model.transform(X)
    low, high = model.output_bounds_
    assert np.all((low <= distances) & (distances <= high))
    np.testing.assert_array_equal(distances.argmin(axis=1), model.predict(X))
    assert -model.score(X) == pytest.approx(np.sum(distances.min(axis=1) ** 2))
    assert list(model.get_feature_names_out()) == [
        "dpkmeans0",
        "dpkmeans1",
        "dpkmeans2",
    ]


def test_sparse_rows_give_the_same_bits():
    Z = sparse.random_array((400, 5), density=0.3, rng=np.random.default_rng(0)).tocsr()
    model = DPKMeans(3, bounds=(0, 1), random_state=0)
    dense, thin = (model.fit(A).cluster_centers_ for A in (Z.toarray(), Z))
    np.testing.assert_array_equal(dense, thin)
    np.testing.assert_array_equal(model.predict(Z), model.predict(Z.toarray()))


@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize("max_iter", [1, 2, 3, 7])
@pytest.mark.parametrize(
    "data",
    [np.zeros((1, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300, np.ones((50, 3))],
    ids=["one row", "huge", "tiny", "constant"],
)
def test_degenerate_rows_give_finite_centers_within_the_bounds(data, delta, max_iter):
    for low, high in ((0, 1), (2, 2), (-1e30, 1e30)):
        model = DPKMeans(bounds=(low, high), delta=delta, max_iter=max_iter).fit(data)
        assert model.cluster_centers_.shape == (8, 3)
        assert np.all(model.cluster_centers_ >= low)
        assert np.all(model.cluster_centers_ <= high)
    assert np.isfinite(DPKMeans(delta=delta).fit(data).cluster_centers_).all()


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_more_clusters_than_rows_without_noise():
    model = DPKMeans(20, bounds=(0, 1), epsilon=np.inf).fit(np.eye(3))
    assert np.isfinite(model.cluster_centers_).all()


def test_far_more_clusters_than_rows():
    model = DPKMeans(500, bounds=(0, 1)).fit(np.eye(3))
    assert model.cluster_centers_.shape == (500, 3)
    assert np.isfinite(model.cluster_centers_).all()


def test_merging_copes_with_few_points():
    points = np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    assert merged(points, np.array([3.0, 2.0, 0.0]), 2).shape == (2, 2)
    assert merged(points, np.zeros(3), 5).shape == (5, 2)


@pytest.mark.parametrize(
    ("n_points", "k", "d"), [(128, 16, 20), (16, 8, 3), (64, 8, 2)]
)
def test_merging_finds_what_scikit_learn_finds(n_points, k, d):
    rng = np.random.default_rng(0)
    ratios = []
    for _ in range(20):
        points, weights = rng.normal(size=(n_points, d)), rng.gamma(1.0, size=n_points)
        theirs = KMeans(k, n_init=4, random_state=0).fit(points, sample_weight=weights)
        distances = pairwise_distances_argmin_min(points, merged(points, weights, k))[1]
        ratios.append(weights @ distances**2 / theirs.inertia_)
    assert np.mean(ratios) < 1.02


def test_a_row_moves_a_query_by_no_more_than_its_bound():
    rng = np.random.default_rng(0)
    box = Box.between(np.full(3, -1.0), np.full(3, 1.0), 20)
    centers = np.rint(rng.uniform(-1, 1, (4, 3)) * box.one) / box.one
    shifts = CenterShifts(box, centers, 0.37, 0.25)
    counts, inertia = CenterCounts(box, centers), CenterInertia(box, centers, 0.8)
    for row in rng.normal(scale=3, size=(200, 1, 3)):
        total = shifts(row, None, np.empty(0))
        assert np.linalg.norm(total) <= shifts.levels
        assert np.abs(total).sum() <= shifts.l1_bound / shifts.step
        assert np.abs(counts(row, None, np.empty(0))).sum() == counts.levels
        assert 0 <= inertia(row, None, np.empty(0))[0] <= inertia.levels


def test_pure_privacy_works():
    model = DPKMeans(K, bounds=BOUNDS, delta=0, epsilon=4.0).fit(X)
    assert model.privacy_.epsilon(0.0) <= 4.0 * (1 + 1e-9)
    assert -model.score(X) < 3 * optimum(X, K)


@pytest.mark.parametrize("max_iter", [1, 4])
@pytest.mark.parametrize("bounds", [BOUNDS, "private"], ids=["declared", "private"])
def test_the_plan_is_what_the_fit_does(bounds, max_iter):
    model = DPKMeans(bounds=bounds, max_iter=max_iter)
    plan, done = model.plan(D), model.fit(X).privacy_
    assert plan.events == done.events
    assert [(r.query, r.size, r.share) for r in plan.releases] == [
        (r.query, r.size, r.share) for r in done.releases
    ]


def test_no_clusters_are_refused_even_if_parameters_are_not_validated():
    """Without centers the kernel would write to memory that is not its own."""
    with config_context(skip_parameter_validation=True), pytest.raises(ValueError):
        DPKMeans(0, bounds=(0, 1)).fit(np.full((50, 3), 0.5))


def test_batches_bring_centers_nearer():
    """A second call starts from the centers of the first, within the same ranges."""
    X, _ = make_blobs(6000, centers=3, cluster_std=0.5, random_state=3)
    model = DPKMeans(n_clusters=3, epsilon=1.0, random_state=0)
    model.partial_fit(X[:2000], batch=1)
    first, ends = model.cluster_centers_.copy(), model._ends_
    names = [release.query for release in model.privacy_.releases]
    model.partial_fit(X[2000:], batch=2)
    assert model._ends_ is ends or np.array_equal(model._ends_, ends)
    more = [release.query for release in model.privacy_.releases][len(names) :]
    assert not any("ValueCells" in name or "CenterCounts" in name for name in more)
    assert sum("CenterShifts" in name for name in more) == 3
    assert not np.array_equal(first, model.cluster_centers_)
    again = DPKMeans(n_clusters=3, warm_start=True, random_state=0).fit(X[:2000])
    again.fit(X[2000:])
    apart = np.linalg.norm(
        again.cluster_centers_[:, None] - model.cluster_centers_, axis=2
    )
    assert apart.min(axis=0).max() < 0.5  # in whatever order
    assert again.privacy_.epsilon() > 1.4
    assert model.privacy_.epsilon() <= 1.0


def test_a_fit_that_goes_on_has_as_many_clusters():
    X, _ = make_blobs(500, centers=3, random_state=3)
    model = DPKMeans(n_clusters=3, bounds=(-15, 15)).fit(X)
    model.set_params(n_clusters=4)
    with pytest.raises(ValueError, match="n_clusters"):
        model.partial_fit(X)
    with pytest.raises(TypeError, match="Leave it out"):
        model.partial_fit(X, classes=[0, 1])


def test_public_centers_to_begin_with():
    start = np.random.default_rng(1).uniform(*BOUNDS, size=(K, D))
    model = DPKMeans(K, init=start, bounds=BOUNDS).fit(X)
    asked = [release.query for release in model.privacy_.releases]
    assert "CenterCounts" not in asked
    assert model.cluster_centers_.shape == (K, D)
    good = DPKMeans(K, bounds=BOUNDS).fit(X)
    good = DPKMeans(K, init=good.cluster_centers_.tolist(), bounds=BOUNDS).fit(X)
    assert -good.score(X) < 3 * optimum(X, K)
    outside = DPKMeans(K, init=start * 1e6, bounds=BOUNDS).fit(X)
    assert np.isfinite(outside.cluster_centers_).all()


@pytest.mark.parametrize(
    "init",
    [
        "random",
        np.zeros((K, D + 1)),
        np.zeros((K + 1, D)),
        np.full((K, D), np.nan),
        np.full((K, D), "a"),
    ],
    ids=["word", "wide", "long", "missing", "text"],
)
def test_centers_that_make_no_sense_cost_nothing(init):
    with PrivacyLedger() as ledger:
        with pytest.raises(ValueError, match="init"):
            DPKMeans(K, init=init, bounds=BOUNDS).fit(X)
        assert len(ledger.records) == 0
