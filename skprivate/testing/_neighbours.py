"""Data sets that differ from another one by a row or two."""

from dataclasses import dataclass

import numpy as np

from skprivate.testing._examples import HIGH, LOW, Example


@dataclass(frozen=True, eq=False)
class Neighbour:
    """Rows, and how many privacy units they differ by from the rows before."""

    name: str
    rows: Example
    units: float


def neighbours_of(rows, seed=0):
    """Neighbours of an :class:`Example`, among them those that have broken libraries.

    Rows are removed, added, duplicated, replaced by corners, zeros, extremes, values
    far out of range, and values that are not finite; labels are changed, and unknown
    ones added; rows are put in another order.

    Parameters
    ----------
    rows : Example
        At least four rows.
    seed : int, default=0
        Of the order and of the random rows.

    Returns
    -------
    list of Neighbour
    """
    rng = np.random.default_rng(seed)
    return [
        *_removed(rows),
        *_added(rows, rng),
        *_replaced(rows),
        *_relabelled(rows),
        *_rearranged(rows, rng),
    ]


def _removed(rows):
    """One row less."""
    everyone = np.arange(len(rows))
    longest = int(np.argmax(np.linalg.norm(rows.X, axis=1)))
    largest = int(np.argmax(rows.X[:, 0]))
    chosen = {"first": 0, "last": len(rows) - 1, "longest": longest, "max": largest}
    if rows.y is not None:
        labels, counts = np.unique(rows.y, return_counts=True)
        rarest = labels[np.argmin(counts)]
        chosen["of the rarest label"] = int(np.flatnonzero(rows.y == rarest)[0])
    for name, index in chosen.items():
        yield Neighbour(f"remove {name}", rows.rows(everyone != index), 1)


def _added(rows, rng):
    """One row more."""
    unit = np.zeros(rows.width)
    unit[0] = HIGH
    values = {
        "low corner": LOW,
        "high corner": HIGH,
        "zeros": 0.0,
        "an axis": unit,
        "far above": 1e6,
        "far below": -1e6,
        "huge": 1e308,
        "subnormal": 5e-324,
        "random": rng.uniform(LOW, HIGH, rows.width),
        "a duplicate": rows.X[0],
        "NaN": np.nan,
        "infinity": -np.inf,
    }
    for name, x in values.items():
        yield Neighbour(f"add {name}", rows.with_row(x, _opposite(rows, 0)), 1)
    if rows.weight is not None:
        special = {"weightless": 0.0, "overweight": 1e9, "weight NaN": np.nan}
        for name, weight in special.items():
            yield Neighbour(f"add {name}", rows.with_row(HIGH, None, weight), 1)


def _replaced(rows):
    """One row removed, another added."""
    rest = rows.rows(np.arange(1, len(rows)))
    values = {
        "low corner": LOW,
        "high corner": HIGH,
        "its opposite": -rows.X[0],
        "zeros": 0.0,
        "far above": 1e6,
    }
    for name, x in values.items():
        other = rest.with_row(x, _opposite(rows, 0))
        yield Neighbour(f"replace by {name}", other, 2)


def _relabelled(rows):
    """One label changed."""
    if rows.y is None:
        return
    for name, label in {"its opposite": _opposite(rows, 0), "7": 7, "-1": -1}.items():
        y = rows.y.copy()
        y[0] = label
        yield Neighbour(f"label becomes {name}", rows.with_target(y), 2)
    if rows.y.dtype.kind == "f":
        for name, value in {"1e6": 1e6, "-1e308": -1e308, "nan": np.nan}.items():
            yield Neighbour(f"add target {name}", rows.with_row(HIGH, value), 1)


def _rearranged(rows, rng):
    """The same rows in another order: nothing may change at all."""
    yield Neighbour("another order", rows.rows(rng.permutation(len(rows))), 0)
    yield Neighbour("backwards", rows.rows(np.arange(len(rows))[::-1]), 0)


def _opposite(rows, index):
    """A label unlike that of a row."""
    if rows.y is None:
        return None
    if rows.y.dtype.kind == "f":
        return -np.sign(rows.y[index]) or 1.0
    return rows.y[np.argmax(rows.y != rows.y[index])]
