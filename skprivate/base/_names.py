"""Names of output columns, no two of them alike."""

import numpy as np


def distinct_names(names):
    """Names as an array, of which one that was there before ends in more underscores.

    A category may be the text "nan", beside values that are missing, or be called as
    the column of all others is; and "a_b" may be of two columns. A data frame with a
    name twice is refused by the next step.

    Parameters
    ----------
    names : iterable of str

    Returns
    -------
    ndarray of object

    Examples
    --------
    >>> from skprivate.base._names import distinct_names
    >>> distinct_names(["why_nan", "why_move", "why_nan"]).tolist()
    ['why_nan', 'why_move', 'why_nan_']
    """
    found = {}  # a dict keeps the order
    for name in names:
        while name in found:
            name += "_"
        found[name] = None
    array = np.empty(len(found), dtype=object)
    array[:] = [*found]
    return array
