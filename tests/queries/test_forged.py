"""A query that was changed on its way is refused, or keeps what it states."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from skprivate.base import Box, Count, Query
from skprivate.losses import Gamma, Logistic, Multinomial, Squared
from skprivate.queries import (
    DyadicCells,
    IntervalTree,
    LossGradient,
    Moments,
    SecondMoments,
)
from skprivate.queries._table_counts import CategoryCounts
from skprivate.queries._views import Columns, OfView
from skprivate.rows import ArrayRows, ChunkRows, Parties
from tests.queries.forged import fuzz, genuine

ROOT = Path(__file__).parents[2]
X = np.random.default_rng(0).random((40, 5))
BOX = Box.between(np.zeros(5), np.ones(5), 17)
EDGES = np.tile(np.linspace(0, 1, 9)[1:-1], (5, 1))


@pytest.fixture(scope="module")
def queries():
    return genuine()


def sources():
    return [
        ArrayRows(X),
        ChunkRows(lambda: iter([X[:9], X[9:]])),
        Parties(ArrayRows(X[:9]), ArrayRows(X[9:])),
    ]


def test_every_query_of_the_package_is_put_to_the_test(queries):
    def below(cls):
        return {cls}.union(*map(below, cls.__subclasses__()))

    never_called = {"Query", "Cells", "LossSums", "Categories", "RowScores", "OfOther"}
    never_called |= {"Words"}  # tests/base/test_words.py
    ours = {c for c in below(Query) if c.__module__.startswith("skprivate")}
    assert {c.__name__ for c in ours - queries.keys()} == never_called


def test_forged_queries_are_refused_or_bounded(queries):
    counts = fuzz(2000, 0, queries)
    assert counts["refused"] > 700  # else forgeries do not change much
    assert counts["bounded"] > 500  # else all is refused


@pytest.mark.parametrize("loss", [Logistic(), Squared(), Gamma(), Multinomial(3)])
def test_no_target_is_read_where_there_is_none(loss):
    """A party without a target may be asked for gradients all the same."""
    coef = np.zeros((3, 6)) if loss == Multinomial(3) else np.zeros(6)
    query = LossGradient(BOX, coef, 2.0, loss=loss)
    for table in (X, csr_array(X)):
        with pytest.raises(ValueError, match=r"target|codes"):
            ArrayRows(table).total([query])


@pytest.mark.slow
def test_many_forged_queries_with_checks_of_bounds(tmp_path):
    """Compiled code that checks its indices, in a cache of its own."""
    start = time.perf_counter()
    options = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.queries.forged", "100000", "1"],
        cwd=ROOT,
        env={**os.environ, **options},
        capture_output=True,
        text=True,
    )
    print(f"{time.perf_counter() - start:.0f} seconds: {done.stdout}")
    assert done.returncode == 0, done.stderr


FORGED = [
    DyadicCells(np.zeros(5), np.ones(5), (True, 40)),
    replace(Moments(BOX), box=Box.between(np.zeros(4000), np.ones(4000), 17)),
    replace(Moments(BOX), box=Box.between(np.zeros(1), np.ones(1), 17)),
    replace(Moments(BOX), box=replace(BOX, bits=20)),
    replace(Moments(BOX), box=replace(BOX, low=BOX.high, high=BOX.low)),
    replace(Moments(BOX), box=replace(BOX, half=np.full(5, np.nan))),
    Moments(BOX, n_classes=2**40),
    SecondMoments(replace(BOX, bits=14), None, -1.0),
    SecondMoments(replace(BOX, bits=14), None, 1e9),
    IntervalTree(EDGES[:, ::-1], np.zeros(5), np.ones(5)),
    IntervalTree(EDGES, np.zeros(3), np.ones(5)),
    CategoryCounts((2, -3, 4, 2, 2)),
    OfView(CategoryCounts((2, 2)), Columns((0, 7))),
    OfView(CategoryCounts((2, 2)), Columns((0,))),
    OfView(CategoryCounts((2, 2)), Columns((0, 1.0))),
]


@pytest.mark.parametrize("query", FORGED, ids=lambda query: type(query).__name__)
def test_every_source_refuses_what_does_not_fit(query):
    for rows in sources():
        with pytest.raises(ValueError, match=r"be asked|not have") as caught:
            rows.total([Count(), query])
        assert caught.value.holds_no_data


class OneMore(Count):
    """Returns another number of values than it states."""

    def __call__(self, X, y, weight):
        return np.append(super().__call__(X, y, weight), 0.0)


def test_an_answer_of_another_size_is_refused():
    for rows in sources():
        with pytest.raises(ValueError, match="another number of values"):
            rows.total([OneMore()])
