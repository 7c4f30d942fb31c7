"""What a type can hold: made-up values beyond it would come back as others."""

import numpy as np

_NANOSECONDS = 2.0**63 * 1e-9  # seconds that these reach from 1970, in 64 bits
_ARROW = {"float[pyarrow]": "float32", "halffloat[pyarrow]": "float16"}
_INSIDE = 1 - 2.0**-52


def limits_of(dtype):
    """Least and largest number that a type can hold, as float64.

    Parameters
    ----------
    dtype : type of NumPy, pandas or polars, or its name
        Of dates it is seconds since 1970.

    Returns
    -------
    tuple of float
        Infinite where nothing is known.
    """
    name = str(dtype).lower()
    if name.startswith(("datetime", "timestamp")):
        short = "[ns" in name or "'ns'" in name  # as in no name of a time zone
        reach = _NANOSECONDS * _INSIDE if short else np.inf
        return -reach, reach
    if name.startswith("decimal(precision="):  # of polars
        digits, scale = (int(part.partition("=")[2]) for part in name[8:-1].split(","))
        most = float(np.nextafter(10.0 ** (digits - scale) - 10.0**-scale, 0.0))
        return -most, most
    name = _ARROW.get(name) or name.partition("[")[0]
    try:
        whole = name.startswith(("int", "uint"))
        info = np.iinfo(name) if whole else np.finfo(name)
    except (KeyError, TypeError, ValueError):
        return -np.inf, np.inf
    most = float(info.max)
    if most > info.max:  # 2**63 is no int64, and 2**63 - 1 is no float64
        most = float(np.nextafter(most, 0.0))
    return float(info.min), most


def held_by(values, dtype):
    """Numbers or dates, of which those beyond a type are moved to its ends.

    Parameters
    ----------
    values : ndarray
        Others than numbers and dates in microseconds stay as they are.
    dtype : type of NumPy, pandas or polars, or its name
    """
    if values.dtype.name == str(dtype).lower():  # or whole numbers would be rounded
        return values
    low, high = limits_of(dtype)
    if not np.isfinite(low):
        return values
    if values.dtype.kind == "M":
        ends = (np.array([low, high]) * 1e6).astype(np.int64).astype("M8[us]")
        return np.clip(values, *ends)
    if values.dtype.kind in "iu":  # compared as they are: floats would round them
        info = np.iinfo(values.dtype)
        low, high = max(int(low), info.min), min(int(high), info.max)
    return np.clip(values, low, high) if values.dtype.kind in "iuf" else values
