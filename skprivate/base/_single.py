"""Numbers in single precision, where the rows are in it."""

import numpy as np

_CLOSE = 2.0**-20  # what rounding does to a number that is no subnormal, and more


def in_single(value):
    """A number or an array as float32; as it is where that cannot hold it.

    So nothing that a model divides by becomes zero, and nothing infinite.

    Parameters
    ----------
    value : float or ndarray of float64
    """
    value = np.asarray(value)
    with np.errstate(all="ignore"):
        single = value.astype(np.float32)
        held = np.isclose(single, value, rtol=_CLOSE, atol=0.0, equal_nan=True)
    return single[()] if held.all() else value[()]


def round_to_single(estimator):
    """Round what an estimator keeps in the type of the rows: last, and nothing else."""
    for name in estimator._typed_as_rows:
        setattr(estimator, name, in_single(getattr(estimator, name)))


def rounded_to(values, *like):
    """Numbers in the type that others have together; what is beyond it is infinite.

    Parameters
    ----------
    values : ndarray of float64
    *like : ndarray or dtype
    """
    with np.errstate(over="ignore", under="ignore"):
        return values.astype(np.result_type(*like), copy=False)
