"""Rounds on samples of derived columns: each map once a row, and fresh coins."""

import gc
import weakref

import numpy as np
import pytest
from scipy.stats import binom

from skprivate.accounting import Budget
from skprivate.base import Curator
from skprivate.mechanisms import Entropy
from skprivate.queries import Derived, OfView
from skprivate.rows import ArrayRows, ChunkRows, DaskRows, Parties
from skprivate.rows._coded import CodedRows
from skprivate.rows._sampled import Coins, sampled_rows
from tests.rows.test_derived import (
    ROUNDS,
    CodesOnly,
    N,
    Rounded,
    alone,
    asked,
    counted_codes,
    sources,
    views,
)
from tests.rows.test_derived import table as table

ALPHA = 1e-6
NAMES = ["array", "csr", "chunks", "parties", "dask", "codes", "codes of chunks"]


class FirstRows(Coins):
    """Coins that let the first rows of each chunk in: a sample that can be foretold."""

    def drawn(self, X, y, unit=None):
        return np.arange(X.shape[0]) < 25


def test_a_sample_of_an_array_is_the_same_with_and_without_memory(table):
    X, y, w = table
    view = views(3)[0][-1]
    rows = ArrayRows(X, y, w)
    coins = Coins(0.4, Entropy(3), b"round")  # seeded: the same each time
    kept = coins.drawn(X, y)
    expected = alone(asked(view), X[kept], y[kept], w[kept])
    for source in (rows, rows.keeping(), CodedRows(rows, []).keeping()):
        for _ in range(2):
            total = sampled_rows(source, coins).total([asked(view)])[0]
            assert np.array_equal(total, expected)
    other = sampled_rows(rows.keeping(), coins).total([Rounded()])[0]
    assert np.array_equal(other, rows.sampled(coins).total([Rounded()])[0])


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_of_the_rows_as_they_come(name, table):
    """Of each chunk the first rows, as all their maps make them."""
    rows = dict(sources(*table))[name].keeping()
    coins, fit = FirstRows(0.1, Entropy(), b""), views(3)[0]
    sizes = {"chunks": 70, "codes of chunks": 70, "dask": 90}
    starts = {"parties": [0, *range(100, N, 70)]}.get(
        name, range(0, N, sizes.get(name, N))
    )
    index = np.concatenate([np.arange(s, min(s + 25, N)) for s in starts])
    X, y, w = (part[index] for part in table)
    for view in fit:
        (total,) = sampled_rows(rows, coins).total([asked(view)])
        assert np.array_equal(total, alone(asked(view), X, y, w))
    rows.forget()


@pytest.mark.parametrize("name", NAMES)
def test_rounds_on_samples_apply_a_map_once_a_row(name, table):
    curator = Curator(
        dict(sources(*table))[name], Budget(1.0, 1e-6).reserving(), Entropy()
    )
    rounds = curator.rounds(ROUNDS, 0.5, share=1.0)
    fit, maps = views()
    for view in fit:
        rounds.release(asked(view))
    assert [sum(m.seen) for m in maps] == [N] * ROUNDS
    curator.forget()


def test_rare_samples_are_not_worth_the_memory(table):
    """With two rows in a hundred, to find them anew costs less than to keep all."""
    curator = Curator(ArrayRows(*table), Budget(1.0, 1e-6).reserving(), Entropy())
    rounds = curator.rounds(ROUNDS, 0.02, share=1.0)
    fit, maps = views()
    for view in fit:
        rounds.release(asked(view))
    assert sum(sum(m.seen) for m in maps) < N
    assert not curator._keeps


@pytest.mark.parametrize("name", NAMES)
def test_every_round_has_coins_of_its_own(name, table):
    rows = dict(sources(*table))[name]
    budget = Budget(np.inf, 1e-6)
    curator = Curator(rows, budget, Entropy())
    rounds = curator.rounds(40, 0.5, share=1.0)
    query = OfView(CodesOnly(), Derived((counted_codes(),)))
    found = [int(rounds.release(query).sum()) for _ in range(40)]
    low, high = binom.ppf([ALPHA / 80, 1 - ALPHA / 80], N, 0.5)
    assert all(low <= size <= high for size in found)
    assert len(set(found)) > 1
    curator.forget()


def test_units_of_several_rows_have_one_coin_in_derived_rounds(table):
    X, y, w = table
    rows = ArrayRows(X, y, w).grouped(np.arange(N) // 10)
    curator = Curator(rows, Budget(np.inf, 1e-6), Entropy(), max_rows=10)
    rounds = curator.rounds(8, 0.5, share=1.0)
    query = OfView(CodesOnly(), Derived((counted_codes(),)))
    found = [int(rounds.release(query).sum()) for _ in range(8)]
    assert {size % 10 for size in found} == {0}
    assert len(set(found)) > 1


def test_chunks_with_public_codes_keep(table):
    """A source of plain numbers behind public codes, chunk by chunk."""
    X, y, w = table
    rows = ChunkRows(lambda: iter([(X, y, w)])).coded([]).keeping()
    fit, maps = views(3)
    for view in fit:
        (total,) = rows.total([asked(view)])
    assert [sum(m.seen) for m in maps] == [N] * 3
    assert np.array_equal(total, alone(asked(fit[-1]), *table))
    rows.forget()


def test_blocks_of_dask_are_let_go(table):
    """When a fit ends, fails, or goes on with other edges, and with the rows."""
    rows = dict(sources(*table))["dask"].keeping()
    fit, _ = views(2)
    rows.total([asked(fit[1])])
    held = [weakref.ref(part) for part in rows._kept._blocks]
    assert len(held) == 4
    rows.total([asked(Derived((counted_codes(),)))])
    gc.collect()
    assert not any(part() for part in held)
    rows.forget()
    assert rows._kept._blocks is None
    rows.total([asked(fit[1])])

    def failing(columns):
        raise MemoryError

    failing.misfits = lambda n_codes, n_margins: ()
    with pytest.raises((MemoryError, ValueError)):
        rows.total([asked(fit[1].then(failing))])
    assert rows._kept._blocks is None
    assert np.array_equal(rows.total([asked(fit[1])])[0], alone(asked(fit[1]), *table))


def test_blocks_of_no_rows(table):
    da = pytest.importorskip("dask.array")
    parts = (da.from_array(part, chunks=(90, *part.shape[1:])) for part in table)
    X, y, w = (da.concatenate([part, part[:0], part[:0]]) for part in parts)
    for rows in (DaskRows(X, y, w), DaskRows(X[:0], y[:0], w[:0])):
        rows, nothing = rows.keeping(), rows.X.shape[0] == 0
        for view in views(3)[0]:
            (total,) = rows.total([asked(view)])
            expected = 0 if nothing else alone(asked(view), *table)
            assert np.array_equal(total, np.broadcast_to(expected, 5))


def test_parties_of_samples(table):
    rows = Parties(dict(sources(*table))["dask"]).keeping()
    coins, (fit, maps) = FirstRows(0.1, Entropy(), b""), views(3)
    for view in fit:
        sampled_rows(rows, coins).total([asked(view)])
    assert [sum(m.seen) for m in maps] == [N] * 3
    rows.forget()
