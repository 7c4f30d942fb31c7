"""Splitting rows of small codes into boxes, each with enough rows (Mondrian)."""

from typing import Any

import numpy as np

from skprivate.kernels._fair_cuts import best_fair_cut, running_sums
from skprivate.kernels._jit import kernel, part

_SORT_BEYOND = 4  # codes for each row, from which on sorting beats counting
# Of large boxes no thin slices are cut, unless there is nothing else: a tail that is
# peeled off k rows at a time would take as many passes as it has slices.
_LARGE, _THIN = 4096, 32


@kernel
def split_boxes(
    codes: np.ndarray,
    widths: np.ndarray,
    is_number: np.ndarray,
    k: int,
    secret: np.ndarray,
    whole: np.ndarray,
    sizes: np.ndarray,
    rule: tuple[Any, Any, Any],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Split rows into boxes of at least ``k``, by the cut that gains most each time.

    Parameters
    ----------
    codes : int32 ndarray of shape (n_columns, n_rows)
        Small codes from zero on.
    widths : float64 ndarray of shape (n_columns, n_codes)
        Of numbers: how far a code is from the first, as a part of the domain. Of
        categories: what each further one costs, at index one.
    is_number : bool ndarray of shape (n_columns,)
    k : int
    secret : int32 ndarray of shape (n_secret, n_rows)
        Codes of sensitive columns; may be none.
    whole : float64 ndarray of shape (n_secret, n_values)
        Shares of their values in the table.
    sizes : int64 ndarray of shape (n_secret, 2)
        Number of values, and whether they are ordered.
    rule : tuple (least, entropy, most)
        Of sensitive values.

    Returns
    -------
    order : int32 ndarray of shape (n_rows,)
        Rows by box.
    starts : int64 ndarray of shape (n_boxes + 1,)
        Where each box begins in it.
    nodes : int64 ndarray of shape (n_nodes, 4)
        Column (-1: a box), largest code that goes left, and both children; of a box its
        number in place of the first child.
    """
    n_columns, n_rows = codes.shape
    order = np.arange(n_rows).astype(np.int32)
    beyond = np.empty(n_rows, np.int32)
    values = np.empty(n_rows, np.int32)
    most_boxes = n_rows // k + 2
    starts = np.empty(most_boxes, np.int64)
    nodes = np.full((2 * most_boxes, 4), -1, np.int64)
    stack = np.empty((2 * most_boxes, 3), np.int64)
    stack[0] = (0, n_rows, 0)
    top, n_boxes, n_nodes = 1, 0, 1
    counts = np.empty(codes.max() + 1, np.int64)  # a column has so many values at most
    own = np.empty(n_rows, np.int32)
    # Rows of each box, sorted by each sensitive column: parted as the boxes are.
    sorted_rows = np.empty(secret.shape, np.int32)
    for s in range(len(secret)):
        sorted_rows[s] = np.argsort(secret[s], kind="mergesort")
    total, sums = running_sums(whole)
    while top:
        top -= 1
        low, high, node = stack[top]
        size = high - low
        best, cut, gain = -1, 0, -1.0
        side = max(k, size // _THIN) if size > _LARGE else k
        while size >= 2 * side:
            for j in range(n_columns):
                for p in range(size):
                    values[p] = codes[j, order[low + p]]
                here, found = _best_cut(
                    values[:size], codes[j], widths[j], is_number[j], side, counts, own,
                    gain, sorted_rows[:, low:high], secret, whole, total, sums, sizes,
                    rule,
                )  # fmt: skip
                if found > gain:
                    best, cut, gain = j, here, found
            if best >= 0 or side == k:
                break
            side = k
        if best < 0:
            nodes[node, 2] = n_boxes
            starts[n_boxes] = low
            n_boxes += 1
            continue
        left = _parted(order[low:high], codes[best], cut, beyond) + low
        for s in range(len(secret)):
            _parted(sorted_rows[s, low:high], codes[best], cut, beyond)
        nodes[node] = (best, cut, n_nodes, n_nodes + 1)
        stack[top] = (left, high, n_nodes + 1)
        stack[top + 1] = (low, left, n_nodes)
        top += 2
        n_nodes += 2
    starts[n_boxes] = n_rows
    return order, starts[: n_boxes + 1], nodes[:n_nodes]


@part
def _parted(rows, column, cut, beyond):
    """Rows up to a cut first, in order; how many there are."""
    left, right = 0, 0
    for row in rows:
        if column[row] <= cut:
            rows[left] = row
            left += 1
        else:
            beyond[right] = row
            right += 1
    rows[left:] = beyond[:right]
    return left


@part
def _best_cut(
    values,
    column,
    widths,
    is_number,
    k,
    counts,
    own,
    least,
    rows,
    secret,
    whole,
    total,
    sums,
    sizes,
    rule,
):
    """The cut of one column that gains most, and its gain; none: -1."""
    size = len(values)
    first, last = values.min(), values.max()
    if first == last:
        return 0, -1.0
    reach = last - first + 1
    if reach <= _SORT_BEYOND * size + 64:
        counts[:reach] = 0
        for v in values:
            counts[v - first] += 1
        n_kinds = 0
        for v in range(reach):
            if counts[v] > 0:
                own[n_kinds] = v + first
                counts[n_kinds] = counts[v]
                n_kinds += 1
    else:
        ordered = np.sort(values)
        n_kinds, run = 0, 0
        for p in range(size):
            run += 1
            if p == size - 1 or ordered[p + 1] != ordered[p]:
                own[n_kinds] = ordered[p]
                counts[n_kinds] = run
                n_kinds, run = n_kinds + 1, 0
    width = widths[last] - widths[first] if is_number else (n_kinds - 1) * widths[1]
    cut, gain, left = 0, -1.0, 0
    gains = np.full(n_kinds if len(secret) else 0, -1.0)
    lefts = np.zeros(len(gains), np.int64)
    for p in range(n_kinds - 1):
        left += counts[p]
        if left < k:
            continue
        if size - left < k:
            break
        if is_number:
            below = widths[own[p]] - widths[first]
            above = widths[last] - widths[own[p + 1]]
        else:
            below, above = p * widths[1], (n_kinds - p - 2) * widths[1]
        found = size * width - left * below - (size - left) * above
        if len(secret):
            gains[p], lefts[p] = found, left
        elif found > gain and found > least:
            cut, gain = own[p], found
    if len(secret):
        return best_fair_cut(
            column, own, lefts, gains, least, rows, secret, whole, total, sums, sizes,
            rule,
        )  # fmt: skip
    return cut, gain


@kernel
def boxes_of_rows(codes: np.ndarray, nodes: Any) -> Any:
    """The box of each row, by walking from the first node down."""
    n_rows = codes.shape[1]
    boxes = np.empty(n_rows, np.int64)
    for row in range(n_rows):
        node = 0
        while nodes[node, 0] >= 0:
            right = codes[nodes[node, 0], row] > nodes[node, 1]
            node = nodes[node, 3] if right else nodes[node, 2]
        boxes[row] = nodes[node, 2]
    return boxes
