"""Batches that have no privacy unit in common."""

from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike

from skprivate.base._keys import bucket_of
from skprivate.rows import refused
from skprivate.rows._target import one_column


def key_batches(keys: ArrayLike, n_batches: int, *, salt: int = 0) -> list[np.ndarray]:
    """Send the rows of each privacy unit to one batch, by a public hash of its key.

    Batches that are cut by position move with every row that comes before: one person
    more, and hundreds of others are in another batch, so that their price is that of
    all batches. Here a unit stays where it is, whatever the others do; no batch has a
    unit in common with another, and fits on different batches cost as much as the
    dearest (see :meth:`DPLogisticRegression.partial_fit`). Sizes of batches are equal
    in expectation only.

    **Guarantee.** The batch of a row is a function of its key, the number of batches
    and the salt, all of which may be known.

    Parameters
    ----------
    keys : array-like of shape (n_samples,)
        What identifies the unit of each row, such as the number of a customer: numbers
        or texts. If there is one row of each unit, the number that it has in a register
        will do; its place in the table will not.
    n_batches : int
        Number of batches.
    salt : int, default=0
        Another number sends units elsewhere. It is no secret.

    Returns
    -------
    list of ndarray of int
        Indices of the rows of each batch.

    Examples
    --------
    >>> from skprivate.model_selection import key_batches
    >>> persons = ["ann", "bob", "cleo", "ann", "dan"]
    >>> [rows.tolist() for rows in key_batches(persons, 2)]
    [[0, 3], [1, 2, 4]]
    """
    if isinstance(n_batches, bool) or not isinstance(n_batches, Integral):
        raise TypeError("n_batches must be a whole number. Give 10, for example.")
    if n_batches < 1:
        raise ValueError("n_batches must be at least 1. Give 10, for example.")
    if not isinstance(salt, Integral) or not 0 <= salt < 2**32:
        raise ValueError("salt must be from 0 to 2**32 - 1. Give a whole number.")
    # One by one: as an array, a list of numbers would become text beside one text.
    keys = one_column(keys, "keys").tolist()
    if not all(map(_is_key, keys)):
        raise refused(
            TypeError,
            "keys must be numbers or texts, none of them missing. Give each row the "
            "key of its unit.",
        )
    found = {key: bucket_of(key, int(n_batches), int(salt)) for key in set(keys)}
    batch = np.array([found[key] for key in keys], dtype=np.int64)
    return [np.flatnonzero(batch == number) for number in range(n_batches)]


def _is_key(key):
    return isinstance(key, str) or (isinstance(key, Real) and abs(key) < np.inf)
