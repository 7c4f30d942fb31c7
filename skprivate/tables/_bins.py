"""Bins of the columns of a raw table: quantiles of numbers, names of categories."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from skprivate._typing import BoundsLike, Estimator, TableLike
from skprivate.base import Curator
from skprivate.base._categories import refuse_unlisted
from skprivate.binning import Bins, CategoryBins, NumberBins
from skprivate.rows import coded_input
from skprivate.rows._columns import names_of
from skprivate.schema import Schema
from skprivate.schema._declared import found_field
from skprivate.tables._facts import fields_of, number_bounds
from skprivate.tables._ranges import table_quantiles

_CATEGORIES_SHARE = 0.3  # where there are numbers to be looked at, too
_FINER = 8  # quantiles of a bin, of which those that noise hides are no edges
_HIDDEN = 2.0  # deviations of the noise that hide the rows of a bin


@dataclass(frozen=True, eq=False)
class TableBins:
    """How a model reads a table: a function of public facts and of released answers.

    Parameters
    ----------
    bins : Bins
        Of all columns. Those of categories have a code for each that is listed, one
        for all others, and one for missing values.
    columns : tuple of Column
        How each column is read.
    categories : tuple of ndarray
        Of each column of categories.
    schema : Schema
        What was declared and what was found.

    Examples
    --------
    >>> from skprivate.binning import Bins
    >>> from skprivate.rows import Column
    >>> from skprivate.schema import Schema
    >>> from skprivate.tables import TableBins
    >>> columns = (Column("age", "number"),)
    >>> bins = Bins.of_edges([[30.0, 60.0]])
    >>> TableBins(bins, columns, (), Schema({"age": (0, 120)})).names
    ['age']
    """

    bins: Bins
    columns: tuple
    categories: tuple
    schema: Schema

    @property
    def names(self) -> Any:
        """Names of the columns."""
        return names_of(self.columns)

    @property
    def listed(self) -> dict[Any, Any]:
        """Categories of each column that has some, by its number."""
        numbers = [j for j, c in enumerate(self.columns) if c.kind == "category"]
        return dict(zip(numbers, self.categories, strict=True))

    def codes(self, estimator: Estimator, X: TableLike) -> Any:
        """Codes of the rows of a table with the columns that were seen in ``fit``."""
        return self.bins.codes(coded_input(estimator, X, self.columns, self.categories))


def learn_table_bins(
    curator: Curator,
    schema: Schema | None,
    *,
    share: float,
    n_bins: int,
    bounds: BoundsLike | Literal["private"] = "private",
    most_categories: int = 40,
    find_categories: bool = True,
    edges: dict[int, Any] | None = None,
) -> TableBins:
    """Bins of the columns of a table, for a share of the budget.

    Numbers and dates are cut at private quantiles. A number that many rows share, such
    as zero, has a bin of its own. Booleans have two bins. Categories are those that
    are declared, or else found.

    **Guarantee.** What is asked are :meth:`Curator.categories` and
    :func:`table_quantiles`; what is returned is a function of the answers and of public
    facts. After this call queries see codes for categories.

    Parameters
    ----------
    curator : Curator
        Of rows whose columns were read by :func:`read_as`.
    schema : Schema or None
        What is known about columns.
    share : float
        Fraction of the budget. Nothing is spent where there is nothing to learn.
    n_bins : int
        Most bins of a number.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers of which the schema does not tell it; NaN for a
        column of which nobody does.
    most_categories : int, default=40
        Of a column, to be found.
    find_categories : bool, default=True
        Whether to pay for categories that nobody declared; they are refused otherwise.
    edges : dict of int to array, default=None
        Public inner edges of some numbers, by number of column: about these nothing is
        asked.

    Returns
    -------
    TableBins
    """
    fields, edges = fields_of(curator.columns, schema), edges or {}
    numbers = [j for j, field in enumerate(fields) if field.kind in ("number", "date")]
    numbers = [j for j in numbers if j not in edges]
    lists, share = _categories(
        curator, fields, share, bool(numbers), most_categories, find_categories
    )
    ends = _declared(fields, numbers, bounds, curator.n_features)
    found = {}
    if numbers:
        wanted = np.linspace(0.0, 1.0, _FINER * n_bins + 1)[1:-1]
        answer = table_quantiles(curator, numbers, ends, wanted, share=share)
        found = dict(zip(numbers, zip(*answer, strict=True), strict=True))
    columns = tuple(
        NumberBins(np.array(edges[j], dtype=np.float64))
        if j in edges
        else _bins(field, lists.get(j), found.get(j), n_bins)
        for j, field in enumerate(fields)
    )
    told = {
        name: found_field(field, found[j][1:3] if j in found else None, lists.get(j))
        for j, (name, field) in enumerate(
            zip(names_of(curator.columns), fields, strict=True)
        )
    }
    schema = Schema(told)
    return TableBins(Bins(columns), curator.columns, tuple(lists.values()), schema)


def _categories(curator, fields, share, any_numbers, most, may_find):
    """Categories by number of column, and the share that is left for numbers."""
    numbers = [j for j, field in enumerate(fields) if field.kind == "category"]
    known = [fields[j].categories for j in numbers]
    if None in known and not may_find:
        refuse_unlisted(curator.columns, numbers[known.index(None)])
    part = _CATEGORIES_SHARE * share if any_numbers else share
    given = ["private" if listed is None else listed for listed in known]
    lists = curator.categories(given, share=part, max_categories=most)
    left = share - part if None in known else share
    return dict(zip(numbers, lists, strict=True)), left


def _declared(fields, numbers, bounds, n_features):
    """Ends of each number that are public; None where they are not."""
    ends = [number_bounds(fields[j]) for j in numbers]
    if isinstance(bounds, str):
        return ends
    low, high = (np.broadcast_to(end, n_features).astype(float) for end in bounds)
    return [
        (float(low[j]), float(high[j])) if known is None and low[j] == low[j] else known
        for j, known in zip(numbers, ends, strict=True)
    ]


def _bins(field, listed, found, n_bins):
    """Bins of one column."""
    if field.kind == "category":
        return CategoryBins.of(len(listed))
    if field.kind == "boolean":
        return NumberBins(np.array([0.5]))
    quantiles, low, high, noise = found
    return NumberBins(_edges(quantiles, low, high, n_bins, noise))


def _edges(quantiles, low, high, n_bins, noise):
    """Quantiles as edges; a value that is several of them has a bin of its own.

    So has the only one that a search has found: to tell it from all others is free.
    Bins are left for the other values: as many rows are in each of these, unless noise
    would hide them. So a tail of few rows is told apart as far as it can be; what noise
    hides at the ends is not.

    Parameters
    ----------
    quantiles : ndarray
        ``_FINER`` times as many as there are bins.
    low, high : float
    n_bins : int
    noise : float
        Deviation of a count, as a part of all rows.
    """
    ranks = np.arange(1, len(quantiles) + 1) / (len(quantiles) + 1)
    seen = np.minimum(ranks, 1 - ranks) >= np.minimum(_HIDDEN * noise, 0.5)
    values, counts = np.unique(quantiles[seen], return_counts=True)
    alone = values[counts >= _FINER] if low < high else np.array([low])
    others = quantiles[seen & ~np.isin(quantiles, alone)]
    fewest = np.clip(_HIDDEN * noise * len(quantiles), 1.0, _FINER)
    n_others = min(n_bins, int((len(others) + 1) / fewest))
    places = np.linspace(0.0, len(others) + 1, n_others + 1)[1:-1]
    values = others[np.rint(places).astype(int) - 1]
    edges = np.concatenate([values, alone, np.nextafter(alone, np.inf)])
    return np.unique(np.clip(edges, low, np.nextafter(high, np.inf)))
