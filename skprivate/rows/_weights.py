"""Sample weights, relative to a public largest weight."""

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from skprivate.rows._kinds import in_memory_array, is_complex, kinds_of_array
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._target import finite
from skprivate.rows._untyped import floats_of


def bounded_weights(
    sample_weight: ArrayLike | float | None, max_weight: float, n: int
) -> np.ndarray:
    """Weights relative to `max_weight`: ``min(w, max_weight) / max_weight``.

    Guarantee: every entry is in [0, 1], so a row counts at most once where
    `max_weight` is the unit. A row of weight zero counts as absent.

    Parameters
    ----------
    sample_weight : array-like of shape (n,), float or None
    max_weight : float
        Public; larger weights are cut to it.
    n : int
        Number of rows.

    Returns
    -------
    ndarray of float64 of shape (n,), or (0,) for None: all ones
    """
    if sample_weight is None:
        return np.empty(0)
    if not _is_number(max_weight) or not 0 < max_weight < np.inf:
        raise refused(ValueError, "max_weight must be a positive finite number.")
    if _is_number(sample_weight):
        weight = np.full(max(n, 1), float(sample_weight))  # looked at without rows, too
        return _relative(weight, max_weight)[:n]
    weight = _one_dimensional(sample_weight)
    if len(weight) != n:
        raise refused(
            ValueError,
            "sample_weight.shape == (n_weights,), expected (n_samples,)! Pass one "
            "weight for each row of X.",
        )
    return _relative(weight, max_weight)


def _relative(weight, max_weight):
    """Weights that are finite and not negative, cut to the largest."""
    if (finite(weight, "sample_weight") < 0).any():
        raise refused(
            ValueError,
            "Negative values in data passed to `sample_weight`. Use weights of at "
            "least zero.",
        )
    return np.minimum(weight, max_weight) / max_weight


def refuse_all_zero(weight):
    """Refuse weights that leave no row, as scikit-learn does."""
    if len(weight) and not weight.any():
        raise refused(
            ValueError,
            "Sample weights must contain at least one non-zero number. Give a row a "
            "positive weight.",
        )


def _one_dimensional(sample_weight):
    """An array-like of weights as float64."""
    array = in_memory_array(sample_weight, "sample_weight")
    if array.ndim != 1:
        raise refused(
            ValueError,
            "Sample weights must be 1D array or scalar. Pass one weight for each row.",
        )
    if is_complex(array) or not {*kinds_of_array(array)} <= {*"biufO"}:
        raise refused(
            TypeError,
            "sample_weight must hold real numbers. Give one number for each row, and "
            "turn texts and dates into numbers first.",
        )
    if array.dtype.kind == "O":
        return sealed(lambda: floats_of(array), "sample_weight")
    return array.astype(np.float64, copy=False)


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_))
