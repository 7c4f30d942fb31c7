"""A paid look at a table: counts, gaps, quantiles, categories, correlations."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator
from skprivate.base._categories import known_categories, refuse_unlisted
from skprivate.exploration._counts import counts_of_columns
from skprivate.exploration._facts import (
    facts_of,
    known_bounds,
    listed_categories,
    read_as,
    schema_of_found,
)
from skprivate.exploration._looks import (
    bounds_of_numbers,
    correlations_of_numbers,
    quantiles_of_numbers,
)
from skprivate.exploration._table_profile import ColumnProfile, TableProfile
from skprivate.queries._quantiles import checked_quantiles
from skprivate.rows import UnitClip
from skprivate.schema import Schema

_WEIGHTS = {  # of what is asked for, relative to each other
    "categories": 0.1,
    "bounds": 0.1,
    "counts": 0.2,
    "quantiles": 0.35,
    "correlations": 0.25,
}


class DPDataProfile(DPEstimator):
    """Describe a table under differential privacy: a paid ``describe()``.

    One budget buys the number of rows, and for every column how many values are
    missing; quantiles of numbers and dates; how many rows the most frequent categories
    have; and rank correlations of all pairs of numbers. Each comes with an interval
    that holds the exact number of this table in spite of the noise.

    What a row can change: one of the number of rows, and one of the number of gaps of
    each column; one category of each column, where categories are found and where they
    are counted; one interval of each level of
    :class:`~skprivate.queries.IntervalTree`, for each number; and the second moments of
    its ranks, which are a vector in a box. All else is computed of these answers.

    Parameters
    ----------
    quantiles : array-like, default=(0.05, 0.25, 0.5, 0.75, 0.95)
        Which ones to find; public numbers from 0 to 1, in ascending order. The first
        and last few of the rows cannot be told from noise.
    max_categories : int, default=10
        Number of categories to list of each column, the most frequent.
    correlations : bool, default=True
        Whether to find rank correlations of numbers (Spearman's).
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers: numbers, or arrays of one number per column of
        numbers or dates (seconds since 1970). ``"private"`` pays for a search.
    schema : Schema, mapping or None, default=None
        What is known of columns, by their names: its bounds go before ``bounds``, its
        categories before those that a type declares. In an array or a list, whose
        columns are named x0, x1, ... and are numbers, it also tells what else a column
        is.
    find_categories : bool, default=True
        Whether to find those that neither schema nor type list, for a part of
        ``epsilon`` and a tenth of ``delta``, which must be positive. False
        refuses such columns, and keeps that part of ``delta``.
    confidence : float, default=0.95
        Of the intervals; see :class:`TableProfile`.
    epsilon : float, default=1.0
        Budget of a fit; see :class:`~skprivate.base.DPEstimator`.
    delta : float, default=1e-6
        Budget of a fit; zero asks for pure differential privacy.
    max_weight : float, default=1.0
        Larger sample weights are cut to this.
    max_rows_per_group : int or UnitClip, default=1
        Rows of one group that count.
    random_state : int, RandomState instance or None, default=None
        A seed makes the fit repeatable, and not private.

    Attributes
    ----------
    schema_ : Schema
        What was declared and what was found, ranges and categories, for all columns:
        give it to a :class:`~skprivate.compose.DPTableVectorizer`, which then need not
        find them again.
    profile_ : TableProfile
        What was found: shown as text or HTML, ``to_frame()``, ``plot()``.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    skprivate.report.privacy_report : What was spent on an estimator.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skprivate.exploration import DPDataProfile
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"age": rng.integers(18, 90, 5000)})
    >>> table["member"] = table["age"] > 40
    >>> profile = DPDataProfile(epsilon=1.0).fit(table).profile_
    >>> age, member = profile.columns
    >>> bool(abs(age.quantiles[0.5].value - 53) < 4)
    True
    >>> list(member.categories)
    [True, False]
    """

    _takes_tables = True

    def __init__(
        self,
        *,
        quantiles: ArrayLike = (0.05, 0.25, 0.5, 0.75, 0.95),
        max_categories: int = 10,
        correlations: bool = True,
        bounds: BoundsLike | Literal["private"] = "private",
        schema: Schema | Mapping[Any, Any] | None = None,
        find_categories: bool = True,
        confidence: float = 0.95,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        max_weight: float = 1.0,
        max_rows_per_group: int | UnitClip = 1,
        random_state: SeedLike = None,
    ) -> None:
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.quantiles = quantiles
        self.max_categories = max_categories
        self.correlations = correlations
        self.bounds = bounds
        self.schema = schema
        self.find_categories = find_categories
        self.confidence = confidence

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "quantiles": ["array-like"],
        "max_categories": [Interval(Integral, 1, None, closed="left")],
        "correlations": ["boolean"],
        "bounds": "no_validation",  # the curator checks them
        "schema": [Mapping, None],
        "find_categories": ["boolean"],
        "confidence": [Interval(Real, 0, 1, closed="neither")],
    }

    def _read_as(self, columns):
        """Columns as :class:`DPDataProfile` says; arrays and lists may be told more."""
        return read_as(columns, self.schema)

    def _discovers(self):
        """Any table may have columns whose categories have to be found."""
        return self.find_categories

    def _fit(self, curator):
        quantiles = checked_quantiles(self.quantiles)
        z = float(ndtri(0.5 + self.confidence / 2))
        columns = curator.columns
        coded = tuple(j for j, of in enumerate(columns) if of.kind == "category")
        numbers = tuple(j for j in range(len(columns)) if j not in coded)
        fields = facts_of(self.schema, columns)
        listed = [listed_categories(fields[j]) for j in coded]
        known = known_bounds(self.bounds, [fields[j] for j in numbers])
        _, unlisted = known_categories(listed, columns)
        if unlisted and not self.find_categories:
            refuse_unlisted(columns, unlisted[0])
        share = self._shares(unlisted, np.isnan(known).any(), len(numbers))
        lists = []
        if coded:
            # What finds categories counts rows: where these have weights, others may
            # be the most frequent.
            most = None if curator.weighted else self.max_categories
            lists = curator.categories(
                listed, share=share["categories"], max_categories=most
            )
        bounds = bounds_of_numbers(curator, known, numbers, share["bounds"])
        share = _of_what_is_left(share, curator.remaining)
        counts = counts_of_columns(curator, coded, lists, z, share["counts"])
        found, correlations = {}, {}
        names = _names_of(columns)
        if numbers:
            ranked, found = quantiles_of_numbers(
                curator, quantiles, numbers, bounds, z, share["quantiles"]
            )
        if share["correlations"]:
            gaps, among = counts.with_gaps(numbers), [names[j] for j in numbers]
            cost = z, share["correlations"]
            correlations = correlations_of_numbers(
                curator, ranked, numbers, among, gaps, *cost
            )
        self.schema_ = schema_of_found(
            columns, names, fields, dict(zip(coded, lists, strict=True)),
            dict(zip(numbers, np.transpose(bounds), strict=True)),
        )  # fmt: skip
        self.profile_ = TableProfile(
            counts.n_rows,
            tuple(
                ColumnProfile(
                    name,
                    column.kind,
                    counts.missing[j],
                    found.get(j, {}),
                    *counts.most_frequent(j, self.max_categories),
                )
                for j, (name, column) in enumerate(zip(names, columns, strict=True))
            ),
            correlations,
            float(self.confidence),
        )

    def _shares(self, unlisted, unbounded, n_numbers):
        """The share of each kind of question; zero for those that are not asked."""
        asked = {
            "categories": unlisted,
            "bounds": unbounded,
            "counts": True,
            "quantiles": n_numbers > 0,
            "correlations": self.correlations and n_numbers > 1,
        }
        weights = {name: _WEIGHTS[name] * bool(asked[name]) for name in _WEIGHTS}
        whole = sum(weights.values())
        return {name: weight / whole for name, weight in weights.items()}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags


def _of_what_is_left(share, left):
    """Shares of what is still to be asked: a search for bounds may leave some."""
    later = {name: share[name] for name in ("counts", "quantiles", "correlations")}
    whole = sum(later.values())
    return {name: left * (part / whole) for name, part in later.items()}


def _names_of(columns):
    """Names that differ, of columns that may have none, or equal ones."""
    names = [column.name or f"x{j}" for j, column in enumerate(columns)]
    if len(set(names)) == len(names):
        return names
    return [f"{name} (x{j})" for j, name in enumerate(names)]
