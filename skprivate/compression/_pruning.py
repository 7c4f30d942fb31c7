"""What says little is left out."""

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import Estimator, TableLike
from skprivate.compression._result import CompressedModel, compared
from skprivate.compression._weights import (
    Changes,
    changed,
    trees_of,
    weights_of,
    with_values,
)
from skprivate.trees import pruned


def prune(
    model: Estimator,
    amount: float = 0.5,
    *,
    background: TableLike = None,
    target: ArrayLike | None = None,
) -> CompressedModel:
    """A model without the part of its weights that say the least.

    Of linear models and networks the smallest weights become zero, each array by
    itself; coefficients count by how far their features reach, where that is known. Of
    trees, splits are taken back whose leaves differ least (a leaf then has the mean of
    their values), wherever in the forest they are. Of additive models the smallest
    terms are left out, those of pairs among them.

    **Guarantee.** Post-processing, as :func:`quantize`: it costs nothing, and the
    report stays.

    Parameters
    ----------
    model : estimator or CompressedModel
        Fitted; it is not altered.
    amount : float in (0, 1), default=0.5
        Part of the weights, leaves or terms that go; about.
    background : table, default=None
        Public or synthetic rows, to tell how much predictions change.
    target : array-like, default=None
        Their targets, to tell how much the score does.

    Returns
    -------
    CompressedModel

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.compression import prune, quantize
    >>> from skprivate.ensemble import DPRandomForestClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (3000, 4))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> model = DPRandomForestClassifier(bounds=(-1, 1), classes=[0, 1]).fit(X, y)
    >>> small = quantize(prune(model, 0.5), bits=6, background=X, target=y)
    >>> small.weights_after < 0.6 * small.weights_before
    True
    >>> small.done
    ('pruned by 50 %', 'weights of 6 bits')
    """
    fine = isinstance(amount, Real) and not isinstance(amount, bool) and 0 < amount < 1
    if not fine:
        raise ValueError("amount must be between 0 and 1. A half is usual.")
    first = model.model if isinstance(model, CompressedModel) else model
    weights_of(first)  # refuses what is not known
    least = _least_spread(trees_of(first), amount)
    changes = Changes(
        linear=lambda weights, reach: _without_small(weights, amount, reach),
        layer=lambda weights: _without_small(weights, amount),
        tree=lambda tree: _cut(tree, least),
        table=_tables(first, amount),
    )
    small = changed(first, changes)
    what = f"pruned by {100 * amount:g} %"
    return compared(model, small, what, background, target)


def _without_small(weights, amount, reach=1.0):
    """Weights of which those are zero that say the least, by size and reach."""
    sizes = np.abs(weights * reach)
    n_gone = int(amount * weights.size)
    if not n_gone:
        return weights
    limit = np.partition(sizes.ravel(), n_gone - 1)[n_gone - 1]
    return np.where(sizes > limit, weights, 0.0)


def _tables(model, amount):
    """What becomes of the tables of an additive model: the smallest are zero."""
    ranked = getattr(model, "term_importances_", None)

    def change(terms):
        if ranked is None:
            return terms
        n_gone = int(amount * len(ranked))
        limit = np.sort(ranked)[n_gone - 1] if n_gone else -1.0
        sizes = terms.tables.sizes
        # Columns come first, and pairs after them.
        is_columns = terms is model._shapes_
        start = 0 if is_columns else len(model._shapes_.tables.sizes)
        kept = ranked[start : start + len(sizes)] > limit
        mask = np.repeat(kept, sizes)[:, np.newaxis]
        return with_values(terms, np.where(mask, terms.values, 0.0))

    return change


def _spreads(tree):
    """For each node: leaves below it, their mean, and sum of squares about that."""
    counts = tree.is_leaf.astype(float)
    means = np.where(tree.is_leaf[:, np.newaxis], tree.value, 0.0)
    spreads = np.zeros(tree.n_nodes)
    for node in np.flatnonzero(~tree.is_leaf)[::-1]:  # children come after parents
        sides = [tree.left[node], tree.right[node]]
        (a, b), (first, second) = counts[sides], means[sides]
        counts[node] = a + b
        means[node] = (a * first + b * second) / (a + b)
        apart = float(((first - second) ** 2).sum())
        spreads[node] = spreads[sides].sum() + a * b / (a + b) * apart
    return counts, means, spreads


def _least_spread(trees, amount):
    """The spread up to which nodes become leaves, for so many leaves to go."""
    found = [(tree.is_leaf, tree.left, tree.right, *_spreads(tree)) for tree in trees]
    all_spreads = [s[~leaf] for leaf, _, _, _, _, s in found]
    limits = np.unique(np.concatenate(all_spreads)) if found else np.empty(0)
    whole = sum(tree.n_leaves for tree in trees)
    low, high = 0, len(limits)
    while low < high:  # the smallest limit at which enough leaves are gone
        middle = (low + high) // 2
        left = sum(_leaves_left(part, limits[middle]) for part in found)
        if whole - left >= amount * whole:
            high = middle
        else:
            low = middle + 1
    return limits[min(low, len(limits) - 1)] if len(limits) else 0.0


def _leaves_left(part, limit):
    """Number of leaves, if nodes of a small spread become some."""
    is_leaf, left, right, _, _, spreads = part
    ends = is_leaf | (spreads <= limit)
    waiting, found = [0], 0
    while waiting:
        node = waiting.pop()
        if ends[node]:
            found += 1
        else:
            waiting += [left[node], right[node]]
    return found


def _cut(tree, limit):
    """The tree, in which nodes of a small spread are leaves of the mean."""
    _, means, spreads = _spreads(tree)
    value = np.where(tree.is_leaf[:, np.newaxis], tree.value, means)
    return pruned(tree.with_value(value), ~tree.is_leaf & (spreads > limit))[0]
