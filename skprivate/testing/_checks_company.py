"""Checks that what a row adds to a total depends on that row alone."""

from unittest.mock import patch

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import get_tags

from skprivate.base import Curator
from skprivate.rows import ArrayRows, ChunkRows, Parties
from skprivate.testing._checks_sources import in_arrow
from skprivate.testing._examples import (
    Example,
    configured,
    example_for,
    quiet,
)
from skprivate.testing._replay import record
from skprivate.testing._tape import copied, listening
from skprivate.testing._thrift import some_of

_FEW = (1, 7, 601)  # numbers of rows


def check_contributions_do_not_depend_on_company(estimator, sizes=_FEW):
    """A row moves each exact total by the same, whoever is there and wherever it is."""
    estimator = _dense(configured(estimator))
    rows = example_for(estimator)
    rows = Example(_single(rows.X), rows.y)
    recording, row = record(estimator, **rows.fit_args), rows.rows(slice(1))
    alone = _totals(recording, **row.fit_args)
    for number, n_rows in enumerate(sizes):
        others = _company(estimator, rows, n_rows, far=number % 2 == 0)
        without = _totals(recording, **others.fit_args)
        place = (0, n_rows, n_rows // 2)[number % 3]
        found = _totals(recording, **_with(others, row, place).fit_args)
        where = f"number {place + 1} of {n_rows + 1} rows"
        _compare(recording, alone, without, found, where)


def check_contributions_do_not_depend_on_the_table(estimator, sizes=(601,)):
    """Nor do they if rows come as another kind of table, from chunks, or parties."""
    estimator = _dense(configured(estimator))
    rows = example_for(estimator)
    rows = Example(_single(rows.X), rows.y)
    recording, row = record(estimator, **rows.fit_args), rows.rows(slice(1))
    alone = _totals(recording, **row.fit_args)
    for n_rows in sizes:
        others = _company(estimator, rows, n_rows, far=False)
        without = _totals(recording, **others.fit_args)
        together = _with(others, row, n_rows // 2)
        tables = [*_tables(estimator, together)]
        for name, given in some_of(tables, estimator, parts=3):
            found = _totals(recording, **given)
            _compare(recording, alone, without, found, f"one of {n_rows + 1}, {name}")


def _totals(recording, **fit_args):
    """Exact totals of a fit on other rows, with every answer frozen."""
    listener, original = _Totals(recording.tape), Curator._totals

    def sums(*args):
        found = original(*args)
        listener.sums.extend(map(copied, found))
        return found

    with quiet(), listening(listener), patch.object(Curator, "_totals", sums):
        clone(recording.estimator).fit(**fit_args)
    return listener.totals


class _Totals:
    """Answers from a tape, and keeps the totals: sums over rows, of which scores are
    made before a mechanism hears of them.
    """

    def __init__(self, tape):
        self._answers = iter(told.answer for told in tape.told)
        self._drawn, self.totals, self.sums = iter(tape.drawn), [], []
        self.salt = tape.salt

    def charge(self, *asked):
        """What is asked is compared elsewhere, by replaying."""

    def mechanism(self, call, mechanism, total, levels, weights):
        """Keep a total."""
        self.totals.append(self.sums.pop(0) if self.sums else copied(total))
        return copied(next(self._answers))

    def words(self, draw, n):
        """The same random words."""
        return next(self._drawn).copy()


def _compare(recording, alone, without, found, where):
    """One row's part in each total, against what it is alone."""
    for number in range(len(recording.tape.told)):
        part = _minus(found[number], without[number])
        assert part == _minus(alone[number], {}), (
            f"release {number} ({recording.tape.asked[number].query.name}): a row "
            f"adds something else as {where}. Compute its contribution from that row "
            "and from public facts alone."
        )


def _minus(total, other):
    """The difference, exact, without zeros; totals may be counts by key."""
    if isinstance(total, dict):
        keys = {*total, *other}
        parts = {k: int(total.get(k, 0)) - int(other.get(k, 0)) for k in keys}
    else:
        total = np.ravel(np.asarray(total)).tolist()
        other = np.ravel(np.asarray(other)).tolist() if len(other) else [0] * len(total)
        pairs = enumerate(zip(total, other, strict=True))
        parts = {k: int(a) - int(b) for k, (a, b) in pairs}
    return {key: part for key, part in parts.items() if part}


def _company(estimator, rows, n_rows, far):
    """Other rows: ordinary ones, and whatever an attacker would add."""
    limits = np.finfo(np.float64 if far else np.float32)
    tiny = float(limits.smallest_subnormal)
    odd = np.zeros((6, rows.width))
    odd[0], odd[1], odd[2], odd[3] = limits.max, limits.min, tiny, -0.0
    odd[4, 0], odd[5, -1] = limits.max, -tiny
    if get_tags(estimator).input_tags.allow_nan:
        odd[5, 0] = np.nan
    places = np.arange(n_rows) % (len(odd) + len(rows) - 1)
    X = np.vstack([odd, rows.X[1:]])[places]
    y = rows.y if rows.y is None else np.resize(rows.y[::-1], n_rows)
    return Example(X, y)


def _with(others, row, place):
    """Rows with one more."""
    y = None if row.y is None else np.insert(others.y, place, row.y[0])
    return Example(np.insert(others.X, place, row.X[0], axis=0), y)


def _tables(estimator, rows):
    """Arguments of ``fit`` with the same rows in another kind of table, by name."""
    X, y = rows.X, rows.y
    half = len(X) // 2
    halves = slice(half), slice(half, None)
    for name, places in (
        ("in a chunk of its own", [half, half + 1]),
        ("in a small chunk, after an empty one", [0, half - 1, half + 2]),
    ):
        parts = np.split(X, places)
        if y is not None:
            parts = [*zip(parts, np.split(y, places), strict=True)]
        yield name, {"X": ChunkRows(lambda parts=parts: iter(parts), rows.width)}
    if get_tags(estimator).input_tags.sparse:
        chunks = [sparse.csr_array(X[part]) for part in halves]
        if y is not None:
            chunks = [*zip(chunks, (y[part] for part in halves), strict=True)]
        yield "in sparse chunks", {"X": ChunkRows(lambda: iter(chunks), rows.width)}
    table = in_arrow(rows)
    if table is not None:
        yield "in a table of Arrow", {"X": table}
    parties = [ArrayRows(X[part], y if y is None else y[part]) for part in halves]
    yield "in the second party", {"X": Parties(*parties)}
    forms = {
        "Fortran order": np.asfortranarray,
        "float32": lambda X: X.astype(np.float32),
        "float32 in Fortran order": lambda X: np.asfortranarray(X, dtype=np.float32),
    }
    if get_tags(estimator).input_tags.sparse:
        forms["CSR"] = sparse.csr_array
        forms["CSC"] = sparse.csc_array
    for name, form in forms.items():
        yield name, rows.fit_args | {"X": form(X)}
    for name, table in _frames(X):
        yield name, rows.fit_args | {"X": table}


def _frames(X):
    """Data frames of several types and lists, where their libraries are there."""
    yield "lists", X.tolist()
    names = [f"x{j}" for j in range(X.shape[1])]
    try:
        import pandas as pd
    except ImportError:
        return
    plain = pd.DataFrame(X, columns=names)
    yield "pandas", plain
    yield "pandas, nullable", plain.astype("Float64")
    try:
        import polars as pl
        import pyarrow  # noqa: F401
    except ImportError:
        return
    yield "pandas, Arrow", plain.astype("double[pyarrow]")
    yield "polars", pl.DataFrame(X, schema=names)


def _dense(estimator):
    """An estimator that accepts sparse rows, too, where a parameter decides that."""
    if "with_mean" in estimator.get_params(deep=False):
        estimator.set_params(with_mean=False)
    return estimator


def _single(X):
    """Rows that float32 holds exactly."""
    return X.astype(np.float32).astype(np.float64)
