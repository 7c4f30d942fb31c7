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
_DEGREES = 4
_WEAKEST = 0.02  # no direction is surer than that


def scores_of(sizes, numbers, masses, effects):
    """A score of the codes of each column: its normal rank, or its own effect.

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
    ndarray of shape (size,)
        Of mean zero and variance one; zero where a column has no such score.
    """
    scores = []
    for part, of_number in zip(_parts(sizes), numbers, strict=True):
        share = masses[part] / masses[part].sum()
        score = _normal_ranks(share) if of_number else effects[part]
        scores.append(_standard(score, share, []))
    return np.concatenate(scores)


def _parts(sizes):
    """Slices of the columns."""
    return [slice(e - n, e) for e, n in zip(np.cumsum(sizes), sizes, strict=True)]


def _normal_ranks(share):
    """Quantiles of a normal number at the middle of each bin; zero for missing."""
    ranks = np.append(share[:-1], 0.0)
    ranks = (np.cumsum(ranks) - ranks / 2) / max(ranks.sum(), _TINY)
    ranks = ndtri(np.clip(ranks, 1e-3, 1 - 1e-3))
    ranks[-1] = 0.0
    return ranks


def _standard(score, share, others):
    """A score without what others tell, of variance one; zeros where none is left."""
    score = score - share @ score
    for other in others:
        score = score - (share @ (score * other)) * other
    length = np.sqrt(share @ score**2)
    if length < 1e-6:
        return np.zeros_like(score)
    return score / length


def cleaned(correlations, noise):
    """Correlations without noise, positive definite, one on the diagonal.

    Parameters
    ----------
    correlations : ndarray of shape (q, q)
        Released.
    noise : float
        Deviation of the noise of an entry off the diagonal.
    """
    q, diagonal = len(correlations), np.eye(len(correlations), dtype=bool)
    values, vectors = np.linalg.eigh(np.where(diagonal, 0.0, correlations))
    edge = 2 * np.sqrt(q) * noise  # of the spectrum of noise alone
    root = np.sqrt(np.maximum(values**2 - edge**2, 0.0))
    kept = np.where(abs(values) > edge, np.sign(values) * (abs(values) + root) / 2, 0.0)
    matrix = np.where(diagonal, 1.0, (vectors * kept) @ vectors.T)
    values, vectors = np.linalg.eigh(matrix)
    matrix = (vectors * np.maximum(values, _WEAKEST)) @ vectors.T
    scale = 1 / np.sqrt(np.diag(matrix))
    return matrix * np.outer(scale, scale)


@dataclass(frozen=True, eq=False)
class Joint:
    """How many rows are in two cells at once, of all columns.

    Parameters
    ----------
    sizes : ndarray of int
    masses : ndarray of shape (size,)
        Positive; of each column they add up to `n_rows`.
    scores : ndarray of shape (size,)
    correlations : ndarray of shape (n_columns, n_columns)
        Of the scores.
    numbers : ndarray of bool
        Which columns are of numbers.
    """

    sizes: np.ndarray
    masses: np.ndarray
    scores: np.ndarray
    correlations: np.ndarray
    numbers: np.ndarray

    @property
    def n_rows(self):
        """Number of rows."""
        return float(self.masses[: self.sizes[0]].sum())

    def slopes(self):
        """The score of each number as a column of its own, of cells and intercept."""
        columns = np.zeros((len(self.masses) + 1, len(self.sizes)))
        for j, part in enumerate(_parts(self.sizes)):
            columns[part, j] = self.scores[part]
        return np.ascontiguousarray(columns[:, self.numbers])

    def moments(self):
        """Rows in cell a and cell b; the last column is of all rows.

        Numbers whose ranks have a correlation of r are taken as monotone maps of
        normal ones: then Hermite polynomials of degree k have a correlation of r to
        the power of k (Mehler 1866), and those of different degrees have none.
        """
        masses, parts = self.masses, _parts(self.sizes)
        together = np.outer(masses, masses)
        known = [[] for _ in parts]
        for degree in range(1, _DEGREES + 1):
            spread = np.zeros((len(masses), len(parts)))
            for j, part in enumerate(parts):
                if degree > 1 and not self.numbers[j]:
                    continue
                share = masses[part] / masses[part].sum()
                score = self.scores[part]
                known[j].append(_standard(score**degree, share, known[j]))
                spread[part, j] = masses[part] * known[j][-1]
            together += spread @ self.correlations**degree @ spread.T
        together /= self.n_rows
        for part in parts:
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
