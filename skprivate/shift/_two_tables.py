"""Has anything moved between two tables? A test, and an index, of every column."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base._confidence import check_confidence
from skprivate.base._estimator import entropy_of
from skprivate.base._rehearsal import Given
from skprivate.exploration import DPStatistic
from skprivate.exploration._layout import packed_table
from skprivate.model_selection._candidates import seeded_like
from skprivate.rows import Rows, schema_of
from skprivate.rows._columns import names_of
from skprivate.rows._kinds import is_sparse
from skprivate.schema import Schema
from skprivate.shift._both import Job, fitted_both
from skprivate.shift._column_counts import (
    DPColumnCounts,
    refuse_other_columns,
    refuse_other_kinds,
)
from skprivate.shift._report import ShiftReport, check_same_bins, checked_level
from skprivate.shift._stability import stability

_EACH = "the report of the second table; the first pays by itself"


def dp_two_sample_test(
    reference: TableLike,
    current: TableLike,
    *,
    schema: Schema | Mapping[Any, Any] | None = None,
    edges: Mapping[Any, Any] | None = None,
    bounds: BoundsLike | Literal["private"] = "private",
    categorical_features: ArrayLike | Literal["from_dtype"] | None = "from_dtype",
    max_bins: int = 15,
    alpha: float = 0.05,
    confidence: float = 0.95,
    epsilon: float = 1.0,
    delta: float = 1e-6,
    random_state: SeedLike = None,
) -> ShiftReport:
    """Whether two tables are of one law, column by column, under differential privacy.

    One noisy histogram of every column is released of each table. The test knows how
    much noise they have, so its level holds at any number of rows: where noise hides
    everything, it says nothing. All columns together keep the level ``alpha`` (Holm
    1979). The stability index of every column comes along, for nothing.

    Each table pays ``(epsilon, delta)`` by itself; ledgers that are active are charged
    for both, for a person may be in both. Where nobody is, count each table by itself,
    with :class:`DPColumnCounts`, within ``ledger.disjoint("table")``.

    Parameters
    ----------
    reference, current : table, one column, or fitted DPColumnCounts
        Arrays, lists, data frames or sources of rows. What was counted before is not
        paid for again.
    schema : Schema, mapping or None, default=None
        What is known of columns: numbers with bounds are cut into bins of equal width,
        for nothing; categories that are listed need not be found.
    edges : mapping of name to array-like, or None, default=None
        Public inner edges of the bins of numbers, by name of the column.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers of which the schema does not tell it; ``"private"``
        finds bins, for a part of the budget of the reference.
    categorical_features : "from_dtype", array-like or None, default="from_dtype"
        Which columns are of categories.
    max_bins : int, default=15
        Of a number.
    alpha : float, default=0.05
        Level of the test of all columns together.
    confidence : float, default=0.95
        Of the intervals of the stability indices.
    epsilon, delta : float, default=1.0, 1e-6
        What each of the tables pays. ``delta=0`` asks for pure differential privacy: of
        fewer than nine columns whose bins are known that is less noise, of one a third;
        but a ledger that adds up many fits counts it for more.
    random_state : int, RandomState instance or None, default=None
        A seed makes the noise repeatable, for tests only: it is then no protection.

    Returns
    -------
    ShiftReport

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.shift import dp_two_sample_test
    >>> rng = np.random.default_rng(0)
    >>> before = rng.normal(size=(3000, 2))
    >>> now = rng.normal([0.0, 0.5], size=(3000, 2))
    >>> dp_two_sample_test(before, now, bounds=(-3, 3)).shifted
    ['x1']
    """
    alpha = checked_level(alpha)
    check_confidence(confidence)
    settings = {
        "schema": schema, "edges": edges, "bounds": bounds, "max_bins": max_bins,
        "categorical_features": categorical_features, "epsilon": epsilon,
        "delta": delta,
    }  # fmt: skip
    pair = counted("dp_two_sample_test", reference, current, settings, random_state)
    return ShiftReport.of(*pair, alpha=alpha, confidence=confidence)


def dp_stability_index(
    reference: TableLike,
    current: TableLike,
    *,
    schema: Schema | Mapping[Any, Any] | None = None,
    edges: Mapping[Any, Any] | None = None,
    bounds: BoundsLike | Literal["private"] = "private",
    categorical_features: ArrayLike | Literal["from_dtype"] | None = "from_dtype",
    max_bins: int = 15,
    confidence: float = 0.95,
    epsilon: float = 1.0,
    delta: float = 1e-6,
    random_state: SeedLike = None,
) -> DPStatistic:
    """Population stability index of every column, under differential privacy.

    The index is ``sum of (p - q) log(p / q)`` over bins. Banks say *stable* below 0.1,
    and *look at it* above 0.25. Noise and chance alone make it larger than it is, the
    more so the fewer the rows; here that is taken off, and the interval counts both.

    Each table pays ``(epsilon, delta)`` by itself; of a reference that was counted
    before, with :class:`DPColumnCounts`, only ``current`` pays.

    Parameters
    ----------
    reference, current : table, one column, or fitted DPColumnCounts
        As for :func:`dp_two_sample_test`, and so are the others.
    schema : Schema, mapping or None, default=None
        What is known of columns.
    edges : mapping of name to array-like, or None, default=None
        Public inner edges of the bins of numbers, by name of the column.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers of which the schema does not tell it.
    categorical_features : "from_dtype", array-like or None, default="from_dtype"
        Which columns are of categories.
    max_bins : int, default=15
        Of a number.
    confidence : float, default=0.95
        Of the intervals, which are about the laws of both tables: they count sampling,
        too.
    epsilon, delta : float, default=1.0, 1e-6
        What each of the tables pays.
    random_state : int, RandomState instance or None, default=None
        A seed makes the noise repeatable, for tests only: it is then no protection.

    Returns
    -------
    DPStatistic
        With one axis, of columns. Its ``privacy`` is the report of the second table.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.shift import dp_stability_index
    >>> rng = np.random.default_rng(0)
    >>> before, now = rng.normal(0, 1, 5000), rng.normal(1, 1, 5000)
    >>> found = dp_stability_index(before, now, bounds=(-3, 3))
    >>> bool(0.8 < found["x0"] < 1.2)
    True
    """
    check_confidence(confidence)
    settings = {
        "schema": schema, "edges": edges, "bounds": bounds, "max_bins": max_bins,
        "categorical_features": categorical_features, "epsilon": epsilon,
        "delta": delta,
    }  # fmt: skip
    pair = counted("dp_stability_index", reference, current, settings, random_state)
    check_same_bins(*pair)
    noises = [counts.noise for counts in pair]
    of_each = zip(*(counts.counts_ for counts in pair), strict=True)
    found = [stability(*of_one, noises, confidence) for of_one in of_each]
    values, low, high = np.transpose(found)
    axes = (("column", tuple(pair[0].names)),)
    privacy = pair[1].privacy_
    privacy = replace(privacy, notes=(*privacy.notes, _EACH))
    numbers = values, low, high, None
    return DPStatistic("stability index", axes, *numbers, confidence, privacy)


def counted(name, reference, current, settings, random_state):
    """Both tables, counted in the same bins; what was counted before is kept.

    **Guarantee.** Ledgers are charged, before a row is read, for each table that was
    not counted before; the bins of the second are those of the first, released.
    """
    given = [reference, current]
    is_counted = [isinstance(table, DPColumnCounts) for table in given]
    entropy, jobs, found = entropy_of(random_state), [], list(given)
    known = next((t for t, done in zip(given, is_counted, strict=True) if done), None)
    tables = [
        t if done else _table(t) for t, done in zip(given, is_counted, strict=True)
    ]
    if not any(is_counted):
        _refuse_other_tables(*tables, settings)
    for k, table in enumerate(tables):
        if is_counted[k]:
            continue
        counts = DPColumnCounts(**settings)
        counts.bins = getattr(known, "table_bins_", None)
        found[k] = seeded_like(entropy, counts, f"table {k}")
        jobs.append(_job(found[k], table))
        if known is None:
            known = found[k]
    if jobs:
        _fit_all(name, jobs, found, is_counted)
    return found


def _fit_all(name, jobs, found, is_counted):
    """Fit what is new; the second table takes its bins from the first."""
    if not any(is_counted):
        first, second = found
        later = jobs[1].arguments

        def arguments():
            second.bins = first.table_bins_
            return later()

        jobs[1] = Job(second, jobs[1].given, arguments)
    fitted_both(name, jobs)


def _job(counts, table):
    """A table that is to be counted."""
    return Job(
        counts,
        lambda to_pay: Given.of(table, paid=to_pay),
        lambda: {"X": table},
    )


def _table(given):
    """A table, of one that is one column or a table already."""
    if isinstance(given, Rows) or is_sparse(given):
        return given
    return packed_table(given, None, None, {})[0]


def _refuse_other_tables(reference, current, settings):
    """Refuse tables of other columns, as far as their types tell."""
    if any(isinstance(t, Rows) or is_sparse(t) for t in (reference, current)):
        return
    columns = [schema_of(table) for table in (reference, current)]
    names = [names_of(of_one) for of_one in columns]
    refuse_other_columns(names[1], names[0])
    read = DPColumnCounts(**settings)._read_as(columns[0])
    refuse_other_kinds(columns[1], dict(zip(names[0], read, strict=True)))
