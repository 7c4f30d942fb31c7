"""Probabilities from margins of a forest, by noisy counts between some margins."""

import numpy as np

from skprivate.queries import CellTotals, MarginCells, OfView, TargetParts

_EDGES = np.linspace(-4.0, 4.0, 33)
_STEPS = 30
_STEEPEST = 20.0


def slope_and_intercept(curator, view, n_codes, *, share):
    """Of the log odds as a line in the margin, where there are two classes.

    The mean of shrunk log odds is less extreme than it ought to be. A row adds one to a
    single count, so this costs little.

    Parameters
    ----------
    curator : Curator
    view : Derived
        Whose first margin is that of the forest.
    n_codes : ndarray of int
    share : float
        Fraction of the budget.

    Returns
    -------
    slope, intercept : float
    """
    query = CellTotals(MarginCells(_EDGES, n_codes), TargetParts(2))
    counts = curator.release(OfView(query, view), share=share).reshape(-1, 2)
    width = _EDGES[1] - _EDGES[0]
    places = np.append(_EDGES[0] - width / 2, _EDGES + width / 2)
    return fitted_line(places, np.maximum(counts, 0.0), 1.0 + curator.noise_of(query))


def fitted_line(places, counts, doubt):
    """Slope and intercept of most likely log odds, near one and zero if in doubt.

    Newton's method, with a normal prior of so many rows. Noise that was cut at zero is
    taken off first: cells with less than twice the noise say nothing.

    Parameters
    ----------
    places : ndarray of shape (n_cells,)
    counts : ndarray of shape (n_cells, 2)
        Rows of each class, not negative.
    doubt : float
        Noise of a count, and rows of the prior.

    Returns
    -------
    slope, intercept : float
    """
    seen = counts.sum(axis=1) > 2.0 * doubt
    places, counts = places[seen], counts[seen]
    line = np.array([1.0, 0.0])
    design = np.column_stack([places, np.ones_like(places)])
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ line, -30.0, 30.0)))
        rows = counts.sum(axis=1)
        gradient = design.T @ (rows * p - counts[:, 1]) + doubt * (line - [1.0, 0.0])
        curvature = (design.T * (rows * p * (1.0 - p))) @ design + doubt * np.eye(2)
        line = line - np.linalg.solve(curvature, gradient)
        line = np.clip(line, [0.05, -_STEEPEST], _STEEPEST)
    return float(line[0]), float(line[1])
