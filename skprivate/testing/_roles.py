"""Checks of what is no estimator: sources of rows, and displays of results."""

import pickle
import struct
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.accounting import Budget
from skprivate.base import Box
from skprivate.queries import Moments, SecondMoments
from skprivate.rows import ArrayRows, Door, Rows
from skprivate.testing._examples import HIGH, LOW


def check_source(source: TableLike, X: np.ndarray, y: np.ndarray | None = None) -> None:
    """Check that a source adds up the same, to the last bit, as its rows in an array.

    Parameters
    ----------
    source : Rows
        Holds the rows of ``X`` and ``y``, wherever they are; not validated yet.
    X : ndarray of shape (n_rows, n_features)
        From -2 to 2.
    y : ndarray of shape (n_rows,), default=None
        Class labels, if the source has a target.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.rows import ArrayRows, Parties
    >>> from skprivate.testing import check_source
    >>> X = np.linspace(-2, 2, 30).reshape(10, 3)
    >>> check_source(Parties(ArrayRows(X[:4]), ArrayRows(X[4:])), X)
    """
    assert isinstance(source, Rows), (
        "a source of rows is a subclass of skprivate.rows.Rows. Derive from it."
    )
    assert source.n_features == X.shape[1], (
        "n_features is not the number of columns, which is public. Set it at once."
    )
    plain = ArrayRows(X, y)
    classes = None if y is None else np.unique(y)
    queries = _queries(X.shape[1], classes)
    expected, found = (_totals(rows, queries, classes) for rows in (plain, source))
    again = _totals(source, queries, classes)
    for query, exact, total, second in zip(
        queries, expected, found, again, strict=True
    ):
        total = np.asarray(total)
        assert total.dtype.kind in "iO", (
            f"{query.name}: totals are not whole numbers. Return integers."
        )
        assert np.array_equal(total, exact), (
            f"{query.name}: the source adds up to something else than an array of its "
            "rows. Give every row to the query once, and add integers only."
        )
        assert np.array_equal(total, second), (
            f"{query.name}: a second pass adds up to something else. Start every pass "
            "at the first row."
        )


def check_display(display: Any, values: np.ndarray) -> None:
    """Check that a display, plotted or not, holds none of the values it came from.

    Parameters
    ----------
    display : object
        Made of a private result.
    values : ndarray
        What the result was computed of: exact scores, or rows. No two alike.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.metrics import DPRocCurveDisplay
    >>> from skprivate.testing import check_display
    >>> scores = np.random.default_rng(0).random(900)
    >>> y = (scores > 0.5).astype(int)
    >>> display = DPRocCurveDisplay.from_predictions(y, scores, classes=[0, 1])
    >>> check_display(display, scores)
    """
    stored, shown = pickle.dumps(display), repr(vars(display))
    values = np.ravel(np.asarray(values, np.float64))
    for value in values.tolist():
        fractional = value != int(value)  # whole numbers are everywhere
        kept = fractional and (
            struct.pack("<d", value) in stored
            or struct.pack(">d", value) in stored
            or repr(value) in shown
        )
        assert not kept, (
            "a display holds exact values of the data. Keep the private result only."
        )


def _totals(rows, queries, classes):
    """What the curator would see."""
    opened = rows.opened("check_source", Budget(np.inf, 1e-6))
    rows = opened.through(Door("none" if classes is None else "class"))
    totals = (rows if classes is None else rows.encoded(classes)).total(queries)
    opened.closed()
    return totals


def _queries(width, classes):
    """Sums and sums of products, of each class if there are some."""
    n_classes = 0 if classes is None else len(classes)
    low, high = np.full(width, LOW), np.full(width, HIGH)
    products = Box.between(low, high, SecondMoments.bits(2.0))
    return [
        Moments(Box.between(low, high, 17), n_classes),
        SecondMoments(products, None, 2.0),
    ]
