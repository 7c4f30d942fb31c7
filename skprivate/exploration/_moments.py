"""Sums, means and variances of columns, by group."""

from dataclasses import dataclass

import numpy as np

from skprivate.exploration._ratios import quotient
from skprivate.exploration._table_question import TableQuestion
from skprivate.queries._cells_of import OfCells
from skprivate.queries._target_cells import TargetCells

_ROUNDED = 1.0  # grid steps: more than rounding moves any of these sums, a row


@dataclass(frozen=True, eq=False)
class PartSums:
    """Noisy sums of parts of the values, for each column and group.

    A value is ``t`` in [0, 1] between its ends, and spread over parts that add up to
    one: ``1 - t, t``, or ``(1 - t)**2, 2 t (1 - t), t**2``. So all that is needed for
    sums, means and variances costs a row no more than being counted.

    Parameters
    ----------
    parts : ndarray of shape (n_columns, n_cells, n_parts)
    variance : float
        Of the noise of each.
    low, high : ndarray of shape (n_columns, 1)
        Where ``t`` is zero, and one.
    heaviest : float
        Largest weight of a row.
    """

    parts: np.ndarray
    variance: float
    low: np.ndarray
    high: np.ndarray
    heaviest: float

    @property
    def rows(self):
        """Numbers of rows, or of their weights."""
        return self.parts.sum(axis=-1)

    @property
    def rounding(self):
        """How far rounding can move ``t``."""
        return _ROUNDED * TargetCells.step

    def means(self, z, sampled=False):
        """Means of ``t`` with intervals, from three parts.

        The sum of ``t`` is the last part and half of the middle one.
        """
        first, middle, last = np.moveaxis(self.parts, -1, 0)
        total, rows = last + middle / 2, first + middle + last
        noise = self.variance * np.array([1.25, 3.0, 1.5])
        spread = 0.0
        if sampled:
            mean = np.clip(total / np.maximum(rows, 1.0), 0.0, 1.0)
            spread = self.heaviest * (last - 2 * mean * total + mean**2 * rows)
        value, low, high = quotient(total, rows, noise, z, spread=spread)
        return value, low - self.rounding, high + self.rounding

    def variances(self, z):
        """Variances of ``t`` with intervals, from three parts.

        About any ``m`` the variance is ``mean((t - m)**2) - (mean(t) - m)**2``. With
        the noisy mean for ``m``, the first is a quotient of sums that hardly depends on
        ``m``, and the second is small: at most the squared reach of the mean.
        """
        mean, low, high = self.means(z)
        weights = np.stack([mean**2, mean * (mean - 1.0), (1.0 - mean) ** 2])
        about = np.einsum("k...,...k->...", weights, self.parts)
        noise = (
            self.variance * (weights**2).sum(axis=0),
            3.0 * self.variance,
            self.variance * weights.sum(axis=0),
        )
        value, least, most = quotient(about, self.rows, noise, z)
        reach = np.maximum(high - mean, mean - low)
        least = np.maximum(least - reach**2 - 2 * self.rounding, 0.0)
        return np.minimum(value, 0.25), least, np.minimum(most + self.rounding, 0.25)


def part_sums(curator, opened, n_parts, low, high):
    """Release the parts of all columns, for all that is left of the budget."""
    n_cells = opened.cells.size
    shape = len(opened.values), n_cells, n_parts
    bounds = zip(opened.low.tolist(), opened.high.tolist(), strict=True)
    ends = zip(low.tolist(), high.tolist(), strict=True)
    queries = [
        # One more cell for the rows of other groups.
        OfCells(TargetCells((n_cells + 1,), n_parts, of_t), opened.cells, j, within)
        for j, of_t, within in zip(opened.values, ends, bounds, strict=True)
    ]
    parts, noise = np.zeros(shape), 0.0
    if n_cells:
        answers = curator.release(*queries, share=curator.remaining)
        answers = np.reshape(answers, (shape[0], n_cells + 1, n_parts))
        parts, noise = answers[:, :-1], curator.noise_of(queries[0])
    low, high = low[:, None], high[:, None]
    return PartSums(parts, noise**2, low, high, curator.max_weight)


@dataclass(frozen=True, eq=False)
class Sums(TableQuestion):
    """Sums, between zero and the bounds: noise then follows the larger of them."""

    def ask(self, curator, z):
        """Both parts of each column."""
        opened = self.opened(curator)
        ends = np.minimum(opened.low, 0.0), np.maximum(opened.high, 0.0)
        found = part_sums(curator, opened, 2, *ends)
        values = found.low * found.parts[..., 0] + found.high * found.parts[..., 1]
        deviation = np.sqrt(found.variance)
        reach = z * deviation * np.hypot(found.low, found.high)
        rows = np.maximum(found.rows, 0.0) + z * np.sqrt(2.0) * deviation
        reach = reach + rows * found.rounding * (found.high - found.low)
        least = np.where(found.low < 0, -np.inf, 0.0)  # no row takes anything away
        most = np.where(found.high > 0, np.inf, 0.0)
        parts = (np.clip(values + by, least, most) for by in (0.0, -reach, reach))
        return (self.axes_of(opened), *self.shaped(opened, *parts), None)


@dataclass(frozen=True, eq=False)
class Means(TableQuestion):
    """Means, with intervals for this table and for the population."""

    def ask(self, curator, z):
        """Three parts of each column."""
        opened = self.opened(curator)
        found = part_sums(curator, opened, 3, opened.low, opened.high)
        width = found.high - found.low
        parts = [*found.means(z), *found.means(z, sampled=True)[1:]]
        parts = [found.low + width * np.clip(part, 0.0, 1.0) for part in parts]
        *parts, first, last = self.shaped(opened, *parts)
        return (self.axes_of(opened), *parts, (first, last))


@dataclass(frozen=True, eq=False)
class Variances(TableQuestion):
    """Variances, or deviations, of the rows.

    Parameters
    ----------
    root : bool, default=False
        Whether deviations are asked for.
    """

    root: bool = False

    def ask(self, curator, z):
        """Three parts of each column."""
        opened = self.opened(curator)
        found = part_sums(curator, opened, 3, opened.low, opened.high)
        width = found.high - found.low
        parts = [np.sqrt(part) for part in found.variances(z)]
        parts = [(width * part) ** (1 if self.root else 2) for part in parts]
        return (self.axes_of(opened), *self.shaped(opened, *parts), None)
