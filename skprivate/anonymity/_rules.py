"""What a group of rows must hold so that nobody learns a sensitive value for sure."""

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from skprivate.anonymity._columns import coded
from skprivate.anonymity._frames import column_of

DIVERSITIES = ("distinct", "entropy")
_MOST_COLUMNS = 1000  # of the numbers that stand for a category


@dataclass(frozen=True, eq=False)
class Secrets:
    """Sensitive columns as codes, and what is asked of each group of rows.

    Attributes
    ----------
    names : list
    codes : int32 ndarray of shape (n_secret, n_rows)
    whole : ndarray of shape (n_secret, n_values)
        Shares of values in the table.
    sizes : int64 ndarray of shape (n_secret, 2)
        Number of values, and whether they are ordered.
    rule : tuple (least, entropy, most)
    """

    names: list
    codes: np.ndarray
    whole: np.ndarray
    sizes: np.ndarray
    rule: tuple

    @classmethod
    def of(cls, X, names, n_rows, *, least, diversity, most):
        """Read sensitive columns, and refuse what no group can hold."""
        columns = [coded(name, column_of(X, name), blocks=True) for name in names]
        rule = (float(least or 1), diversity == "entropy", float(most or 1.0))
        if not columns:
            empty = np.empty((0, n_rows), np.int32)
            return cls([], empty, np.empty((0, 1)), np.empty((0, 2), np.int64), rule)
        sizes = np.array([(c.n_codes, c.is_number) for c in columns], dtype=np.int64)
        whole = np.zeros((len(columns), sizes[:, 0].max()))
        for row, column in zip(whole, columns, strict=True):
            counts = np.bincount(column.codes, minlength=column.n_codes)
            row[: column.n_codes] = counts / n_rows
        kinds = _kinds(whole, diversity)
        for name, there in zip(names, kinds, strict=True):
            if least is not None and there < least - 1e-9:
                raise ValueError(
                    f"The whole table has too few values of {name!r} for l={least}. "
                    "Ask for a smaller l."
                )
        codes = np.array([c.codes for c in columns], dtype=np.int32)
        return cls(list(names), codes, whole, sizes, rule)


def _kinds(whole, diversity):
    if diversity == "distinct":
        return (whole > 0).sum(axis=1)
    logs = np.log(np.where(whole > 0, whole, 1.0))
    return np.exp(-(whole * logs).sum(axis=1))


def check_k(k, n_rows):
    """Refuse a ``k`` that means nothing, or that the table cannot have."""
    if not isinstance(k, Integral) or isinstance(k, bool) or k < 2:
        raise ValueError("k must be a whole number of at least 2.")
    if n_rows < k:
        raise ValueError("The table has fewer rows than k. Ask for a smaller k.")


def check_rules(least, diversity, most, sensitive):
    """Refuse rules for sensitive values that make no sense."""
    if diversity not in DIVERSITIES:
        raise ValueError(f"diversity must be one of {', '.join(DIVERSITIES)}.")
    for name, value, low in (("l", least, 1), ("t", most, 0)):
        if value is None:
            continue
        if not sensitive:
            raise ValueError(
                f"{name} is asked for, and no column is sensitive. Name it."
            )
        if not isinstance(value, Real) or isinstance(value, bool) or not value > low:
            raise ValueError(f"{name} must be a number above {low}.")
    if most is not None and most > 1:
        raise ValueError("t must be at most 1.")


def refuse_identifiers(columns, k):
    """Refuse texts that are another for each row: they name the row."""
    for column in columns:
        n_rows = len(column.codes)
        if not column.is_number and n_rows > k and len(column.values) == n_rows:
            raise ValueError(
                f"Column {column.name!r} holds another text in each row: it identifies "
                "people. Drop it, or exchange it by skprivate.security.Pseudonymizer "
                "and leave it out of the table that is given away."
            )


def refuse_wide(columns):
    """Refuse categories of so many values that a column for each fills the memory."""
    for column in columns:
        if not column.is_number and column.n_codes > _MOST_COLUMNS:
            raise ValueError(
                f"Column {column.name!r} has more than {_MOST_COLUMNS:,} values, and "
                'output="midpoint" makes a column of each. Ask for "codes", or put '
                "values into groups."
            )
