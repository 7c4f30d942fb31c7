"""How far real rows are from synthetic ones, as a private release."""

from dataclasses import dataclass, replace
from math import log1p, sqrt
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate._card import Card, Section
from skprivate._typing import SeedLike, TableLike
from skprivate.base import Count, DPEstimator
from skprivate.base._confidence import check_confidence, quantile_of
from skprivate.queries import CellTotals, ColumnCells, OfView, RowCounts, TableGaps
from skprivate.synthesis._codebook import Codebook
from skprivate.synthesis._distance_parts import drawn_distances, mean_of, worst
from skprivate.tables import view_of

_COUNT = 0.1  # share of the number of rows


@dataclass(frozen=True, eq=False)
class MarginalDistances:
    """Total variation distances of columns and of pairs, with what they cost.

    Parameters
    ----------
    single : dict of str to float
        Of each column: the part of the rows that would have to change.
    pairs : dict of tuple of str to float
        Of each pair of columns.
    reach : float
        Each number is within this of the exact one, with the confidence.
    confidence : float
        Of each interval by itself.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    dp_marginal_distances : Makes it.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.synthesis import dp_marginal_distances
    >>> real = np.random.default_rng(0).normal(size=(5000, 2))
    >>> found = dp_marginal_distances(real, real)
    >>> sorted(found.single), found.mean_of_pairs < 0.1
    (['x0', 'x1'], True)
    """

    single: dict
    pairs: dict
    reach: float
    confidence: float
    privacy_: object

    @property
    def mean_of_singles(self) -> float:
        """Mean distance of columns."""
        return mean_of(self.single)

    @property
    def mean_of_pairs(self) -> float:
        """Mean distance of pairs; that of columns if there is only one."""
        return mean_of(self.pairs or self.single)

    def plot(self, ax: Any = None) -> Any:
        """Draw the distances of columns, and of the pairs that each is in.

        Parameters
        ----------
        ax : matplotlib Axes, default=None

        Returns
        -------
        matplotlib Axes
        """
        return drawn_distances(
            self.single, self.pairs, ax, f"within {self.reach:.3f}", self.reach
        )

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _card(self):
        """What is shown."""
        budget = self.privacy_.budget
        said = (
            f"columns: {self.mean_of_singles:.3f} of the rows are out of place",
            f"pairs of columns: {self.mean_of_pairs:.3f}",
            f"each distance is within {self.reach:.3f}, at {self.confidence:.0%}",
            f"paid: epsilon = {budget.epsilon:g}, delta = {budget.delta:g}",
        )
        alarms = () if self.privacy_.private else ("NOT PRIVATE: no noise, or a seed.",)
        return Card(
            "Distances of synthetic rows from real ones",
            alarms,
            said,
            (
                Section("columns", (worst(self.single, "column"),)),
                Section("pairs", (worst(self.pairs, "pair"),)),
            ),
        )


def dp_marginal_distances(
    real: TableLike,
    synthetic: TableLike,
    *,
    n_bins: int = 10,
    sample_weight: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
    epsilon: float = 1.0,
    delta: float = 1e-6,
    max_weight: float = 1.0,
    max_rows_per_group: int = 1,
    random_state: SeedLike = None,
) -> MarginalDistances:
    """Distances of one- and two-way marginals, with noise: they may be published.

    Numbers are compared in bins that hold as many *synthetic* rows each, which cost
    nothing: synthetic rows are public. Every ledger is charged before a row is read.

    **Guarantee.** What is asked are the number of rows, and :class:`TableGaps` of all
    marginals together: a row moves each by one at most, so d columns with all of their
    pairs cost as much noise as ``d (d + 1) / 2`` counts. All else follows from answers
    and public facts.

    Parameters
    ----------
    real : data frame or array-like of shape (n_rows, n_columns)
        The rows that are protected.
    synthetic : data frame or array of shape (n_drawn, n_columns)
        Public rows with the same columns.
    n_bins : int, default=10
        Of numbers.
    sample_weight : array-like of shape (n_rows,), default=None
        Weights of the real rows, cut to ``max_weight``.
    groups : array-like of shape (n_rows,), default=None
        Rows with equal values belong to one privacy unit.
    confidence : float, default=0.95
        Of each interval.
    epsilon : float, default=1.0
        Budget of all distances together.
    delta : float, default=1e-6
        Budget; zero asks for pure differential privacy.
    max_weight : float, default=1.0
        Larger sample weights are cut to this.
    max_rows_per_group : int, default=1
        Rows of one group that count.
    random_state : int, RandomState instance or None, default=None
        A seed makes the noise repeatable, and the answer not private.

    Returns
    -------
    MarginalDistances

    See Also
    --------
    skprivate.audit.SyntheticReport : Exact distances, for the holder of the rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.synthesis import dp_marginal_distances
    >>> real = np.random.default_rng(0).normal(size=(5000, 2))
    >>> found = dp_marginal_distances(real, real[:, ::-1] + 1.0)
    >>> bool(0.3 < found.mean_of_singles < 0.5), found.reach < 0.05
    (True, True)
    """
    check_confidence(confidence)
    whole = isinstance(n_bins, Integral) and not isinstance(n_bins, bool)
    if not whole or not 2 <= n_bins <= 255:
        raise ValueError("n_bins must be a whole number from 2 to 255. Use 10.")
    asked = Distances(
        Codebook.of(synthetic, int(n_bins)),
        epsilon=epsilon,
        delta=delta,
        max_weight=max_weight,
        max_rows_per_group=max_rows_per_group,
        random_state=random_state,
    ).fit(real, sample_weight=sample_weight, groups=groups)
    z = quantile_of(confidence)
    if delta == 0:  # of Laplace noise, whose tails are longer
        z = max(z, -log1p(-confidence) / sqrt(2))
    names, terms = asked.codebook.names, asked.codebook.terms
    single, pairs = {}, {}
    for term, distance in zip(terms, asked.distances_.tolist(), strict=True):
        if len(term) == 1:
            single[names[term[0]]] = distance
        else:
            pairs[tuple(names[j] for j in term)] = distance
    reach = min(1.0, z * asked.noise_)
    return MarginalDistances(single, pairs, reach, confidence, asked.privacy_)


class Distances(DPEstimator):
    """The question as an estimator, so that it is paid and logged like any other."""

    _takes_tables = True
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "codebook": [Codebook],
    }

    def __init__(
        self,
        codebook,
        *,
        epsilon=1.0,
        delta=1e-6,
        max_weight=1.0,
        max_rows_per_group=1,
        random_state=None,
    ):
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.codebook = codebook

    def _fit(self, curator):
        book = self.codebook
        curator.categories([*book.lists], share=_COUNT)  # all are given: it is free
        counts = CellTotals(ColumnCells(book.bins.n_codes, book.terms), RowCounts())
        scale = curator.max_weight
        total = curator.count(share=_COUNT)
        query = TableGaps(counts, total * book.shares / scale)
        gaps = curator.release(
            OfView(query, view_of(book.bins)), share=curator.remaining
        )
        # Rows that are counted wrongly are all in the wrong place.
        noise = curator.noise_of(query) + curator.noise_of(Count())
        self.distances_ = np.clip(gaps / (2 * total), 0.0, 1.0)
        self.noise_ = noise / (2 * total)

    def _read_as(self, columns):
        return self.codebook.read_as(columns)

    def _report(self, curator, entropy, max_rows):
        report = super()._report(curator, entropy, max_rows)
        return replace(report, estimator="dp_marginal_distances")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags
