"""How much each column of wide rows counts: less, the more of all rows is in it.

Rows of known length spend most of it on what all of them share, as common words, and a
column is worth no more for that. So each is divided by the root of the mean of its
squares, as far as noise lets that be seen.

Constants were chosen on training rows of reviews, short messages and newsgroups.
"""

from math import sqrt

import numpy as np

from skprivate.base import Box
from skprivate.queries import RowSums
from skprivate.queries._views import OfView, Squares

_SHARE = 0.03
_LONGEST = 0.15  # norm of the squares of a row of norm one: of about fifty equal words
_BESIDE_ONE = 8.0  # as many units, beside which a last value of one is little
_FLOOR = 1.5  # deviations of noise below which no column is told from another
_STANDS_OUT = 4.0  # above so many, hardly any column of many is mere noise


def squares_of(n_features, radius):
    """The question for the sums of squares of columns.

    **Guarantee.** Squares of a row depend on that row alone, and are shortened to a
    public norm: nothing that a row holds moves the sums farther.
    """
    most, longest = radius**2, _LONGEST * radius**2
    unit = longest / _BESIDE_ONE
    reach = np.broadcast_to(most / unit, n_features)
    box = Box.around_ball(n_features, most, unit, RowSums.bits(reach))
    return OfView(RowSums(box, _BESIDE_ONE), Squares())


def look_at_columns(curator, n_rows, n_classes, radius):
    """A factor for each column, and how long rows are after it.

    Parameters
    ----------
    curator : Curator
    n_rows : float
        Noisy number of rows.
    n_classes : int
        Several have less of the rows each, so that their noise is more.
    radius : float
        Length of rows before.

    Returns
    -------
    factors : ndarray of shape (n_features,)
        In (0, 1].
    radius : float
        Length of a typical row, each of whose values was multiplied by its factor.
    """
    query = squares_of(curator.n_features, radius)
    unit = query.query.box.half[0] / n_rows
    mean = curator.release(query, share=_SHARE) * unit
    noise = curator.noise_of(query) * unit
    floor = _FLOOR * sqrt(n_classes / 2) * noise
    factors = np.sqrt(floor / np.maximum(mean, floor))
    seen = mean > max(floor, _STANDS_OUT * noise)
    rest = max(radius**2 - mean[seen].sum(), 0.0)  # of the squared length of a row
    return factors, float(np.sqrt(floor * np.count_nonzero(seen) + rest))
