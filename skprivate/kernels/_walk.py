"""Where rows end in a tree over codes."""

import numpy as np

from skprivate.kernels._blocks import lent
from skprivate.kernels._jit import kernel
from skprivate.kernels._plain import spared
from skprivate.kernels._sizes import check_shape

_BLOCK_ROWS = 2**13  # walked together: what is looked up stays in the cache
_FEW_ROWS = 512  # whose codes stay in the first cache
LEAF = -1


def ends_of_rows(
    codes: np.ndarray,
    n_codes: np.ndarray,
    nodes: np.ndarray,
    missing_left: np.ndarray,
    sets: np.ndarray,
) -> np.ndarray:
    """Node of a tree where each row ends.

    Guarantee: a function of the codes of the row and of the tree, without rounding. A
    code beyond those of its column counts as the last one, that of missing values. No
    memory is touched outside of the arrays if nodes look at columns that there are,
    and children come after their parents: which `Tree.problems` checks.

    Parameters
    ----------
    codes : ndarray of uint8 or uint16 of shape (n, d)
    n_codes : ndarray of int64 of shape (d,)
    nodes : ndarray of int32 of shape (4, n_nodes)
        Feature (-1 for a leaf), threshold (-1 for a set), left and right child.
    missing_left : ndarray of bool of shape (n_nodes,)
    sets : ndarray of uint8 of shape (n_nodes, n_bytes)
        Bits of the codes that go left.

    Returns
    -------
    ndarray of int32 of shape (n,)
    """
    n_nodes = nodes.shape[1]
    check_shape("n_codes", n_codes, codes.shape[1:])
    check_shape("missing_left", missing_left, (n_nodes,))
    check_shape("sets", sets, (n_nodes, sets.shape[1]))
    if codes.dtype not in (np.uint8, np.uint16) or nodes.dtype != np.int32:
        raise ValueError("codes or nodes are of another type. Make them as documented.")
    ends = np.zeros(len(codes), dtype=np.int32)
    tree = n_codes, np.ascontiguousarray(nodes.T), missing_left, sets
    codes = np.ascontiguousarray(codes)
    if spared(_walk, codes.size, codes):
        _plain_walk(codes, *tree, ends)
    elif sets.shape[1]:
        _walk(lent(codes), *map(lent, tree), ends)
    else:
        _walk_of_numbers(lent(codes), lent(_rules(*tree[:3])), ends)
    return ends


def _rules(n_codes, nodes, missing_left):
    """For each node: left and right child, column, threshold, last code, missing_left.

    The children of a leaf are the leaf itself.
    """
    leaf = nodes[:, 0] == LEAF
    feature = np.where(leaf, 0, nodes[:, 0])
    own = np.arange(len(nodes))
    sides = [np.where(leaf, own, nodes[:, k]) for k in (2, 3)]
    rules = *sides, feature, nodes[:, 1], n_codes[feature] - 1, missing_left
    return np.stack(rules, axis=1).astype(np.int32)


@kernel
def _walk_of_numbers(codes, rules, ends):
    """All rows of a block go down by one level at a time: there is nothing to guess."""
    n_nodes = len(rules)
    depths, deepest = np.zeros(n_nodes, np.int64), 0
    for node in range(n_nodes):
        for k in range(2):
            child = rules[node, k]
            if child != node:
                depths[child] = depths[node] + 1
                deepest = max(deepest, depths[child])
    for start in range(0, len(ends), _FEW_ROWS):
        stop = min(start + _FEW_ROWS, len(ends))
        for _ in range(deepest):
            for i in range(start, stop):
                node = np.uintp(ends[np.uintp(i)])
                code = np.int32(codes[np.uintp(i), np.uintp(rules[node, 2])])
                is_missing = code >= rules[node, 4]
                left = (code <= rules[node, 3]) & (not is_missing)
                left |= is_missing & (rules[node, 5] != 0)
                ends[np.uintp(i)] = rules[node, np.uintp(1 - np.int64(left))]


@kernel
def _walk(codes, n_codes, nodes, missing_left, sets, ends):
    for i in range(len(codes)):
        node = 0
        while nodes[node, 0] != LEAF:
            feature = nodes[node, 0]
            code = np.int64(codes[i, feature])
            threshold = nodes[node, 1]
            if code >= n_codes[feature] - 1:
                left = missing_left[node]
            elif threshold == LEAF:
                place = min(code >> 3, sets.shape[1] - 1)
                left = ((np.int64(sets[node, place]) >> (code & 7)) & 1) == 1
            else:
                left = code <= threshold
            node = nodes[node, 2] if left else nodes[node, 3]
        ends[i] = node


def _plain_walk(codes, n_codes, nodes, missing_left, sets, ends):
    """The twin of `_walk`: all rows of a block go down by one level at a time."""
    tree = n_codes, nodes, missing_left, sets
    for start in range(0, len(codes), _BLOCK_ROWS):
        rows = slice(start, start + _BLOCK_ROWS)
        _down(codes[rows], *tree, ends[rows])


def _down(codes, n_codes, nodes, missing_left, sets, ends):
    rows = np.arange(len(codes))
    while len(rows):
        inside = nodes[ends[rows], 0] != LEAF
        rows = rows[inside]
        at = ends[rows]
        feature, threshold, children = nodes[at, 0], nodes[at, 1], nodes[at, 2:]
        code = codes[rows, feature].astype(np.int32)
        left = code <= threshold
        if sets.shape[1]:
            places = np.minimum(code >> 3, sets.shape[1] - 1)
            bit = (sets[at, places] >> (code & 7).astype(np.uint8)) & 1
            left |= (threshold == LEAF) & (bit == 1)
        left = np.where(code >= n_codes[feature] - 1, missing_left[at], left)
        ends[rows] = np.where(left, children[:, 0], children[:, 1])
