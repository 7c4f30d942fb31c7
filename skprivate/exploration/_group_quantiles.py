"""Quantiles of columns, by group."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from skprivate.exploration._table_question import TableQuestion
from skprivate.queries._cells_of import CellIntervals
from skprivate.queries._present import PresentIntervals
from skprivate.queries._quantile_intervals import quantiles_with_intervals
from skprivate.queries._views import Columns, OfView


@dataclass(frozen=True, eq=False)
class GroupQuantiles(TableQuestion):
    """Quantiles of all columns at once; of one column after another, by group.

    Parameters
    ----------
    q : float or sequence of float
    """

    q: object = 0.5

    def checked(self):
        """Quantiles are numbers from zero to one."""
        q = np.asarray(self.q)
        if q.dtype.kind not in "iuf" or q.ndim > 1 or q.size == 0:
            raise TypeError("q must be a number, or a list of them. Give 0.5, say.")
        if not ((q >= 0) & (q <= 1)).all():
            raise ValueError("q must be from 0 to 1. Divide percentages by 100.")
        return super().checked()

    def ask(self, curator, z):
        """Trees of counts, of which quantiles are read off."""
        opened = self.opened(curator)
        wanted, place = np.unique(np.ravel(self.q).astype(float), return_inverse=True)
        n_cells, share = opened.cells.size, curator.remaining
        if not opened.cells.codes:
            found = self._of_all(curator, opened, wanted, share, z)
            parts = [getattr(found, name)[:, None] for name in _PARTS]
        elif n_cells:
            found = [
                self._of_groups(curator, opened, k, wanted, share, z)
                for k in range(len(opened.values))
            ]
            parts = [np.stack([getattr(f, name) for f in found]) for name in _PARTS]
        else:
            parts = [np.zeros((len(opened.values), 0, len(wanted)))] * 3
        parts = [part[..., place] for part in parts]
        axes = self.axes_of(opened)
        if np.ndim(self.q) == 0:
            parts = [part[..., 0] for part in parts]
        else:
            axes = (*axes, ("q", tuple(np.ravel(self.q).tolist())))
        return (axes, *self.shaped(opened, *parts), None)

    def _of_all(self, curator, opened, wanted, share, z):
        """Of each column, of all rows."""

        def tree(edges, low, high):
            return OfView(PresentIntervals(edges, low, high), Columns(opened.values))

        ends = opened.low, opened.high
        return quantiles_with_intervals(
            curator, wanted, *ends, share=share, z=z, tree=tree
        )

    def _of_groups(self, curator, opened, k, wanted, share, z):
        """Of a column, for an equal part of the budget; all groups at once."""
        tree = partial(CellIntervals, cells=opened.cells, column=opened.values[k])
        ends = (np.full(opened.cells.size, end[k]) for end in (opened.low, opened.high))
        left = len(opened.values) - k
        share = curator.remaining if left == 1 else share / len(opened.values)
        return quantiles_with_intervals(
            curator, wanted, *ends, share=share, z=z, tree=tree
        )


_PARTS = ("values", "low", "high")
