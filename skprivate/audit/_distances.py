"""How far two tables are from each other: columns, pairs, and correlations."""

from itertools import combinations

import numpy as np

from skprivate.rows._columns import schema_of
from skprivate.rows._values import codes_of, numbers_of, seconds_of

_MOST_PAIRS = 2000


def codes_of_both(real, synthetic, n_bins):
    """Codes of the columns of two tables, numbers in bins of the first.

    Returns
    -------
    dict of name to tuple (codes of real, codes of synthetic, number of codes)
    """
    found = {}
    for j, column in enumerate(schema_of(real)):
        name = f"x{j}" if column.name is None else str(column.name)
        if column.kind == "category":
            found[name] = _categories(*(codes_of(t, j) for t in (real, synthetic)))
            continue
        read = seconds_of if column.kind == "date" else numbers_of
        found[name] = _numbers(read(real, j), read(synthetic, j), n_bins)
    return found


def variations(codes):
    """Total variation distance of each column, and of each pair of columns.

    Pairs beyond a few thousand are left out, by names alone.
    """
    single = {name: _variation(*of) for name, of in codes.items()}
    pairs = list(combinations(codes, 2))
    step = max(1, len(pairs) // _MOST_PAIRS)
    of_pairs = {}
    for a, b in pairs[::step]:
        n = codes[b][2]
        joint = [codes[a][k] * n + codes[b][k] for k in (0, 1)]
        of_pairs[a, b] = _variation(*joint, codes[a][2] * n)
    return single, of_pairs


def correlations(real, synthetic):
    """Largest and mean difference of correlations of numbers; None: there are none."""
    numbers = [j for j, c in enumerate(schema_of(real)) if c.kind == "number"]
    if len(numbers) < 2:
        return None
    of_both = []
    for table in (real, synthetic):
        X = np.column_stack([numbers_of(table, j) for j in numbers])
        there = ~np.isnan(X)
        X = np.where(there, X, 0.0)
        means = X.sum(axis=0) / np.maximum(there.sum(axis=0), 1)
        X = np.where(there, X - means, 0.0)  # a gap counts as the mean
        scale = X.std(axis=0)
        X = X / np.where(scale > 0, scale, 1.0)
        of_both.append(X.T @ X / len(X))
    off = np.abs(of_both[0] - of_both[1])[np.triu_indices(len(numbers), 1)]
    return float(off.max()), float(off.mean())


def _categories(first, second):
    """Codes of values that occur in either; the last one is of missing values."""
    (codes, values), (others, more) = first, second
    known = {value: i for i, value in enumerate(dict.fromkeys([*values, *more]))}
    found = []
    for numbers, listed in ((codes, values), (others, more)):
        places = np.array([*(known[value] for value in listed), len(known)])
        gaps = np.isnan(numbers)
        found.append(places[np.where(gaps, len(listed), numbers).astype(np.intp)])
    return *found, len(known) + 1


def _numbers(first, second, n_bins):
    """Codes of bins that hold as many real rows each; the last one is of gaps."""
    there = first[~np.isnan(first)]
    inner = np.linspace(0, 1, n_bins + 1)[1:-1]
    edges = np.unique(np.quantile(there, inner)) if len(there) else np.zeros(0)
    found = [np.searchsorted(edges, v, side="right") for v in (first, second)]
    for codes, values in zip(found, (first, second), strict=True):
        codes[np.isnan(values)] = len(edges) + 1
    return *found, len(edges) + 2


def _variation(first, second, size):
    """Half the sum of the differences of the shares of rows."""
    shares = [np.bincount(c, minlength=size) / len(c) for c in (first, second)]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)
