"""Twins in NumPy give the bits of compiled kernels, and serve small tables only."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skprivate import kernels
from skprivate.kernels import _plain
from skprivate.kernels._chacha import BLOCK_WORDS, chacha20_stream, chacha20_words
from skprivate.kernels._magnitudes import _magnitudes
from skprivate.kernels._plain_noise import plain_add_saturating, plain_rounded_noise
from skprivate.kernels._rounded_noise import add_saturating, rounded_noise
from tests.kernels.hostile import NONE, NOT_FINITE, as_csr, matrices
from tests.kernels.test_every_kernel import KERNELS, codes_of, d

ONE_GROUP, TWO_GROUPS = "one group", "two groups"


def _moments_of_groups(n_groups):
    def total(X, y, w):
        codes = codes_of(y) if n_groups > 1 else np.empty(0, np.int32)
        box = np.tile([[-3.0], [3.0], [0.5], [1000.0]], d(X)[0])
        return kernels.moments(X, box, w, codes, n_groups, 4096.0)

    return total


def _second_moments_without_target(X, y, w):
    box = np.tile([[-3.0], [3.0], [0.0], [1e3 / 3.0]], d(X)[0])
    return kernels.second_moments(X, NONE, box, NONE, w, 1234.5, 1e3)


TWINS = KERNELS | {
    ONE_GROUP: _moments_of_groups(1),
    TWO_GROUPS: _moments_of_groups(2),
    "no target": _second_moments_without_target,
}
# These have no twin: nobody waited for them.
for name in ("clipped_sum_1", "clipped_sum_2", "clipped_sum_inf", "norms", "centers"):
    TWINS.pop(name)
every_twin = pytest.mark.parametrize("name", TWINS)


@pytest.fixture
def twins(monkeypatch):
    """Twins serve, whatever is cached, and even where kernels are plain Python."""
    monkeypatch.setattr(_plain, "_unused", False)
    monkeypatch.setattr(_plain, "_read", _plain.Counter())
    monkeypatch.setattr(_plain, "is_interpreted", lambda: False)
    monkeypatch.setattr(_plain, "is_in_cache", lambda kernel: False)


def both(total, X, y, w):
    """What the twin and the kernel say: the total, and whether rows were finite."""
    _plain._read.clear()
    with kernels.finite_watch(d(X)[0]) as finite:
        plain = total(X, y, w), finite()
    assert len(_plain._read) == 1
    assert np.isfinite(list(_plain._read.values())).all()  # the twin was asked
    with _plain.without_twins(), kernels.finite_watch(d(X)[0]) as finite:
        return plain, (total(X, y, w), finite())


def assert_same(plain, compiled):
    assert plain[1] == compiled[1]
    assert plain[0].tobytes() == compiled[0].tobytes()


@every_twin
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(X=matrices(), seed=st.integers(0, 2**32 - 1))
def test_twins_give_the_bits_of_kernels(name, X, seed, twins):
    rng = np.random.default_rng(seed)
    y = rng.choice([0.0, 1.0, 0.3, 0.15, np.nan, 1e308], size=len(X))
    for weight in (NONE, rng.choice([0.0, 1.0, 0.37, np.nan, -1.0], size=len(X))):
        for rows in (X, as_csr(X)):
            assert_same(*both(TWINS[name], rows, y, weight))


@every_twin
@pytest.mark.parametrize("n_features", [1, 7, 70])
@pytest.mark.parametrize("bad", [1.0, *NOT_FINITE])
def test_blocks_of_twins_do_not_show(name, n_features, bad, twins, monkeypatch, rng):
    monkeypatch.setattr(_plain, "BLOCK_VALUES", 500)
    X = rng.normal(size=(403, n_features)).astype(np.float32)
    X[rng.random(X.shape) < 0.3] = 0.0
    X[7, 0] = bad
    y, w = rng.integers(0, 2, len(X)) / 6.9, rng.random(len(X))
    for rows in (X, X.astype(np.float64), as_csr(X)):
        assert_same(*both(TWINS[name], rows, y, w))
        assert_same(*both(TWINS[name], rows, y, NONE))


def test_odd_entries_of_sparse_rows(twins):
    """Outside the matrix they count for nothing; of repeated ones the last counts."""
    data = np.array([np.nan, 2.0, np.inf, 1.0, np.nan, np.nan, 3.0])
    indices = np.array([0, 0, 5, 1, 1, -1, 1], dtype=np.int32)
    indptr = np.array([0, 3, 5, 5, 7], dtype=np.int32)
    X, y = (data, indices, indptr, 2), np.zeros(4)
    for total in TWINS.values():
        assert_same(*both(total, X, y, NONE))
    counts = kernels.magnitude_histogram(X, NONE, 1.0, range(3))
    # Rows (2, 0), (0, 0) and (0, 3); the second is not finite.
    np.testing.assert_array_equal(
        counts, [[0, 0, 0, 2, 0, 1, 0], [0, 0, 0, 2, 0, 1, 0]]
    )


@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize("scale", [0.01, 37.3, 2.0**33, 1e17, 1e308, None])
def test_noise_of_the_twin_has_the_same_bits(kind, scale):
    rng = np.random.default_rng(0)
    words = rng.integers(0, 2**64, 3000, np.uint64)
    words[:500] >>= rng.integers(0, 64, 500, np.uint64)  # extreme magnitudes
    words[500:504] = 0, 2**63, 2**63 - 1, 2**64 - 1
    many = np.exp(rng.uniform(-3.0, 80.0, words.size))
    scales = many if scale is None else np.array([scale])
    answers = []
    for fill in (rounded_noise, plain_rounded_noise):
        out, undecided = np.zeros((2, words.size), np.int64)
        left = undecided[: fill(kind, words, scales, out, undecided)]
        out[left] = 0
        answers.append((out, left))
    for compiled, plain in zip(*answers, strict=True):
        np.testing.assert_array_equal(plain, compiled)


def test_sums_of_the_twin_stop_at_the_same_ends():
    ends = np.iinfo(np.int64)
    values = np.array([ends.min, ends.min + 1, -5, -1, 0, 1, 7, ends.max - 1, ends.max])
    noise, total = map(np.ravel, np.meshgrid(values, values))
    plain, compiled = noise.copy(), noise.copy()
    plain_add_saturating(plain, total)
    add_saturating(compiled, total)
    np.testing.assert_array_equal(plain, compiled)


@pytest.mark.parametrize("n_words", [BLOCK_WORDS, 5 * BLOCK_WORDS])
@pytest.mark.parametrize("counter", [0, 64, 2**32 - 7, 2**64 - 30])
def test_words_of_the_twin_are_those_of_chacha20(n_words, counter, twins):
    key = np.random.default_rng(0).integers(0, 2**32, 8, np.uint32)
    plain, compiled = np.zeros((2, n_words), np.uint64)
    chacha20_stream(key, np.uint64(counter), plain)
    chacha20_words(key, np.uint64(counter), compiled)
    np.testing.assert_array_equal(plain, compiled)


def test_large_tables_are_for_kernels(twins, monkeypatch):
    X = np.zeros((1, 1))
    share = _plain.FREE // 4
    assert all(_plain.spared(_magnitudes, share, X) for _ in range(4))
    assert not _plain.spared(_magnitudes, 1, X)
    assert not _plain.spared(_magnitudes, 1, X)
    assert _plain.spared(_magnitudes, 1, X.astype(np.float32))
    assert not _plain.spared(_magnitudes, share + 1, as_csr(X))
    assert not _plain.spared(_magnitudes, 1, as_csr(X))
    monkeypatch.setattr(_plain, "is_in_cache", lambda kernel: True)
    assert not _plain.spared(_magnitudes, _plain.FREE_IF_CACHED, X.astype(np.float16))


def test_many_small_calls_are_for_kernels_too(twins):
    n_calls = _plain.FREE // _plain.FEWEST_VALUES
    assert all(_plain.spared(_magnitudes, 1) for _ in range(n_calls))
    assert not _plain.spared(_magnitudes, 1)


def test_nothing_is_left_to_twins_inside(twins):
    with _plain.without_twins():
        assert not _plain.spared(_magnitudes, 1)
    assert _plain.spared(_magnitudes, 1)
