"""Splitting rows of small codes into boxes, each with enough rows (Mondrian)."""

import numpy as np

from skprivate.kernels._jit import kernel, part

_SORT_BEYOND = 4  # codes for each row, from which on sorting beats counting
# Of large boxes no thin slices are cut, unless there is nothing else: a tail that is
# peeled off k rows at a time would take as many passes as it has slices.
_LARGE, _THIN = 4096, 32


@part
def _near(counts, total, size, n_values, ordered, whole, most):
    """Whether sensitive values of a box are distributed much like all of the table.

    ``counts`` of each value are those of one part of ``total``; if ``size`` is
    negative, the other part is meant.
    """
    n = abs(size)
    far, run = 0.0, 0.0
    for v in range(n_values):
        c = counts[v] if size > 0 else total[v] - counts[v]
        gap = c / n - whole[v]
        run += gap
        far += abs(run) if ordered else abs(gap)
    return (far / max(1, n_values - 1) if ordered else far * 0.5) <= most


@kernel
def split_boxes(codes, widths, is_number, k, secret, whole, sizes, rule):
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
    ours, total = np.zeros(whole.shape[1], np.int64), np.zeros(whole.shape[1], np.int64)
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
                    values[:size], widths[j], is_number[j], side, counts, own,
                    order[low:high], secret, whole, sizes, rule, gain, ours, total,
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
        left, right = low, 0
        for p in range(low, high):
            row = order[p]
            if codes[best, row] <= cut:
                order[left] = row
                left += 1
            else:
                beyond[right] = row
                right += 1
        order[left:high] = beyond[:right]
        nodes[node] = (best, cut, n_nodes, n_nodes + 1)
        stack[top] = (left, high, n_nodes + 1)
        stack[top + 1] = (low, left, n_nodes)
        top += 2
        n_nodes += 2
    starts[n_boxes] = n_rows
    return order, starts[: n_boxes + 1], nodes[:n_nodes]


@part
def _best_cut(
    values,
    widths,
    is_number,
    k,
    counts,
    own,
    rows,
    secret,
    whole,
    sizes,
    rule,
    least,
    ours,
    total,
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
    lefts = np.empty(len(gains), np.int64)
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
    # The best first: most often it is allowed, and no other need be looked at.
    for p in np.argsort(-gains, kind="mergesort"):
        if gains[p] <= least or gains[p] < 0:
            break
        if _both_fair(
            values, own[p], lefts[p], rows, secret, whole, sizes, rule, ours, total
        ):
            return own[p], gains[p]
    return cut, gain


@part
def _both_fair(values, cut, left, rows, secret, whole, sizes, rule, ours, total):
    """Whether both sides of a cut have sensitive values enough.

    ``ours`` and ``total`` are zero before and after: only values of the box are looked
    at, unless those that it lacks count as well.
    """
    least, entropy, most = rule
    right = len(values) - left
    for s in range(len(secret)):
        for p in range(len(values)):
            v = secret[s, rows[p]]
            total[v] += 1
            if values[p] <= cut:
                ours[v] += 1
        fair = True
        if most < 1:
            for size in (left, -right):
                fair = fair and _near(
                    ours, total, size, sizes[s, 0], sizes[s, 1] > 0, whole[s], most
                )
        kinds, others, surprise, other = 0, 0, 0.0, 0.0
        for row in rows:
            v = secret[s, row]
            mine, theirs = ours[v], total[v] - ours[v]
            if mine > 0:
                kinds += 1
                if entropy:
                    surprise -= mine / left * np.log(mine / left)
            if theirs > 0:
                others += 1
                if entropy:
                    other -= theirs / right * np.log(theirs / right)
            ours[v], total[v] = 0, 0
        if entropy:
            found = np.exp(min(surprise, other)) + 1e-9
        else:
            found = float(min(kinds, others))
        if not fair or found < least:
            return False
    return True


@kernel
def boxes_of_rows(codes, nodes):
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
