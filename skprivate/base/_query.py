"""A query: what to add over the rows, and how far one row can move the total."""

from math import ceil, log2
from typing import Any

import numpy as np

from skprivate.mechanisms import WIDEST

MANY_ROWS = 10**11  # which any query adds up


def grid_step(bound: float, bits: int = 20) -> float:
    """Largest power of two that cuts ``bound`` into at least ``2 ** bits`` steps.

    Parameters
    ----------
    bound : float
        A positive, finite, public number.
    bits : int, default=20
        Fineness of the grid.

    Returns
    -------
    float
        A power of two ``g`` with ``bound / 2 ** (bits + 1) < g <= bound / 2 ** bits``.
    """
    return 2.0 ** -(bits + ceil(-log2(bound)))


class Query:
    """A sum over rows to which no row contributes more than ``bound``.

    Subclasses are frozen dataclasses, whose whole-number fields are not negative. Being
    values, queries can be printed in a report,
    tested on their own, and sent to another machine.

    **Guarantee.** For every row, ``weight`` in [0, 1] included, ``query`` of that row
    alone is a vector ``c`` of integers with ``norm(c / weights) <= levels``, and the
    query of a chunk is the exact sum of the queries of its rows. A row that is not
    finite contributes zero. So adding or removing one row moves the total by at most
    ``levels`` grid steps, which is ``bound`` in real units.

    Attributes
    ----------
    bound : float
        Largest norm of the contribution of one row, in real units.
    size : int
        Number of values in the answer.
    norm : {2, inf}
        The norm that ``bound`` refers to; infinity for scores of a selection.
    step : float
        Length of a grid step: a power of two.
    levels : float
        ``bound / step``, the sensitivity in grid steps.
    weights : ndarray or None
        Standard deviation of the noise of each coordinate relative to the others. None
        means that all are one.
    l1_bound : float or None
        Bound on the 1-norm of a contribution, for pure differential privacy (Laplace
        noise). None where no useful bound is known.
    width : int or None
        Number of columns that ``X`` must have; None: it does not matter.
    n_totals : int
        Number of sums over rows; other than ``size`` where scores are made of sums.
    scored : bool
        Whether the answer is ``query.scores(total)``, made of totals before noise is
        added; ``bound`` is then about these scores.
    by_key : bool
        Whether it counts keys that nobody listed, which only :meth:`Curator.categories`
        asks for; it is then not called.
    of_units : bool
        Whether ``bound`` is that of a privacy unit, however many rows it has; only
        `Words` knows the rows of a unit.
    n_totals : int
        Number of integers that are added: ``size``, unless scores are made of them.
    largest_entry : float
        Largest absolute value of one of them for a single row.
    wide : bool
        Whether totals may leave int64. They are then Python integers where they do.
    max_rows : int
        Number of rows beyond which a total might not be exact; public.
    """

    bound: float
    size: int
    norm = 2
    step = 2.0**-20
    weights = None
    l1_bound = None
    scored = False
    by_key = False
    of_units = False
    width = None

    @property
    def levels(self) -> float:
        """Sensitivity in grid steps."""
        return self.bound / self.step

    @property
    def largest_entry(self) -> Any:
        """Largest absolute value of one integer of what one row adds."""
        heaviest = 1.0 if self.weights is None else float(np.max(self.weights))
        return self.levels * heaviest

    @property
    def n_totals(self) -> int:
        """Number of integers that are added: `size`, unless scores are made of them."""
        return self.size

    @property
    def wide(self) -> bool:
        """Whether `MANY_ROWS` could add up to more than int64 holds; public."""
        return self.norm == 2 and bool(self.largest_entry * MANY_ROWS > 2**62)

    def widened(self, total: Any) -> Any:
        """A total as a mechanism takes it: noisy sums stop where wide ones do."""
        return total.astype(object) if self.wide else total

    def check(self, n_features: int) -> None:
        """Refuse fields that make no sense, or not for rows of so many columns.

        **Guarantee.** A query that passes has finite fields of the kinds that it
        declares, positive finite bounds, and as many columns as rows have. Rows call
        this once a pass, before a kernel reads memory by what the fields say.
        """
        from skprivate.base._query_check import check_query  # which knows boxes

        check_query(self, n_features)

    def problems(self) -> tuple[Any, ...]:
        """Yield what is wrong with the fields, beyond their kinds; for subclasses."""
        return ()

    @property
    def max_rows(self) -> Any:
        """Public cap on the number of rows."""
        most = WIDEST if self.wide else 2**62
        return min(2**62, int(most // max(1.0, self.largest_entry)))

    @property
    def name(self) -> Any:
        """How a report calls this query."""
        return type(self).__name__

    def __call__(
        self, X: np.ndarray | tuple[Any, ...], y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        """Exact sum over the rows of one chunk, in grid steps.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features), or CSR tuple
            Chunk of rows: C-contiguous, float32 or float64.
        y : ndarray of shape (n_rows,) or None
            Target of the rows: numbers, or codes of classes.
        weight : ndarray of shape (n_rows,) or (0,)
            Weights in [0, 1]; none at all means that all are one.

        Returns
        -------
        ndarray
            Integers, held in float64.
        """
        raise TypeError(f"{type(self).__name__} must define __call__.")
