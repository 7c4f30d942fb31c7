"""Shapes that only rise, or only fall."""

import numpy as np
from sklearn.isotonic import isotonic_regression


def checked_directions(monotonic_cst, names, categorical):
    """Direction of each column: 1 rises, -1 falls, 0 is free.

    Parameters
    ----------
    monotonic_cst : array-like, dict or None
        A number for each column, or by its name.
    names : list of str
    categorical : ndarray of bool
        Which columns are of categories; those have no direction.

    Returns
    -------
    ndarray of int of shape (n_columns,)
    """
    directions = np.zeros(len(names), dtype=np.int64)
    if monotonic_cst is None:
        return directions
    if isinstance(monotonic_cst, dict):
        if unknown := [name for name in monotonic_cst if name not in names]:
            raise ValueError(
                f"monotonic_cst names a column that there is not, {unknown[0]!r}. Use "
                "names of columns."
            )
        for name, direction in monotonic_cst.items():
            directions[names.index(name)] = _checked(direction)
    else:
        given = np.asarray(monotonic_cst)
        if given.shape != directions.shape:
            raise ValueError(
                "monotonic_cst has not one number for each column. Give as many, or a "
                "dict by names."
            )
        directions[:] = [_checked(direction) for direction in given.tolist()]
    if (directions[categorical] != 0).any():
        raise ValueError(
            "monotonic_cst has a direction for a column of categories, which have no "
            "order. Give it a zero."
        )
    return directions


def refuse_several(monotonic_cst, n_classes):
    """Refuse directions of more than two classes."""
    if monotonic_cst is not None and n_classes > 2:
        raise ValueError(
            "monotonic_cst is for two classes, or for a number: with more, no class is "
            "up. Leave it out."
        )


def _checked(direction):
    if direction not in (-1, 0, 1):
        raise ValueError("monotonic_cst must hold -1, 0 and 1 only. Use these.")
    return int(direction)


def monotone(values, masses, sizes, directions):
    """The nearest shapes with these directions; missing values are on their own.

    Parameters
    ----------
    values, masses : ndarray of shape (size,)
    sizes : ndarray of int
        Number of codes of each column; the last is that of missing values.
    directions : ndarray of int

    Returns
    -------
    ndarray of shape (size,)
    """
    values, start = values.copy(), 0
    for size, direction in zip(sizes, directions, strict=True):
        part = slice(start, start + size - 1)
        if direction and size > 2:
            values[part] = isotonic_regression(
                values[part], sample_weight=masses[part], increasing=direction > 0
            )
        start += size
    return values
