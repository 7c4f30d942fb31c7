"""Where rows end in many small trees, and what is added up there.

A tree of few levels is taken as a complete one: node ``i`` has the children ``2 i + 1``
and ``2 i + 2``, and a leaf above the last level sends all rows to the left. All nodes
are asked about all rows of a block, without a look at where these are: that is more to
do, but there is nothing to guess, and vector instructions do 32 rows at a time.
"""

from typing import Any

import numpy as np

from skprivate.kernels._blocks import lent
from skprivate.kernels._jit import inner, kernel
from skprivate.kernels._plain import spared
from skprivate.kernels._sizes import check_shape

N_CODES = 256
DEEPEST = 6
_BLOCK_ROWS = 2048  # codes of a block, and what is made of them, stay in the cache
_JOINT_BITS = 9  # of a cell: sums of that many stay in the first cache


def forest_sums(
    codes: np.ndarray, nodes: np.ndarray, tables: np.ndarray, parts: np.ndarray
) -> np.ndarray:
    """For each place on the last level of each tree, the sum of what its rows add.

    Guarantee: row i adds the integers ``parts[i]`` to one place of each tree, which is
    a function of its codes and of the tree; nothing else is added. No memory is touched
    outside of the arrays: columns and tables are checked. Exact where the absolute
    values of a column of ``parts`` add up to less than 2**63.

    Parameters
    ----------
    codes : ndarray of uint8 of shape (n, d)
        Column by column in memory; else they are copied.
    nodes : ndarray of int32 of shape (n_trees, 2 ** depth - 1, 4)
        Column that a node looks at; first code that goes right, and how many codes
        from there on do; or, where that is -1, the number of a table.
    tables : ndarray of uint8 of shape (n_tables, 256)
        One for each code that goes right, else zero.
    parts : ndarray of int64 of shape (n, n_parts)

    Returns
    -------
    ndarray of int64 of shape (n_trees, 2 ** depth, n_parts)
    """
    depth = _depth_of(codes, nodes, tables)
    check_shape("parts", parts, (len(codes), parts.shape[1]))
    if parts.dtype != np.int64:
        raise ValueError("parts are of another type. Make them as documented.")
    total = np.zeros((len(nodes), 2**depth, parts.shape[1]), dtype=np.int64)
    if spared(_forest_sums, codes.size, codes):
        _plain_forest_sums(codes, nodes, tables, parts, depth, total)
        return total
    together = _together(depth, parts.shape[1])
    n_groups = -(-len(nodes) // together)
    joint = np.zeros((n_groups, 1 << (together * depth), parts.shape[1]), np.int64)
    arrays = _lent(codes.T, nodes, tables, parts)
    _forest_sums(*arrays, depth, together, joint, total)
    return total


def _together(depth, n_parts):
    """Number of trees whose rows are added up together, by their places in all."""
    return max(_JOINT_BITS // max(depth, 1), 1) if n_parts <= 2 else 1


def forest_values(
    codes: Any, nodes: Any, tables: Any, values: np.ndarray
) -> np.ndarray:
    """Sum of the values of the places where each row ends, in the order of the trees.

    Guarantee: a function of the codes of the row, of the trees and of the values, which
    are added one after another to zero, in float64.

    Parameters
    ----------
    codes, nodes, tables : as for `forest_sums`
    values : ndarray of float64 of shape (n_trees, 2 ** depth, n_outputs)

    Returns
    -------
    ndarray of float64 of shape (n, n_outputs)
    """
    depth = _depth_of(codes, nodes, tables)
    check_shape("values", values, (len(nodes), 2**depth, values.shape[2]))
    sums = np.zeros((len(codes), values.shape[2]))
    if spared(_forest_values, codes.size, codes):
        _plain_forest_values(codes, nodes, tables, values, depth, sums)
    else:
        _forest_values(*_lent(codes.T, nodes, tables, values), depth, sums)
    return sums


def _lent(*arrays):
    return tuple(lent(np.ascontiguousarray(array)) for array in arrays)


def _depth_of(codes, nodes, tables):
    """Depth of trees whose arrays are as they must be."""
    depth = int(nodes.shape[1]).bit_length()
    check_shape("nodes", nodes, (len(nodes), 2**depth - 1, 4))
    check_shape("tables", tables, (len(tables), N_CODES))
    types = codes.dtype, nodes.dtype, tables.dtype
    if types != (np.uint8, np.int32, np.uint8) or depth > DEEPEST:
        raise ValueError("Arrays are of another type. Make them as documented.")
    if nodes.size:
        least = [0, 0, 0 if not len(tables) else -1, 0]
        most = [codes.shape[1] - 1, N_CODES - 1, N_CODES - 1, max(len(tables) - 1, 0)]
        flat = nodes.reshape(-1, 4)
        within = (flat.min(axis=0) >= least).all() and (flat.max(axis=0) <= most).all()
        if not within or tables.max(initial=0) > 1:
            raise ValueError("nodes look where nothing is. Make them as documented.")
    return depth


@kernel
def _forest_sums(columns, nodes, tables, parts, depth, together, joint, total):
    n, n_parts = parts.shape
    bits = np.empty((1 << depth, _BLOCK_ROWS), np.uint8)
    spare, path = np.empty_like(bits), np.empty_like(bits)
    place, cell = np.empty(_BLOCK_ROWS, np.uint8), np.empty(_BLOCK_ROWS, np.uint16)
    for start in range(0, n, _BLOCK_ROWS):
        m = min(_BLOCK_ROWS, n - start)
        for group in range(len(joint)):
            first = group * together
            for t in range(first, min(first + together, len(nodes))):
                tree = nodes[t]
                _places(
                    columns, start, m, tree, tables, depth, bits, spare, path, place
                )
                _join(place, m, depth, t == first, cell)
            if n_parts == 2:
                _add_two(parts, start, m, cell, joint, group)
            else:
                _add_many(parts, start, m, cell, joint, group)
    _tell_apart(joint, together, depth, total)


@kernel
def _forest_values(columns, nodes, tables, values, depth, sums):
    n = len(sums)
    bits = np.empty((1 << depth, _BLOCK_ROWS), np.uint8)
    spare, path = np.empty_like(bits), np.empty_like(bits)
    place = np.empty(_BLOCK_ROWS, np.uint8)
    for start in range(0, n, _BLOCK_ROWS):
        m = min(_BLOCK_ROWS, n - start)
        for t in range(len(nodes)):
            tree = nodes[t]
            _places(columns, start, m, tree, tables, depth, bits, spare, path, place)
            if values.shape[2] == 1:
                _add_value(values, t, place, m, start, sums)
            else:
                _add_values(values, t, place, m, start, sums)


@inner
def _join(place, m, depth, is_first, cell):
    """Place in one tree more, behind those in the trees before."""
    if is_first:
        for i in range(m):
            cell[i] = place[i]
    else:
        for i in range(m):
            cell[i] = (cell[i] << depth) | place[i]


@inner
def _tell_apart(joint, together, depth, total):
    """Sums of each tree, from those of places in some trees at once."""
    for t in range(len(total)):
        group, last = t // together, min(len(total), (t // together + 1) * together) - 1
        shift, mask = depth * (last - t), (1 << depth) - 1
        n_cells = 1 << (depth * (last - group * together + 1))
        for c in range(n_cells):
            for k in range(total.shape[2]):
                total[t, (c >> shift) & mask, k] += joint[group, c, k]


@inner
def _places(columns, start, m, nodes, tables, depth, bits, spare, path, place):
    """Place of each row of a block on the last level of a tree.

    On each level, nodes are told apart by the way of the row through those above.
    """
    for i in range(m):
        place[i] = 0
    for level in range(depth):
        many = 1 << level
        for k in range(many):
            column, first, n_codes, table = nodes[many - 1 + k]
            if n_codes < 0:
                _look_up(columns, column, start, tables, table, m, bits, k)
            else:
                _compare(columns, column, start, first, n_codes, m, bits, k)
        for above in range(level - 1, -1, -1):
            many //= 2
            for k in range(many):
                _choose(bits, k, path, above, m, spare)
            bits, spare = spare, bits
        _append(bits, m, path, level, place)


@inner
def _compare(columns, column, start, first, n_codes, m, bits, k):
    low, width = np.uint8(first), np.uint8(n_codes)
    for i in range(m):
        bits[k, i] = np.uint8(columns[column, np.uintp(start + i)] - low) < width


@inner
def _look_up(columns, column, start, tables, table, m, bits, k):
    for i in range(m):
        bits[k, i] = tables[table, columns[column, np.uintp(start + i)]]


@inner
def _choose(bits, k, path, above, m, out):
    """Of two bits, the one of the side that a row is on."""
    for i in range(m):
        left = bits[2 * k, i]
        out[k, i] = left ^ ((left ^ bits[2 * k + 1, i]) & path[above, i])


@inner
def _append(bits, m, path, level, place):
    for i in range(m):
        path[level, i] = bits[0, i]
        place[i] = place[i] + place[i] + bits[0, i]


@inner
def _add_two(parts, start, m, cell, joint, group):
    for i in range(m):
        joint[group, cell[i], 0] += parts[np.uintp(start + i), 0]
        joint[group, cell[i], 1] += parts[np.uintp(start + i), 1]


@inner
def _add_many(parts, start, m, cell, joint, group):
    for i in range(m):
        for k in range(parts.shape[1]):
            joint[group, cell[i], k] += parts[np.uintp(start + i), k]


@inner
def _add_value(values, t, place, m, start, sums):
    for i in range(m):
        sums[np.uintp(start + i), 0] += values[t, place[i], 0]


@inner
def _add_values(values, t, place, m, start, sums):
    for i in range(m):
        for k in range(values.shape[2]):
            sums[np.uintp(start + i), k] += values[t, place[i], k]


def _plain_places(codes, nodes, tables, depth):
    """The twin of `_places`, of all rows: they go down by one level at a time."""
    rows, at = np.arange(len(codes)), np.zeros(len(codes), dtype=np.int64)
    for _ in range(depth):
        column, first, many, table = nodes[at].T
        code = codes[rows, column]
        right = (code >= first) & (code < first + many)
        if len(tables):
            right = np.where(many < 0, tables[table, code] == 1, right)
        at = 2 * at + 1 + right
    return at - (2**depth - 1)


def _plain_forest_sums(codes, nodes, tables, parts, depth, total):
    """The twin of `_forest_sums`; sums of integers need no order."""
    for of_tree, tree in zip(total, nodes, strict=True):
        np.add.at(of_tree, _plain_places(codes, tree, tables, depth), parts)


def _plain_forest_values(codes, nodes, tables, values, depth, sums):
    """The twin of `_forest_values`: the same numbers in the same order."""
    for of_tree, tree in zip(values, nodes, strict=True):
        sums += of_tree[_plain_places(codes, tree, tables, depth)]
