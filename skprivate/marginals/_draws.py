"""Rows drawn from a model of marginals, as evenly as their number allows."""

import numpy as np

from skprivate._typing import Generator
from skprivate.kernels import drawn_from_urns
from skprivate.marginals._model import GraphicalModel, projected


def drawn_codes(model: GraphicalModel, n: int, rng: Generator) -> list[np.ndarray]:
    """Codes of n rows, one column for each variable.

    Variables are drawn clique by clique, given what is drawn already. Among rows that
    are alike so far, values are drawn by systematic sampling: each row has the odds
    that the model says, and the numbers of rows are off by less than one.

    Parameters
    ----------
    model : GraphicalModel
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    list of ndarray of int of shape (n,)
        For each variable.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.marginals import GraphicalModel, JunctionTree, drawn_codes
    >>> tree = JunctionTree.around((2,), [])
    >>> model = GraphicalModel.of_factors(tree, [np.log([0.25, 0.75])])
    >>> (codes,) = drawn_codes(model, 1000, np.random.default_rng(0))
    >>> np.bincount(codes).tolist()
    [250, 750]
    """
    tree, codes = model.tree, [None] * len(model.tree.sizes)
    for i, clique in enumerate(tree.cliques):
        known = [j for j in clique if codes[j] is not None]
        for j in clique:
            if codes[j] is not None:
                continue
            variables = sorted([*known, j])
            table = projected(model.beliefs[i], clique, variables)
            table = np.moveaxis(table, variables.index(j), -1)
            rows = place_of([codes[k] for k in sorted(known)], table.shape[:-1], n)
            odds = table.reshape(-1, table.shape[-1])
            codes[j] = drawn_given(odds, rows, rng)
            known.append(j)
    return codes


def place_of(codes, shape, n):
    """Rows of codes as numbers of cells of a table."""
    if not codes:
        return np.zeros(n, dtype=np.int32)
    place = codes[0].astype(np.int32)
    for code, size in zip(codes[1:], shape[1:], strict=True):
        place = place * size + code
    return place


def drawn_given(odds: np.ndarray, rows: np.ndarray, rng: Generator) -> np.ndarray:
    """For each row a value, by the odds in the line of a table that the row names.

    Parameters
    ----------
    odds : ndarray of shape (n_lines, n_values)
        At least zero; a line of zeros is taken as even.
    rows : ndarray of int of shape (n,)
        Numbers of lines.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of uint16 of shape (n,)
    """
    n_lines, n_values = odds.shape
    heights = np.cumsum(odds, axis=1)
    empty = ~(heights[:, -1] > 0)
    heights[empty] = np.arange(1.0, n_values + 1)
    heights /= heights[:, -1:]
    counts = np.bincount(rows, minlength=n_lines)
    starts = rng.random(n_lines)
    # Of m rows of a line, the k-th is at (k + start) / m; how many of these are below
    # each height says how many rows have each value.
    below = np.ceil(heights * counts[:, None] - starts[:, None])
    below = np.clip(below, 0, counts[:, None]).astype(np.int64)
    below[:, -1] = counts
    numbers = np.diff(below, axis=1, prepend=0)
    return drawn_from_urns(rows, numbers, rng.random(len(rows)))
