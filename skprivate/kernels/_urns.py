"""Rows that draw from urns: one for each line of a table, without putting back."""

import numpy as np

from skprivate.kernels._blocks import lent
from skprivate.kernels._jit import kernel
from skprivate.kernels._plain import spared
from skprivate.kernels._sizes import check_codes, check_number, check_shape

_SLOWER = 64  # times: a step of the twin than one of the kernel


def drawn_from_urns(
    lines: np.ndarray, numbers: np.ndarray, chances: np.ndarray
) -> np.ndarray:
    """For each row a value from the urn of its line, which is then taken out.

    Where as many rows name a line as its urn holds values, each order of them is as
    likely as any other. That is what a shuffle of each line would do, in one pass.

    Guarantee: it reads no data but codes that were drawn. No memory is touched outside
    of the arrays: a row whose line there is not, or whose urn is empty, has the value
    zero.

    Parameters
    ----------
    lines : int32 ndarray of shape (n,)
    numbers : int64 ndarray of shape (n_lines, n_values)
        How often each value is in each urn.
    chances : ndarray of shape (n,)
        In [0, 1), uniform and independent.

    Returns
    -------
    ndarray of uint16 of shape (n,)
    """
    check_codes(lines, len(lines))
    check_shape("chances", chances, lines.shape)
    n_lines, n_values = numbers.shape
    check_number("numbers", numbers.min(initial=0), 0)
    if not ((chances >= 0) & (chances < 1)).all():
        raise ValueError("chances are not in [0, 1). Draw them as documented.")
    values = np.tile(np.arange(n_values, dtype=np.uint16), n_lines)
    held, left = np.repeat(values, numbers.ravel()), numbers.sum(axis=1)
    starts, drawn = np.cumsum(left) - left, np.zeros(len(lines), np.uint16)
    if spared(_drawn_from_urns, _SLOWER * len(lines)):
        drawn[:] = _plain(*(a.tolist() for a in (lines, chances, starts, left, held)))
        return drawn
    lines = lines.astype(np.int32, copy=False)
    _drawn_from_urns(lent(lines), lent(chances), lent(starts), left, held, drawn)
    return drawn


@kernel
def _drawn_from_urns(lines, chances, starts, left, held, drawn):
    for i in range(lines.size):
        line = lines[i]
        if 0 <= line < left.size and left[line] > 0:
            left[line] -= 1  # the last of the urn fills the gap
            last = starts[line] + left[line]
            place = min(starts[line] + np.int64(chances[i] * (left[line] + 1)), last)
            drawn[i] = held[place]
            held[place] = held[last]


def _plain(lines, chances, starts, left, held):
    """The twin of `_drawn_from_urns`, of lists: the same draws."""
    drawn = []
    for line, chance in zip(lines, chances, strict=True):
        if not (0 <= line < len(left) and left[line] > 0):
            drawn.append(0)
            continue
        left[line] -= 1
        last = starts[line] + left[line]
        place = min(starts[line] + int(chance * (left[line] + 1)), last)
        drawn.append(held[place])
        held[place] = held[last]
    return drawn
