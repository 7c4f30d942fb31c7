"""Probabilities from margins of a forest, by noisy counts between some margins."""

import numpy as np
from scipy.special import expit

from skprivate.queries import CellTotals, MarginCells, OfView, TargetParts

_ODDS = np.linspace(-4.0, 4.0, 17)  # logarithms of odds between cells
_STEPS = 30
_STEEPEST = 20.0


def slope_and_intercept(curator, view, n_codes, *, share):
    """Of the log odds as a line in the margin, where there are two classes.

    The mean of shrunk shares is less extreme than it ought to be. A row adds one to a
    single count, so this costs little.

    Parameters
    ----------
    curator : Curator
    view : Derived
        Whose margin is the share of the second class, by the forest.
    n_codes : ndarray of int
    share : float
        Fraction of the budget.

    Returns
    -------
    slope, intercept : float
    """
    query = CellTotals(MarginCells(expit(_ODDS), n_codes), TargetParts(2))
    counts = curator.release(OfView(query, view), share=share).reshape(-1, 2)
    width = _ODDS[1] - _ODDS[0]
    places = np.append(_ODDS[0] - width / 2, _ODDS + width / 2)
    return fitted_line(places, counts, 1.0 + curator.noise_of(query))


def fitted_line(places, counts, doubt):
    """Slope and intercept of most likely log odds, near one and zero if in doubt.

    Newton's method, with a normal prior of so many rows. Cells of rows that noise hides
    say nothing; of others noise stays as it is, of mean zero, since cut at zero it
    would make all odds more even.

    Parameters
    ----------
    places : ndarray of shape (n_cells,)
    counts : ndarray of shape (n_cells, 2)
        Rows of each class, with noise.
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
