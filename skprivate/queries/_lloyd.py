"""Lloyd's steps from counts near public points: centers, for whoever needs some."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skprivate.base import Box, Curator
from skprivate.queries._center_queries import CenterCounts, CenterShifts
from skprivate.queries._merging import merged, public_points
from skprivate.queries._spread import Spread

_COUNTS_SHARE = 0.1
# Public starting points for each cluster, and centers for each until they are merged:
# more where there are few clusters, so that few steps find the best of them.
_CANDIDATES, _MOST_CANDIDATES = 16, 64
_SURPLUS, _MOST_SURPLUS = 4, 8
_ENOUGH_CANDIDATES, _ENOUGH_CENTERS = 256, 32
_TOO_MANY = 4096  # of these; only so many clusters get more: to merge takes squares
_RADIUS = 0.7  # how far a row may pull its center, in standard deviations of all rows
_TOLERATED = 0.01  # noise of a center, in the same unit, up to which rows are unclipped
_ROW_COUNT = 0.4  # what a row adds to a count, relative to that radius


@dataclass(frozen=True, eq=False)
class Lloyd:
    """A few noisy steps of Lloyd's algorithm, in the units of a box.

    Parameters
    ----------
    curator : Curator
    box : Box
        With ``center_bits`` bits; distances are in its units.
    rows : Spread
        What an earlier release told about the rows.
    n_clusters : int
        How many centers there are in the end; two thirds of the steps have more.
    n_steps : int
    """

    curator: Curator
    box: Box
    rows: Spread
    n_clusters: int
    n_steps: int

    @property
    def unit(self):
        """Length of one in the box; one where that is zero."""
        return np.where(self.box.half > 0, self.box.half, 1.0)

    @cached_property
    def width(self):
        """Standard deviation of all rows, as vectors, in units of the box."""
        return max(float(np.linalg.norm(self.rows.scale / self.unit)), 2.0**-10)

    @property
    def _n_surplus_steps(self):
        """Number of steps with more centers than clusters."""
        return 2 * self.n_steps // 3

    def on_grid(self, points):
        """Points moved to the nearest step of the box."""
        one = self.box.one
        return np.clip(np.rint(points * one), -one, one) / one

    def start(self, *, share=_COUNTS_SHARE):
        """Centers from counts of rows near public points, for a share of the budget."""
        box, k = self.box, self.n_clusters
        n_points = min(max(_CANDIDATES * k, _ENOUGH_CANDIDATES), _MOST_CANDIDATES * k)
        n_points = min(n_points, max(k, _TOO_MANY))
        points = public_points(n_points, box.n_features)
        points = self.rows.center + self.rows.scale * points
        points = (np.clip(points, box.low, box.high) - box.center) / self.unit
        query = CenterCounts(box, self.on_grid(points))
        counts = self.curator.release(query, share=share)
        weights = np.where(counts > self.curator.noise_of(query), counts, 0.0)
        if self._n_surplus_steps:
            k = min(max(_SURPLUS * k, _ENOUGH_CENTERS), _MOST_SURPLUS * k, n_points)
        return merged(query.centers, weights, k)

    def steps(self, centers, *, share, tol=0.0):
        """Centers after the steps, and how many there were, for a share of the budget.

        They end early when no center moves farther than ``tol`` widths: a function of
        what was released.
        """
        curator, each = self.curator, share / self.n_steps
        for step in range(self.n_steps):
            query = self._next_query(centers, each)
            answer = curator.release(query, share=min(each, curator.remaining))
            moved, weights = _moved(query, answer, curator.noise_of(query), self.width)
            is_last = step + 1 >= self._n_surplus_steps
            if is_last and len(moved) > self.n_clusters:
                centers = merged(moved, weights, self.n_clusters)
                continue
            farthest = np.linalg.norm(moved - query.centers, axis=1).max()
            centers = moved
            if is_last and farthest < tol * self.width:
                return centers, step + 1
        return centers, self.n_steps

    def _next_query(self, centers, share):
        """The next step: rows are clipped the shorter the more noise there will be."""
        box = self.box
        unit = CenterShifts(box, centers, 1.0, _ROW_COUNT)
        noise = self.curator.noise_of(unit, share=share)
        noise *= self.n_clusters * np.sqrt(box.n_features) / self.rows.count
        shorter = max(_RADIUS, _TOLERATED / noise if noise > 0 else np.inf)
        # No row of the box is farther from a center than its diagonal.
        farthest = 2 * float(np.linalg.norm(box.reach)) + 1
        radius = min(self.width * shorter, farthest)
        count = max(1.0, np.floor(_ROW_COUNT * radius * box.one)) / box.one
        return CenterShifts(box, self.on_grid(centers), radius, float(count))


def _moved(query, answer, noise, width):
    """Where the centers go, and how many rows each has.

    A center moves by the mean difference of its rows, less where noise makes up most of
    that; it stays where it is if its rows cannot be told from noise. Its weight is then
    zero.
    """
    counts, noise_of_counts = answer[:, -1] / query.row_count, noise / query.row_count
    weights = np.where(counts > 2 * noise_of_counts, counts, 0.0)
    divisors = np.where(weights > 0, weights, 1.0)[:, None]
    error = (noise / divisors) ** 2 * query.box.n_features
    shifts = answer[:, :-1] / divisors / (1 + error / width**2)
    centers = query.centers + np.where(weights[:, None] > 0, shifts, 0.0)
    return np.clip(centers, -1.0, 1.0), weights


def standard_box(low, high, rows):
    """Box about the mean in which all features have one deviation, and its inverse."""
    from skprivate.kernels import center_bits

    unit = np.where(rows.scale > 0, rows.scale, 1.0)
    far = np.maximum(high - rows.center, rows.center - low) / unit
    longest = max(float(np.max(far)), 1.0)
    half = rows.scale * longest
    return Box(low, high, rows.center, half, center_bits(len(low))), longest
