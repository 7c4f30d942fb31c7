"""Privacy units of many rows: no unit adds more than its bound, whatever its rows."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator

from skprivate.base import Box, Count, Query
from skprivate.base._range import ValueCells
from skprivate.losses import Huber
from skprivate.queries import (
    ClassCounts,
    ClassesAndMoments,
    LogisticGradient,
    LossGradient,
    Moments,
    SecondMoments,
)
from skprivate.queries._views import Columns, OfView
from skprivate.rows import ArrayRows, Column, UnitClip, _units, as_rows
from skprivate.rows._units import clipped, clipped_totals, levels_of_unit

D = 3


def box(bits):
    return Box.between(np.zeros(D), np.ones(D), bits=bits)


def gradient(coef):
    coef = np.asarray(coef, float)
    return LogisticGradient(box(LogisticGradient.bits(np.ones(D))), coef, 1.0)


QUERIES = {
    "count": Count(),
    "classes": ClassCounts(2),
    "moments": Moments(box(17)),
    "moments by class": Moments(box(17), 2),
    "classes and moments": ClassesAndMoments(box(17), 2),
    "second moments": SecondMoments(box(SecondMoments.bits(1.5)), None, 1.5),
    "gradient": gradient([1, -2, 0.5, 0.1]),
    "gradient of a number": LossGradient(
        box(LogisticGradient.bits(np.ones(D))),
        np.array([1, -2, 0.5, 0.1]),
        1.0,
        loss=Huber(0.5),
        target=Box.between(np.zeros(1), np.full(1, 0.7), 17),
    ),
    "softmax": gradient([[1, -2, 0.5, 0.1], [0, 1, 2, 3]]),
    "cells": ValueCells(D),
    "view": OfView(ValueCells(2), Columns((2, 0))),
}
every_query = pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)


def rows_of(X, y, groups, clip, weight=None, seed=0):
    """Rows behind the door, with codes for classes; with the same coins each time."""

    def words(n):
        return np.random.default_rng(seed).integers(0, 2**64, n, dtype=np.uint64)

    rows = as_rows(
        BaseEstimator(), X, y, weight, groups,
        target="class", accept_sparse=True, max_rows_per_group=clip, words=words,
    )  # fmt: skip
    return rows.encoded(np.array([0, 1]))


def bounds_of(queries, clip, norm=2):
    bounds = [q.levels if norm == 2 else q.l1_bound / q.step for q in queries]
    return [levels_of_unit(bound, clip) for bound in bounds]


def totals(queries, X, y, groups, clip, norm=2, weight=None):
    rows = rows_of(X, y, groups, clip, weight)
    return clipped_totals(rows, queries, bounds_of(queries, clip, norm), norm)


def size_of(total, weights, norm):
    """Norm (squared, if it is the 2-norm) of a vector, in exact arithmetic."""
    weights = np.ones(total.size) if weights is None else np.ravel(weights)
    parts = [
        abs(int(c)) / Fraction(float(w))
        for c, w in zip(total.flat, weights, strict=True)
    ]
    return sum(part**norm for part in parts)


@pytest.fixture
def table():
    rng = np.random.default_rng(5)
    X, y = rng.uniform(-0.5, 1.5, (90, D)), rng.integers(0, 2, 90)
    X[:4] = [[0, 0, 0], [1e308] * D, [5e-324] * D, [-1e300] * D]
    return (
        X,
        y,
        np.sort(rng.integers(0, 9, 90) ** 2),
    )  # units of unequal numbers of rows


@pytest.mark.parametrize(
    ("rows", "norm"),
    [(0, None), (2**16 + 1, None), (2.0, None), (True, None), (4, 0.5), (4, 4.5)]
    + [(4, np.nan), (4, np.inf), (4, "2"), (4, True)],
)
def test_nonsense_is_refused(rows, norm):
    with pytest.raises(ValueError, match="UnitClip takes"):
        UnitClip(rows, norm)


def test_by_default_rows_point_in_unrelated_directions():
    assert UnitClip(16) == UnitClip(16, 4.0)
    assert UnitClip(1).norm == 1
    assert Fraction(UnitClip(20).norm) ** 2 <= 20


NORMS = [(name, 2) for name in QUERIES]
NORMS += [(name, 1) for name, query in QUERIES.items() if query.l1_bound is not None]


@pytest.mark.parametrize(("name", "norm"), NORMS)
def test_no_unit_exceeds_its_bound(name, norm, table):
    query = QUERIES[name]
    X, y, groups = table
    clip = UnitClip(20, 1.7)
    (bound,) = bounds_of([query], clip, norm)
    n_cut = 0
    for unit in np.unique(groups):
        mine = groups == unit
        weight = np.linspace(0.2, 1, mine.sum()) if unit % 2 else None
        given = [query], X[mine], y[mine], groups[mine]
        (total,) = totals(*given, clip, norm, weight)
        assert size_of(total, query.weights, norm) <= Fraction(bound) ** norm
        (whole,) = totals(*given, UnitClip(20, 20), norm, weight)
        n_cut += (np.abs(whole) > np.abs(total)).any()
        assert (np.abs(whole) >= np.abs(total)).all()
        assert (np.sign(whole) * np.sign(total) >= 0).all()
    assert n_cut > 0


@every_query
def test_a_unit_moves_a_total_by_its_own_vector(query, table):
    """Whatever company it has: that is what the sensitivity of a unit means."""
    X, y, groups = table
    clip = UnitClip(64, 1.5)
    (everyone,) = totals([query], X, y, groups, clip)
    order = np.random.default_rng(1).permutation(len(X))
    (shuffled,) = totals([query], X[order], y[order], groups[order], clip)
    np.testing.assert_array_equal(everyone, shuffled)
    for unit in np.unique(groups)[[0, 3, -1]]:
        mine = groups == unit
        (own,) = totals([query], X[mine], y[mine], groups[mine], clip)
        (others,) = totals([query], X[~mine], y[~mine], groups[~mine], clip)
        np.testing.assert_array_equal(everyone, others + own)


@every_query
def test_a_wide_norm_clips_nothing(query, table):
    X, y, groups = table
    rows = rows_of(X, y, groups, UnitClip(7, 7.0))
    (total,) = clipped_totals(rows, [query], bounds_of([query], UnitClip(7, 7.0)), 2)
    (plain,) = rows_of(X, y, groups, 7).total([query])
    np.testing.assert_array_equal(total, plain)


@every_query
def test_places_where_units_are_cut_do_not_show(query, table, monkeypatch):
    X, y, groups = table
    given = [query], X, y, groups, UnitClip(30, 1.2)
    (total,) = totals(*given)
    monkeypatch.setattr(_units, "_FEW_UNITS", 2)
    (by_two,) = totals(*given)
    monkeypatch.setattr(ArrayRows, "_chunk_rows", lambda self: 1)
    (by_one,) = totals(*given)
    np.testing.assert_array_equal(total, by_two)
    np.testing.assert_array_equal(total, by_one)


@pytest.mark.parametrize("name", ["gradient", "gradient of a number", "softmax"])
@pytest.mark.parametrize("weighted", [False, True])
def test_sums_by_unit_are_those_of_the_kernel(name, weighted, table):
    query, (X, y, groups) = QUERIES[name], table
    X[7], codes = np.nan, y.astype(np.int32)
    weight = np.linspace(-0.1, 1.0, 90) if weighted else np.empty(0)
    codes[5] = -1
    unit = np.unique(groups, return_inverse=True)[1]
    target = codes if name == "softmax" else codes.astype(float)
    sums = query.by_unit(X, target, weight, unit)
    for number, own in enumerate(sums):
        mine = unit == number
        w = weight[mine] if weighted else weight
        np.testing.assert_array_equal(own, query(X[mine], target[mine], w))
    assert query.by_unit(X[:0], target[:0], weight[:0], unit[:0]).size == 0


@pytest.mark.parametrize("name", ["count", "moments", "gradient", "softmax"])
def test_sparse_rows_add_what_dense_ones_do(name, table):
    X, y, groups = table
    box = Box.between(-np.ones(D), np.ones(D), bits=17)
    query = QUERIES[name] if name == "count" else Moments(box)
    if name in ("gradient", "softmax"):
        box = Box.between(
            -np.ones(D), np.ones(D), bits=LogisticGradient.bits(np.ones(D))
        )
        query = LogisticGradient(box, QUERIES[name].coef, 1.0)
    X = np.where(X > 0.5, X, 0.0)
    (dense,) = totals([query], X, y, groups, UnitClip(9))
    (sparse,) = totals([query], csr_array(X), y, groups, UnitClip(9))
    np.testing.assert_array_equal(dense, sparse)


def test_tables_keep_their_units(table):
    X, y, groups = table
    columns = tuple(Column(None, "number") for _ in range(D))
    rows = as_rows(
        BaseEstimator(), X.clip(0, 1), y, groups=groups, target="class",
        accept_sparse=False, max_rows_per_group=UnitClip(20, 2.0),
        read_as=lambda given: columns,
    )  # fmt: skip
    rows = rows.encoded(np.array([0, 1])).coded([])
    rows = rows.with_column(np.arange(90.0))
    query = Count()
    (total,) = clipped_totals(rows, [query], [2.0 * query.levels], 2)
    sizes = np.unique(groups, return_counts=True)[1]
    most = np.minimum(sizes, 2).sum() * query.levels
    assert 0.999999 * most <= total[0] <= most


def test_rows_that_are_not_finite_are_refused_as_ever(table):
    X, y, groups = table
    X[-1, 0] = np.nan
    with pytest.raises(ValueError, match="contains NaN"):
        totals([Count()], X, y, groups, UnitClip(20))


def test_units_must_be_known(table):
    X, y, groups = table
    for rows in (ArrayRows(X), rows_of(X, y, groups, 5)):
        with pytest.raises(TypeError, match="UnitClip needs to know the unit"):
            clipped_totals(rows, [Count()], [1.0], 2)


@dataclass(frozen=True)
class Wide(Query):
    """Sums that leave int64."""

    bound = 2.0**36
    size = 1
    step = 1.0

    def __call__(self, X, y, weight):
        weight = weight if len(weight) else np.ones(len(X))
        return np.array([np.sum(np.rint(weight * self.levels))])


def test_no_sum_wraps(monkeypatch):
    """Units of 2**16 rows add 2**52 each, and blocks of them are added exactly."""
    n_units, n_rows = 3, 2**16
    X, groups = np.zeros((n_units * n_rows, 1)), np.repeat(np.arange(n_units), n_rows)
    y, clip = np.zeros(len(X), int), UnitClip(n_rows, n_rows / 2)
    (total,) = totals([Wide()], X, y, groups, clip)
    exact = n_units * 2**51
    assert exact * (1 - 1e-12) <= int(total[0]) <= exact


hostile_weights = st.sampled_from([1.0, 1e-3, 0.7, 3.0, 2.0**500, 5e-324, 1.7e308])


@settings(max_examples=300)
@given(
    sums=arrays(
        np.int64,
        st.tuples(st.integers(1, 4), st.integers(1, 6)),
        elements=st.integers(-(2**53), 2**53),
    ),
    bound=st.one_of(st.floats(2.0**-20, 2.0**60), st.integers(1, 100).map(float)),
    norm=st.sampled_from([1, 2]),
    weights=st.one_of(st.none(), st.lists(hostile_weights, min_size=6, max_size=6)),
)
def test_clipped_vectors_keep_the_bound(sums, bound, norm, weights):
    if weights is not None:
        weights = np.array(weights[: sums.shape[1]])
    result = clipped(sums, bound, norm, weights)
    for row, alone in zip(result, sums, strict=True):
        assert size_of(row, weights, norm) <= Fraction(bound) ** norm
        np.testing.assert_array_equal(
            row, clipped(alone[None], bound, norm, weights)[0]
        )


@pytest.mark.parametrize("norm", [1, 2])
def test_clipping_costs_nothing_but_rounding(norm):
    sums = np.random.default_rng(0).integers(-(2**40), 2**40, (50, 20))
    bound = 2.0**38
    result = clipped(sums, bound, norm)
    sizes = np.linalg.norm(result.astype(float), ord=norm, axis=1)
    np.testing.assert_allclose(sizes, bound, rtol=1e-9)
    short = clipped(sums, 2.0**50, norm)
    np.testing.assert_array_equal(short, sums)
