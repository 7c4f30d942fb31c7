"""Second derivatives of a loss in the values of cells, from few numbers.

Two columns are together in cells as if they were independent, but for the correlation
of a few scores of their codes, which are released. So a table of each pair of columns,
of which all cells would be noise, is not needed.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtri

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_REST = 0.8  # of the variance of margins is left where a code is known
_TINY = 1e-9
_FARTHEST_SCORE = 4.0
_WEAKEST = 0.02  # no direction is surer than that


def scores_of(sizes, numbers, masses, effects):
    """Two scores of the codes of each column: its rank, and its own effect.

    Parameters
    ----------
    sizes : ndarray of int
        Number of codes of each column.
    numbers : ndarray of bool
        Which columns are of numbers.
    masses, effects : ndarray of shape (size,)
        Rows in each cell, and how a column by itself changes the margin.

    Returns
    -------
    ndarray of shape (size, 2)
        Of mean zero and variance one, and uncorrelated; zero where a column has no
        such score.
    """
    scores = np.zeros((len(masses), 2))
    ends = np.cumsum(sizes)
    for end, size, of_number in zip(ends, sizes, numbers, strict=True):
        part = slice(end - size, end)
        share = masses[part] / masses[part].sum()
        wanted = [effects[part]]
        if of_number:
            ranks = np.append(share[:-1], 0.0)
            ranks = (np.cumsum(ranks) - ranks / 2) / max(ranks.sum(), _TINY)
            ranks = ndtri(np.clip(ranks, 1e-3, 1 - 1e-3))
            ranks[-1] = 0.0  # missing
            wanted.insert(0, ranks)
        for k, score in enumerate(wanted):
            scores[part, k] = _standard(score, share, scores[part, :k])
    return scores


def _standard(score, share, others):
    """A score without what others tell, of variance one; zeros where nothing is left."""
    score = score - share @ score
    for other in others.T:
        score = score - (share @ (score * other)) * other
    length = np.sqrt(share @ score**2)
    if length < 1e-6:
        return np.zeros_like(score)
    return np.clip(score / length, -_FARTHEST_SCORE, _FARTHEST_SCORE)


def cleaned(correlations, noise, columns):
    """Correlations of scores without noise, positive definite, one on the diagonal.

    Parameters
    ----------
    correlations : ndarray of shape (q, q)
        Released.
    noise : float
        Deviation of the noise of an entry off the diagonal.
    columns : ndarray of shape (q,)
        Column of each score; scores of one column are not correlated.
    """
    q = len(correlations)
    same = columns[:, None] == columns
    values, vectors = np.linalg.eigh(np.where(same, 0.0, correlations))
    edge = 2 * np.sqrt(q) * noise  # of the spectrum of noise alone
    root = np.sqrt(np.maximum(values**2 - edge**2, 0.0))
    kept = np.where(abs(values) > edge, np.sign(values) * (abs(values) + root) / 2, 0.0)
    matrix = np.where(same, np.eye(q), (vectors * kept) @ vectors.T)
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, _WEAKEST)) @ vectors.T


@dataclass(frozen=True, eq=False)
class Joint:
    """How many rows are in two cells at once, of all columns.

    Parameters
    ----------
    sizes : ndarray of int
    masses : ndarray of shape (size,)
        Positive; of each column they add up to `n_rows`.
    scores : ndarray of shape (size, k)
    used : ndarray of int of shape (q,)
        Which of the ``n_columns * k`` scores there are, column by column.
    correlations : ndarray of shape (q, q)
    """

    sizes: np.ndarray
    masses: np.ndarray
    scores: np.ndarray
    used: np.ndarray
    correlations: np.ndarray

    @property
    def n_rows(self):
        """Number of rows."""
        return float(self.masses[: self.sizes[0]].sum())

    def moments(self):
        """Rows in cell a and cell b; the last column is of all rows."""
        masses, k = self.masses, self.scores.shape[1]
        spread = np.zeros((len(masses), len(self.sizes) * k))
        ends = np.cumsum(self.sizes)
        for j, (end, size) in enumerate(zip(ends, self.sizes, strict=True)):
            part = slice(end - size, end)
            spread[part, j * k : (j + 1) * k] = masses[part, None] * self.scores[part]
        spread = spread[:, self.used]
        together = np.outer(masses, masses) + spread @ self.correlations @ spread.T
        together /= self.n_rows
        for end, size in zip(ends, self.sizes, strict=True):
            part = slice(end - size, end)
            together[part, part] = np.diag(masses[part])
        return np.column_stack([together, masses])


def normal_curvature(loss, moments, masses, values, n_rows):
    """Mean curvature of the loss in each cell, if margins there are normal.

    Parameters
    ----------
    loss : Logistic or Squared
    moments : ndarray of shape (size, size + 1)
        Of :meth:`Joint.moments`.
    masses : ndarray of shape (size,)
    values : ndarray of shape (size + 1,)
        Of all cells, and the intercept.
    n_rows : float
    """
    if loss.kernel != "LOGISTIC":
        return np.ones_like(masses)
    together = moments @ values
    mean = (masses @ values[:-1]) / n_rows + values[-1]
    of_cell = together / np.maximum(masses, _TINY)
    variance = values[:-1] @ (together - masses * mean) / n_rows
    deviation = np.sqrt(max(variance * _REST, _TINY))
    p = expit(of_cell[:, None] + deviation * _NODES)
    return (p * (1 - p)) @ _WEIGHTS
