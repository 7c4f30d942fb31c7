"""The private singular vectors: scikit-learn's without noise, close with little."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.decomposition import TruncatedSVD

from skprivate.decomposition import DPTruncatedSVD

rng = np.random.default_rng(0)
N, D, K = 10_000, 40, 4
FACTORS = sparse.random_array((K, D), density=0.2, rng=rng).toarray()
MIXED = sparse.random_array((N, K), density=0.3, rng=rng)
X = sparse.csr_array(MIXED @ FACTORS) + sparse.random_array((N, D), density=0.02) * 0.1
X = sparse.csr_array(X)
GRAM = (X.T @ X).toarray()
BOUNDS = 0, 2
NUMBERS = "singular_values_", "explained_variance_", "explained_variance_ratio_"


def captured(model):
    """Squares along the components, relative to the most there can be."""
    k = len(model.components_)
    best = np.linalg.eigvalsh(GRAM)[::-1][:k].sum()
    return np.trace(model.components_ @ GRAM @ model.components_.T) / best


@pytest.mark.parametrize("n_components", [1, K])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(n_components):
    model = DPTruncatedSVD(n_components, bounds=BOUNDS, epsilon=np.inf).fit(X)
    twin = TruncatedSVD(n_components, algorithm="arpack").fit(X)
    for name in NUMBERS:
        np.testing.assert_allclose(getattr(model, name), getattr(twin, name), rtol=1e-2)
    sign = np.sign(np.sum(model.components_ * twin.components_, axis=1))
    np.testing.assert_allclose(
        model.components_, sign[:, None] * twin.components_, atol=1e-3
    )
    np.testing.assert_allclose(model.transform(X), sign * twin.transform(X), atol=1e-2)


@pytest.mark.parametrize("bounds", [BOUNDS, "private"], ids=["declared", "private"])
def test_at_epsilon_one_it_captures_nearly_all(bounds):
    model = DPTruncatedSVD(K, bounds=bounds)
    assert np.mean([captured(model.fit(X)) for _ in range(5)]) > 0.9


def test_sparse_rows_are_read_as_they_are(monkeypatch):
    model = DPTruncatedSVD(K, bounds=BOUNDS, random_state=0)
    dense = model.fit(X.toarray()).components_

    def refuse(*args, **kwargs):
        raise AssertionError("sparse rows were made dense")

    for kind in (sparse.csr_array, sparse.csr_matrix):
        for name in ("toarray", "todense"):
            monkeypatch.setattr(kind, name, refuse)
    np.testing.assert_array_equal(model.fit(X).components_, dense)
    assert model.transform(X).shape == (N, K)


def test_components_are_orthonormal_and_invert():
    model = DPTruncatedSVD(K, bounds=BOUNDS).fit(X)
    np.testing.assert_allclose(
        model.components_ @ model.components_.T, np.eye(K), atol=1e-9
    )
    Z = model.transform(X[:50])
    np.testing.assert_allclose(model.transform(model.inverse_transform(Z)), Z)


def test_rows_within_the_bounds_stay_within_the_output_bounds():
    model = DPTruncatedSVD(3, bounds=BOUNDS).fit(X)
    low, high = model.output_bounds_
    Z = model.transform(rng.uniform(*BOUNDS, size=(2000, D)))
    assert np.all((low - 1e-9 <= Z) & (high + 1e-9 >= Z))


@pytest.mark.parametrize("delta", [0, 1e-6])
def test_degenerate_rows_give_finite_models(delta):
    for data in (np.zeros((1, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300):
        for bounds in ("private", (0, 1), (0, 0), (-1e30, 1e30)):
            model = DPTruncatedSVD(2, bounds=bounds, delta=delta).fit(data)
            for name in (*NUMBERS, "components_"):
                assert np.isfinite(getattr(model, name)).all(), name


def test_what_cannot_be_had_is_refused():
    with pytest.raises(ValueError, match="n_components"):
        DPTruncatedSVD(D + 1, bounds=BOUNDS).fit(X)
    wide = sparse.csr_array((5, 5000))
    with pytest.raises(ValueError, match="SparseRandomProjection"):
        DPTruncatedSVD(2, bounds=BOUNDS).fit(wide)
