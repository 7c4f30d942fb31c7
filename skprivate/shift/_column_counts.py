"""Noisy counts of each column of a table, in bins that another table can share."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator, check_bounds
from skprivate.base._range import is_private
from skprivate.rows import UnitClip, refused
from skprivate.rows._columns import names_of
from skprivate.schema import Schema
from skprivate.shift._bin_counts import BinCounts
from skprivate.shift._null import Noise
from skprivate.tables import (
    BinsTables,
    TableBins,
    learn_table_bins,
    share_of_bins,
    signal_of,
)
from skprivate.tables._facts import fields_of, number_bounds, read_as

_MOST_BINS = 2**10
_NOTHING = 1e-6  # of the budget, for what is known


class DPColumnCounts(BinsTables, DPEstimator):
    """Count the rows of a table in bins of each column: one release for all columns.

    Two tables that were counted in the same bins can be compared, any number of times
    and at no further price: see :class:`ShiftReport`. So the reference pays once, when
    a model is trained, and each later table pays for itself.

    What a row can change: one count of each column (:class:`BinCounts`); and before, if
    bins have to be found, what :func:`~skprivate.tables.learn_table_bins` says. A value
    that is missing has a count of its own, and so has a category that is not listed.

    Parameters
    ----------
    schema : Schema, mapping or None, default=None
        What is known of columns, by their names: numbers of which it tells bounds are
        cut into bins of equal width, for nothing; categories that it lists need not be
        found.
    edges : mapping of name to array-like, or None, default=None
        Public inner edges of the bins of numbers, by name of the column (x0, x1, ...
        where columns have no names); they cost nothing.
    bins : TableBins or None, default=None
        Those of another table, ``before.table_bins_``: they were released, so they cost
        nothing. Both tables must have the same columns.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers of which the schema does not tell it. ``"private"``
        finds bins of about equally many rows, for a part of the budget.
    categorical_features : "from_dtype", array-like or None, default="from_dtype"
        Which columns are of categories.
    max_bins : int, default=15
        Of a number.
    cardinality_threshold : int, default=40
        Categories of a column, at most; what is rarer counts as one more.
    find_categories : bool, default=True
        Whether to pay for categories that nobody lists; else they are refused.
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
    table_bins_ : TableBins
        The bins, public from now on.
    schema_ : Schema
        What was declared about the columns, and what was found.
    counts_ : list of ndarray
        Noisy counts of each column; they may be negative. The last one is that of
        missing values; of categories the last but one is that of all others.
    noise_ : float
        Standard deviation of the noise of each count.
    privacy_ : PrivacyReport
        What was released, and at what price.

    Notes
    -----
    Two tables that are counted with one ``random_state`` have the same noise, which
    then cancels: give each a seed of its own.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.shift import DPColumnCounts, ShiftReport
    >>> rng = np.random.default_rng(0)
    >>> before = DPColumnCounts(bounds=(-3, 3)).fit(rng.normal(size=(4000, 2)))
    >>> now = DPColumnCounts(bins=before.table_bins_).fit(
    ...     rng.normal([0, 1], size=(4000, 2))
    ... )
    >>> ShiftReport.of(before, now).shifted
    ['x1']
    """

    _plan_varies = True  # how many bins there are follows from noisy quantiles
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        **BinsTables._bins_constraints,
        "edges": [Mapping, None],
        "bins": [TableBins, None],
    }

    def __init__(
        self,
        *,
        schema: Schema | Mapping[Any, Any] | None = None,
        edges: Mapping[Any, Any] | None = None,
        bins: TableBins | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        categorical_features: ArrayLike | Literal["from_dtype"] | None = "from_dtype",
        max_bins: int = 15,
        cardinality_threshold: int = 40,
        find_categories: bool = True,
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
        self.schema = schema
        self.edges = edges
        self.bins = bins
        self.bounds = bounds
        self.categorical_features = categorical_features
        self.max_bins = max_bins
        self.cardinality_threshold = cardinality_threshold
        self.find_categories = find_categories

    @property
    def names(self) -> Any:
        """Names of the columns."""
        return self.table_bins_.names

    @property
    def noise(self) -> Noise:
        """The law of the noise of each count."""
        return Noise(self.noise_, self.privacy_.budget.pure)

    @property
    def n_rows(self) -> Any:
        """About how many rows there are: the mean of what the columns say."""
        return max(float(np.mean([counts.sum() for counts in self.counts_])), 1.0)

    def _known(self):
        return super()._known() if self.bins is None else self.bins.schema

    def _read_as(self, columns):
        if self.bins is None:
            return super()._read_as(columns)
        refuse_other_columns(names_of(columns), self.bins.names)
        refuse_other_kinds(columns, self._known())
        return read_as(columns, self._known(), self.cardinality_threshold)

    def _discovers(self):
        return self.bins is None and super()._discovers()

    def _fit(self, curator):
        if self.bins is None:
            self._learn(curator)
        else:
            self.table_bins_, self.schema_ = self.bins, self.bins.schema
            curator.categories(list(self.table_bins_.categories), share=_NOTHING)
        query = BinCounts(self.table_bins_.bins)
        answer = curator.release(query, share=curator.remaining) / curator.max_weight
        self.counts_ = np.split(answer, self.table_bins_.bins.offsets[1:])
        self.noise_ = float(curator.noise_of(query) / curator.max_weight)

    def _learn(self, curator):
        """Find the bins that nobody declares, for a share of the budget."""
        known = self._known()
        self.table_bins_ = learn_table_bins(
            curator,
            known,
            share=share_of_bins(signal_of(curator.budget, curator.n_features)),
            n_bins=self.max_bins,
            most_categories=self.cardinality_threshold,
            find_categories=self.find_categories,
            edges=self._public_edges(fields_of(curator.columns, known), curator),
        )
        self.schema_ = self.table_bins_.schema

    def _public_edges(self, fields, curator):
        """Public inner edges, by number of column."""
        names, ends = names_of(curator.columns), [None] * len(fields)
        if not is_private(self.bounds):
            pair = check_bounds(self.bounds, curator.n_features)
            pair = (np.broadcast_to(end, len(fields)) for end in pair)
            ends = list(zip(*pair, strict=True))
        numbers = [j for j, f in enumerate(fields) if f.kind in ("number", "date")]
        ends = {j: number_bounds(fields[j]) or ends[j] for j in numbers}
        public = {
            j: np.unique(np.linspace(*of_one, self.max_bins + 1)[1:-1])
            for j, of_one in ends.items()
            if of_one is not None
        }
        return public | checked_edges(self.edges or {}, names, numbers)


def checked_edges(edges, names, numbers):
    """Inner edges by number of column; refused where they make no sense."""
    found = {}
    for name, given in edges.items():
        if name not in names or names.index(name) not in numbers:
            raise refused(
                ValueError,
                f"edges names {name!r}, which is no column of numbers of the table. "
                "Give names of columns of numbers, or x0, x1, ... of an array.",
            )
        try:
            ends = np.array(given, dtype=np.float64, ndmin=1)
        except (TypeError, ValueError):  # texts, or rows of unequal length
            ends = np.array([np.nan])
        ascend = ends.ndim == 1 and (np.diff(ends) > 0).all()
        if not (ascend and np.isfinite(ends).all() and len(ends) <= _MOST_BINS):
            raise refused(
                ValueError,
                f"edges of {name!r} must be at most {_MOST_BINS} finite numbers in "
                "ascending order. Sort them, and leave out doubles.",
            )
        found[names.index(name)] = ends
    return found


def refuse_other_columns(names, known):
    """Refuse a table whose columns are not those of the reference."""
    lost = [name for name in known if name not in names]
    new = [name for name in names if name not in known]
    if lost or new:
        which = (
            f"lacks {lost[0]!r}" if lost else f"has {new[0]!r}, which the other lacks"
        )
        raise refused(
            ValueError,
            f"The two tables must have the same columns, and the second one {which}. "
            "Give both the same columns, by the same names.",
        )
    if names != known:
        raise refused(
            ValueError,
            "The two tables have the same columns in another order. Put those of the "
            "second one into the order of the first.",
        )


def refuse_other_kinds(columns, known):
    """Refuse a column whose type is of no number, where the reference has numbers.

    Of types alone, so before anything is paid: else its values would be refused after.
    """
    for column, name in zip(columns, names_of(columns), strict=True):
        before = known[name].kind
        if before in ("number", "date") and column.kind in {"category", "date"} - {
            before
        }:
            raise refused(
                TypeError,
                f"Column {name!r} is of the kind {before} in the first of the two "
                f"tables, and by its type {column.kind} in the second. Convert it to "
                "one type in both.",
            )
