"""As many rows as anybody has: nothing is refused, nothing wraps, no digit is lost."""

from dataclasses import dataclass

import joblib
import numpy as np
import pytest

from skprivate.base import Query
from skprivate.covariance import DPCovariance
from skprivate.feature_selection import DPSelectKBest
from skprivate.feature_selection._top_k import LargestContrast
from skprivate.linear_model import DPRidge
from skprivate.mechanisms import exact_sum
from skprivate.model_selection._row_scores import RowScores
from skprivate.rows import ArrayRows, ChunkRows, DaskRows, Door, NoRows, Parties, Rows
from skprivate.rows import _array as array_module
from skprivate.rows._rows import whole_numbers
from skprivate.testing import all_estimators
from skprivate.testing._examples import quiet, small, with_classes

MANY = 10**11
PRIVATE = [small(cls()) for _, cls in all_estimators("private")]
CHUNK = 2**53  # the largest total of a chunk


@pytest.mark.parametrize("estimator", PRIVATE, ids=lambda e: type(e).__name__)
def test_every_query_of_every_estimator_adds_a_hundred_billion_rows(
    estimator, monkeypatch
):
    asked, total = [], NoRows.total

    def listen(rows, queries):
        asked.extend(queries)
        return total(rows, queries)

    monkeypatch.setattr(NoRows, "total", listen)
    for width in (2, 40):
        with quiet():
            with_classes(estimator).plan(width)
    for query in asked:
        assert query.max_rows >= MANY, query.name
        assert query.max_rows * query.largest_entry <= (2**100 if query.wide else 2**62)


@dataclass(frozen=True)
class Heavy(Query):
    """A query to which a row adds a lot."""

    bound: float
    step: float
    size = 1


@pytest.mark.parametrize("bits", range(0, 54, 3))
def test_queries_of_any_sensitivity_add_a_hundred_billion_rows(bits):
    query = Heavy(1.0, 2.0**-bits)
    assert query.max_rows >= MANY
    assert query.wide == (2**bits * MANY > 2**62)
    assert type(query.wide) is bool


@pytest.mark.parametrize("score_func", ["f_classif", "f_regression"])
@pytest.mark.parametrize("width", [2, 200, 2000])
def test_scores_fit_in_int64_all_the_same(width, score_func, rng, monkeypatch):
    """Selections add no noise to totals, and are never wide."""
    X, y = rng.choice([-1.0, 1.0], (100, width)), np.arange(100) % 2
    options = {"method": "top_k", "bounds": (-1, 1), "target_bounds": (0, 1)}
    if score_func == "f_classif":
        options |= {"classes": [0, 1]}
    model = DPSelectKBest(score_func, k=1, epsilon=5.0, **options)
    asked, total = [], ArrayRows.total

    def listen(rows, queries):
        totals = total(rows, queries)
        asked.extend(zip(queries, totals, strict=True))
        return totals

    monkeypatch.setattr(ArrayRows, "total", listen)
    model.fit(X, y)
    assert any(isinstance(query, LargestContrast) for query, _ in asked)
    for query, values in asked:
        assert query.max_rows >= MANY, query.name
        assert not (isinstance(query, LargestContrast) and query.wide)
        assert np.abs(values).max() <= 100 * query.largest_entry
        assert values.size == query.n_totals
    assert RowScores(width).max_rows >= MANY


class Many(Rows):
    """Rows of another source, each of them so many times."""

    def __init__(self, rows, times):
        self.rows, self.times, self.n_features = rows, times, rows.n_features

    def total(self, queries):
        totals = self.rows.total(queries)
        return [exact_sum([total.astype(object) * self.times]) for total in totals]

    def encoded(self, classes):
        return Many(self.rows.encoded(classes), self.times)

    def through(self, door):
        return Many(self.rows.through(door), self.times)


@pytest.mark.parametrize("shape", ["one", "parties", "nested"])
def test_second_moments_of_a_trillion_rows(rng, shape):
    X = rng.uniform(-1, 1, (2000, 3)) @ [[1, 0.5, 0], [0, 0.5, 0.5], [0, 0, 0.5]]
    parts = [Many(ArrayRows(X[i::4]), 10**9) for i in range(4)]
    rows = {
        "one": Many(ArrayRows(X), 10**9),
        "parties": Parties(*parts),
        "nested": Parties(Parties(*parts[:2]), Parties(*parts[2:])),
    }[shape]
    model = DPCovariance(bounds=(-1, 1), epsilon=1.0).fit(rows)
    np.testing.assert_allclose(model.covariance_, np.cov(X.T, bias=True), atol=1e-4)


def test_models_do_not_depend_on_the_number_of_rows(rng):
    X = rng.uniform(-1, 1, (2000, 2))
    y = np.clip(X @ [0.5, -0.25], -1, 1)
    options = {"bounds": (-1, 1), "target_bounds": (-1, 1), "epsilon": np.inf}
    models = []
    for times in (1, 10**9):
        with quiet():
            rows = Many(ArrayRows(X, y), times)
            models.append(DPRidge(alpha=0.0, **options).fit(rows))
    np.testing.assert_allclose(models[0].coef_, models[1].coef_, rtol=1e-12)
    np.testing.assert_allclose(models[1].coef_, [0.5, -0.25], atol=1e-3)


@dataclass(frozen=True)
class Full:
    """A query whose every chunk has the largest total, and its opposite."""

    max_rows: int = 2**62
    n_totals: int = 3
    largest_entry: float = 2.0**53

    def __call__(self, X, y, weight):
        n = float(len(X) > 0)
        return np.array([CHUNK * n, -CHUNK * n, n])


@pytest.mark.parametrize("n_jobs", [1, 3])
@pytest.mark.parametrize("n_chunks", [2, 511, 512, 513, 1023, 1024, 1025, 2600])
def test_chunks_of_an_array_are_added_exactly(monkeypatch, n_chunks, n_jobs):
    monkeypatch.setattr(array_module, "CHUNK_ROWS", 1)
    with joblib.parallel_config("threading", n_jobs=n_jobs):
        (total,) = ArrayRows(np.zeros((n_chunks, 1))).total([Full()])
    assert total.tolist() == [n_chunks * CHUNK, -n_chunks * CHUNK, n_chunks]
    assert (total.dtype == np.int64) == (n_chunks < 1024)


def test_parts_of_any_source_are_added_exactly(monkeypatch):
    da = pytest.importorskip("dask.array")
    monkeypatch.setattr(array_module, "CHUNK_ROWS", 1)
    n = 1500
    halves = [ArrayRows(np.zeros((n // 2, 1))) for _ in range(2)]
    sources = {
        "chunks": ChunkRows(lambda: (np.zeros((3, 1)) for _ in range(n // 3))),
        "parties": Parties(*halves),
        "dask": DaskRows(da.zeros((n, 1), chunks=(n // 5, 1))),
    }
    for name, source in sources.items():
        (total,) = source.through(Door()).total([Full()])
        assert total.tolist() == [n * CHUNK, -n * CHUNK, n], name


@pytest.mark.parametrize("value", [2.0**53 + 2, -(2.0**53) - 2, 2.0**62, 2.0**63])
def test_chunks_beyond_what_float64_counts_are_refused(value):
    query = Full()
    ends = np.array([2.0**53, -(2.0**53), 0.0])
    assert whole_numbers(ends, query).tolist() == [CHUNK, -CHUNK, 0]
    with pytest.raises(ValueError, match=r"at most 2\*\*53"):
        whole_numbers(np.array([0.0, 0.0, value]), query)
