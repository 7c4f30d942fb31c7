"""Means of the target by category, drawn towards the mean of all, from noisy tables."""

from dataclasses import dataclass

import numpy as np

_CLEAR = 3.0  # standard deviations of the noise


@dataclass(frozen=True, eq=False)
class Shrinkage:
    """How means of categories are computed from noisy counts of parts.

    Everything here is computed from what was released.

    Parameters
    ----------
    share : ndarray of shape (n_parts,)
        What a row of each part adds to the sum whose mean is wanted, in [0, 1].
    square : ndarray of shape (n_parts,) or None
        The same for the sum of squares; None: it is that of ``share``, as for classes.
    smooth : float or "auto"
        Weight of the mean of all, in rows; or by empirical Bayes.
    deviation : float
        Standard deviation of the noise of a cell.
    """

    share: np.ndarray
    square: np.ndarray | None
    smooth: object
    deviation: float

    def mean_of(self, tables):
        """Mean over all categories; every column tells it, and all are pooled."""
        parts = sum(table.sum(axis=0) for table in tables)
        return float(np.clip(parts @ self.share / max(1.0, parts.sum()), 0.0, 1.0))

    def means(self, tables):
        """Means of the categories of each column, in [0, 1], and the mean of all.

        Parameters
        ----------
        tables : list of ndarray of shape (n_categories, n_parts)

        Returns
        -------
        list of ndarray of shape (n_categories,)
        float
        """
        mean = self.mean_of(tables)
        spread = self._spread(tables, mean)
        draw = self._by_bayes if self.smooth == "auto" else self._by_weight
        drawn = (draw(table, mean, spread) for table in tables)
        return [np.clip(mean + of_one, 0.0, 1.0) for of_one in drawn], mean

    def _by_weight(self, table, mean, _spread):
        """Distance from the mean, with a fixed number of rows of the mean added."""
        excess = table @ (self.share - mean)
        # A count of at least one: exact counts are, or there is no excess.
        return excess / (np.maximum(table.sum(axis=1), 1.0) + self.smooth)

    def _by_bayes(self, table, mean, spread):
        """Distance from the mean, drawn in by sampling error and by noise.

        A category of ``n`` rows with variance ``v`` is drawn in by the factor
        ``1 / (1 + v / (spread n) + noise / (between n**2))``. The first two terms are
        scikit-learn's (Micci-Barreca 2001, section 3.3), who takes the variance of the
        target for the prior; in the last, which is zero without noise, stands how much
        the means of categories differ, found by the method of moments.
        """
        excess = table @ (self.share - mean)
        rows = np.maximum(table.sum(axis=1), 0.0)
        within = self._within(table, rows, spread)
        noise = self.deviation**2 * np.sum((self.share - mean) ** 2)
        between = np.sum(excess**2 - rows * within - noise)
        between = min(between / max(1.0, np.sum(rows**2)), spread)
        if spread <= 0 or (noise > 0 and between <= 0):
            return np.zeros(len(table))  # nothing stands out of the noise
        inverse = rows**2 + rows * within / spread
        if noise > 0:
            inverse = inverse + noise / between
        return np.divide(
            excess * rows, inverse, out=np.zeros(len(table)), where=inverse > 0
        )

    def _within(self, table, rows, spread):
        """Variance within each category; that of all where noise hides it."""
        unclear = _CLEAR * self.deviation * np.sqrt(table.shape[1])
        known = np.maximum(rows, 1.0)
        mean = np.clip(table @ self.share / known, 0.0, 1.0)
        own = table @ self._squares / known - mean**2
        return np.where(rows > unclear, np.clip(own, 0.0, 0.25), spread)

    def _spread(self, tables, mean):
        """Variance of the target over all rows."""
        parts = sum(table.sum(axis=0) for table in tables)
        square = float(parts @ self._squares) / max(1.0, parts.sum())
        return float(np.clip(square - mean**2, 0.0, 0.25))

    @property
    def _squares(self):
        return self.share if self.square is None else self.square
