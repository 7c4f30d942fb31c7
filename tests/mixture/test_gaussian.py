"""The private mixture: scikit-learn's without noise, near it with some."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

from skprivate.mixture import DPGaussianMixture
from skprivate.queries._mixture_moments import DIAGONAL, FULL, TIED, MixtureMoments
from skprivate.testing import dp_checks
from tests.queries.forged import fuzz

TYPES = ["full", "tied", "diag", "spherical"]
every_type = pytest.mark.parametrize("covariance_type", TYPES)
K, D = 3, 4
BOUNDS = (-15, 15)


def rows(n, seed):
    """Rows of three components of different shapes and weights, in uneven units."""
    rng = np.random.default_rng(0)
    means = rng.uniform(-4, 4, (K, D))
    shapes = rng.normal(size=(K, D, D)) / 2 + np.eye(D) / 2
    rng = np.random.default_rng(seed)
    of = rng.choice(K, n, p=[0.5, 0.3, 0.2])
    X = means[of] + np.einsum("nij,nj->ni", shapes[of], rng.normal(size=(n, D)))
    return X * [1.0, 0.5, 0.2, 1.0], of


X, OF = rows(12_000, 1)
TEST, _ = rows(3000, 2)


@every_type
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_as_good_as_scikit_learns(covariance_type):
    options = {"covariance_type": covariance_type}
    twin = GaussianMixture(K, n_init=3, random_state=0, **options).fit(X)
    options |= {"bounds": BOUNDS, "epsilon": np.inf, "max_iter": 25}
    model = DPGaussianMixture(K, **options).fit(X)
    assert model.score(TEST) > twin.score(TEST) - 0.01
    for name in ("weights_", "means_", "covariances_", "precisions_cholesky_"):
        assert getattr(model, name).shape == getattr(twin, name).shape, name
    assert model._n_parameters() == twin._n_parameters()


@every_type
@pytest.mark.parametrize("delta", [0, 1e-6])
def test_at_epsilon_one_it_is_near(covariance_type, delta):
    twin = GaussianMixture(K, covariance_type=covariance_type, random_state=0).fit(X)
    options = {"covariance_type": covariance_type, "delta": delta, "random_state": 0}
    model = DPGaussianMixture(K, bounds=BOUNDS, **options).fit(X)
    assert model.score(TEST) > twin.score(TEST) - (0.1 if delta else 0.5)


@every_type
def test_what_is_fitted_is_one_mixture(covariance_type):
    """scikit-learn, told the attributes, says the same of rows."""
    options = {"covariance_type": covariance_type}
    model = DPGaussianMixture(K, bounds=BOUNDS, random_state=0, **options).fit(X)
    twin = GaussianMixture(K, **options)
    twin.weights_, twin.means_ = model.weights_, model.means_
    twin.covariances_ = model.covariances_
    twin.precisions_cholesky_ = model.precisions_cholesky_
    twin.n_features_in_ = D
    np.testing.assert_allclose(model.score_samples(TEST), twin.score_samples(TEST))
    np.testing.assert_allclose(model.predict_proba(TEST), twin.predict_proba(TEST))
    np.testing.assert_array_equal(model.predict(TEST), twin.predict(TEST))
    assert model.bic(TEST) == pytest.approx(twin.bic(TEST))
    assert model.aic(TEST) == pytest.approx(twin.aic(TEST))
    drawn, of = model.sample(20_000, random_state=0)
    theirs, _ = twin.set_params(random_state=0).sample(20_000)
    assert model.score(drawn) == pytest.approx(model.score(theirs), abs=0.1)
    assert np.bincount(of) / 20_000 == pytest.approx(model.weights_, abs=0.02)


def test_components_are_found():
    model = DPGaussianMixture(K, bounds=BOUNDS, random_state=0)
    said = model.fit_predict(X)
    pure = sum(np.bincount(OF[said == k], minlength=K).max() for k in range(K))
    assert pure / len(X) > 0.95


@every_type
@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize(
    "data",
    [np.zeros((1, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300, np.ones((50, 3))],
    ids=["one row", "huge", "tiny", "constant"],
)
def test_degenerate_rows_give_finite_models(covariance_type, delta, data):
    """Fewer rows than components, empty components, constant columns."""
    for bounds in ("private", (0, 1), (2, 2), (0, [1, 0, 1e9])):
        options = {"covariance_type": covariance_type, "delta": delta}
        model = DPGaussianMixture(4, bounds=bounds, **options).fit(data)
        for name in ("weights_", "means_", "covariances_", "precisions_cholesky_"):
            assert np.isfinite(getattr(model, name)).all(), name
        matrices = model.covariances_
        if covariance_type in ("full", "tied"):
            scale = np.sqrt(np.diagonal(matrices, axis1=-2, axis2=-1))
            scale = scale[..., :, None] * scale[..., None, :]
            matrices = np.linalg.eigvalsh(matrices / scale)
        assert (matrices > 0).all()
        assert np.isfinite(model.score_samples(np.ones((2, 3)))).all()
        assert np.isfinite(model.score_samples(np.full((2, 3), 1e300))).all()


def test_public_means_are_where_it_begins():
    start = np.array([X[k == OF].mean(axis=0) for k in range(K)])
    model = DPGaussianMixture(K, means_init=start, bounds=BOUNDS, random_state=0)
    model.fit(X)
    assert np.abs((model.means_ - start) / X.std(axis=0)).max() < 0.2
    names = {release.query for release in model.privacy_.releases}
    assert names == {"Moments", "MixtureMoments"}
    for wrong in (start[:2], start * np.nan, [["a"] * D] * K):
        with pytest.raises(ValueError, match="means_init"):
            model.set_params(means_init=wrong).fit(X)


@every_type
def test_the_plan_is_what_the_fit_does(covariance_type):
    model = DPGaussianMixture(K, covariance_type=covariance_type)
    plan, done = model.plan(D), model.fit(X).privacy_
    assert plan.events == done.events
    assert sum(release.share for release in done.releases) == pytest.approx(1.0)


CHECKS = [
    "check_hostile_rows_stay_within_bounds",
    "check_hostile_weights_stay_within_bounds",
    "check_rows_that_are_not_finite_contribute_nothing",
    "check_queries_add_up",
    "check_contributions_do_not_depend_on_company",
    "check_contributions_do_not_depend_on_the_table",
    "check_answers_do_not_depend_on_company",
    "check_replay_as_given",
    "check_same_bits_from_every_source",
]


@every_type
@pytest.mark.parametrize("check", CHECKS)
def test_several_components_keep_the_promise(covariance_type, check):
    """The common tests try one component, which gets all of each row."""
    model = DPGaussianMixture(3, covariance_type=covariance_type, max_iter=2)
    dp_checks(model)[check](model)


every_structure = pytest.mark.parametrize("structure", [FULL, TIED, DIAGONAL])


def of_components(rng, structure, k, d, row_bound=1.5, reach=2.0):
    """A query about components that overlap."""
    end = np.full(d, 3.0)
    white = (k, d) if structure == DIAGONAL else (k, d, d)
    whites = rng.normal(size=white) + np.ones(white)
    ends, means = (-end, end), rng.normal(size=(k, d))
    sizes = float(rng.integers(0, 3)), row_bound, reach, structure
    return MixtureMoments(*ends, means, whites, rng.normal(size=k), *sizes)


@every_structure
@pytest.mark.parametrize("sizes", [(1.5, 2.0), (5.0, 1.0), (40.0, 3.0)])
def test_all_components_together_are_bounded(structure, sizes):
    """Also where a row is half of one component and half of another."""
    rng = np.random.default_rng(0)
    for k, d in ((1, 1), (2, 3), (5, 2)):
        query = of_components(rng, structure, k, d, *sizes)
        query.check(d)
        for row in rng.normal(scale=2, size=(150, 1, d)):
            total = query(row, None, np.empty(0)) / query.weights
            assert np.linalg.norm(total) <= query.levels
            assert np.abs(total).sum() <= query.l1_bound / query.step


def test_moments_are_those_of_responsibilities():
    """Of rows that are not shortened, up to the grid."""
    rng = np.random.default_rng(1)
    k, d = 2, 2
    means, roots = (
        np.array([[0.0, 0.0], [1.0, 0.5]]),
        np.array([[1.0, 0.0], [0.3, 0.8]]),
    )
    white = np.linalg.inv(roots).T
    logs = np.log([0.7, 0.3])
    query = MixtureMoments(
        *(np.full(d, -9.0), np.full(d, 9.0), means, np.array([white] * k)),
        *(logs, 1.0, 20.0, 20.0),
    )
    Z = rng.normal(size=(500, d))
    covariance = roots @ roots.T
    densities = [multivariate_normal(mean, covariance).pdf(Z) for mean in means]
    part = np.stack(densities, axis=1) * [0.7, 0.3]
    part /= part.sum(axis=1, keepdims=True)
    found = query.matrices(query(Z, None, np.empty(0)) * query.step)
    for j in range(k):
        v = np.c_[(Z - means[j]) @ white, np.ones(len(Z))]
        expected = (part[:, [j]] * v).T @ v
        np.testing.assert_allclose(found[j], expected, atol=0.02 * len(Z))


def test_forged_queries_are_refused_or_bounded():
    """Of two components; those of estimators, elsewhere, have one."""
    rng = np.random.default_rng(0)
    kinds = FULL, TIED, DIAGONAL
    queries = {kind: of_components(rng, kind, 2, 3) for kind in kinds}
    counts = fuzz(600, 0, queries)
    assert counts["bounded"] > 100
    assert counts["refused"] > 100
