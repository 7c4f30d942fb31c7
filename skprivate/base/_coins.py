"""Secret coins that send each privacy unit somewhere, whatever the others do."""

import numpy as np

from skprivate.rows._groups import units_of
from skprivate.rows._refusal import sealed

WORD = 2.0**64  # number of values of a coin


def coins(n_rows, groups, entropy, context):
    """One uniform coin for each privacy unit, handed to every row of the unit.

    **Guarantee.** Coins of different units are independent, and no coin depends on the
    value of any row, nor on how many there are. So with the coins of all other units
    held fixed, adding or removing one unit leaves every other row where it was; and a
    mechanism that is private for each outcome of the coins is private as a whole, for
    it is a mixture whose weights do not depend on the rows (Dwork and Roth 2014,
    Proposition 2.1, applied to the pair of coins and answer).

    Parameters
    ----------
    n_rows : int
    groups : array-like of shape (n_rows,) or None
        Rows with equal values are one unit; None: each row is a unit.
    entropy : Entropy
    context : bytes
        Separates streams, if the entropy is seeded.

    Returns
    -------
    ndarray of uint64 of shape (n_rows,)
    """
    if groups is None:
        return entropy.words(n_rows, context)
    units = units_of(groups)
    if units.shape != (n_rows,):
        raise ValueError(
            "groups must have one value for each row. Give a one-dimensional array of "
            "the length of X."
        )
    # In order of appearance, so that a seed gives a unit that comes last a new coin.
    return entropy.words(int(units.max(initial=-1)) + 1, context)[units]


def in_memory(values):
    """An array, of what only becomes one; else the values as they are."""
    bare = hasattr(values, "__array__") and not hasattr(values, "shape")
    return sealed(lambda: np.asarray(values)) if bare else values


def refuse_elsewhere(*parts):
    """Refuse what is not in memory, as its kind tells: coins need to tell rows apart.

    Raises
    ------
    TypeError
    """
    for part in parts:
        dask = hasattr(part, "__dask_graph__")
        listed = getattr(part, "shape", ()) or hasattr(part, "__len__")
        if part is not None and (dask or not listed):
            raise TypeError(
                "Rows must be in memory to be told apart by coins. Give an array, a "
                "data frame, a sparse matrix or a list."
            )


def number_of_rows(table, *others):
    """Number of rows of a table, and of what belongs to it.

    Raises
    ------
    TypeError
        If rows are not in memory.
    ValueError
        If lengths differ; the message does not say by how much.
    """
    parts = [part for part in (table, *others) if part is not None]
    refuse_elsewhere(*parts)
    lengths = {p.shape[0] if getattr(p, "shape", ()) else len(p) for p in parts}
    if len(lengths) > 1:
        raise ValueError(
            "Found input variables with inconsistent numbers of samples. Give X, y, "
            "sample_weight and groups the same number of rows."
        )
    return lengths.pop()
