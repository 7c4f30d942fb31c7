"""The best split of each leaf of a tree that grows, by noisy sums of its codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Split:
    """A split, and how much it gains.

    Parameters
    ----------
    gain : float
    column : int
    rule : int or frozenset
        Last code that goes left, or all codes that do.
    missing_left : bool

    Examples
    --------
    >>> from skprivate.trees import Split, Tree
    >>> split = Split(gain=1.0, column=0, rule=2, missing_left=False)
    >>> Tree.of_nodes([5], [split.node(1, 2), None, None]).n_leaves
    2
    """

    gain: float
    column: int
    rule: object
    missing_left: bool

    def node(self, left: Any, right: Any) -> tuple[Any, Any, Any, Any, Any]:
        """As :meth:`Tree.of_nodes` takes it."""
        return self.column, self.rule, left, right, self.missing_left


def best_splits(
    tables: Sequence[np.ndarray],
    columns: Sequence[int],
    categorical: np.ndarray,
    *,
    ridge: float,
    noise: tuple[float, ...],
    least: float,
    signs: np.ndarray | None = None,
) -> list[Split | None]:
    """For each leaf the split that gains most, by sums for each code of each column.

    A side of sums ``G`` and weight ``W`` is worth ``sum(G**2 / (W + ridge))``, of which
    what noise alone makes of it is taken off; a split gains what its sides are worth
    beyond the whole. Codes of categories are sorted by ``G / W`` and cut once (Fisher
    1958). Missing values are tried on both sides; where they are no more than noise may
    be, they go where most rows are.

    Parameters
    ----------
    tables : list of ndarray of shape (n_leaves, n_codes, 2, n_outputs)
        For each column, ``G`` and ``W``.
    columns : sequence of int
    categorical : ndarray of bool
        Of all columns.
    ridge : float
    noise : tuple of float
        Deviation of each ``G``, and of each ``W``.
    least : float
        Sides of less weight, or of no more than the noise of it, are not split off.
    signs : ndarray of shape (n_features,), default=None
        Which way predictions, ``-G / W``, must go: 1, -1, or 0 for either.

    Returns
    -------
    list of Split or None
        None where nothing is gained.
    """
    found = [None] * len(tables[0])
    for column, table in zip(columns, tables, strict=True):
        sign = 0 if signs is None else int(signs[column])
        order, sums = _ordered(table, bool(categorical[column]))
        n_codes = np.arange(1, sums.shape[1] + 1)
        unseen = table[:, -1:, 1].mean(axis=-1) <= 2.0 * noise[1]
        weights = sums[:, :, 1].mean(axis=-1)
        heavier_left = 2.0 * weights >= weights[:, -1:]
        for missing_left in (True, False):
            left = sums + (table[:, -1:] if missing_left else 0.0)
            whole = sums[:, -1:] + table[:, -1:]
            gains = _gains(left, whole, n_codes, ridge, noise, least, sign)
            gains[unseen & (heavier_left != missing_left)] = -np.inf
            cuts = gains.argmax(axis=1)
            for leaf, cut in enumerate(cuts.tolist()):
                gain = float(gains[leaf, cut])
                if gain > (0.0 if found[leaf] is None else found[leaf].gain):
                    rule = cut
                    if categorical[column]:
                        rule = frozenset(order[leaf, : cut + 1].tolist())
                    found[leaf] = Split(gain, int(column), rule, missing_left)
    return found


def _ordered(table, categorical):
    """Order of codes in each leaf, and cumulative sums in it, but for missing ones."""
    inner = table[:, :-1]
    order = np.broadcast_to(np.arange(inner.shape[1]), inner.shape[:2])
    if categorical and inner.shape[1]:
        loudest = np.abs(inner[:, :, 0]).sum(axis=(0, 1)).argmax()
        of_one = inner[..., loudest]
        typical = np.abs(of_one[:, :, 1]).mean() + 1e-12
        ratio = of_one[:, :, 0] / (np.maximum(of_one[:, :, 1], 0.0) + typical)
        order = ratio.argsort(axis=1, kind="stable")
        inner = np.take_along_axis(inner, order[..., None, None], axis=1)
    return order, inner.cumsum(axis=1)


def _gains(left, whole, n_codes, ridge, noise, least, sign):
    """What it gains to cut after each code; minus infinity where that may not be."""
    right = whole - left
    n_right = n_codes[-1] - n_codes + 1.0
    gains = _worth(left, n_codes, ridge, noise) + _worth(right, n_right, ridge, noise)
    gains = gains - _worth(whole, n_codes[-1:] + 1.0, ridge, noise)
    enough = np.ones(gains.shape, dtype=bool)
    for side, n in ((left, n_codes), (right, n_right)):
        floor = np.maximum(least, 2.0 * noise[1] * np.sqrt(n))
        enough &= side[:, :, 1].mean(axis=-1) >= floor
        enough &= side[:, :, 1].mean(axis=-1) > 0
    if sign:
        slopes = [
            -s[:, :, 0, 0] / np.maximum(s[:, :, 1, 0] + ridge, 1e-12)
            for s in (left, right)
        ]
        enough &= sign * (slopes[1] - slopes[0]) >= 0
    return np.where(enough, gains, -np.inf)


def _worth(side, n_codes, ridge, noise):
    """``G**2 / (W + ridge)``, without what noise makes of it."""
    weight = np.maximum(side[:, :, 1], 0.0) + ridge + 1e-12
    squares = side[:, :, 0] ** 2 - (noise[0] ** 2 * n_codes)[None, :, None]
    return (squares / weight).sum(axis=-1)
