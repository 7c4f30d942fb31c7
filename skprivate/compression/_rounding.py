"""Weights of few bits."""

from functools import partial
from numbers import Integral

from numpy.typing import ArrayLike

from skprivate._typing import Estimator, TableLike
from skprivate.compression._grid import of_few_digits, on_grid
from skprivate.compression._result import CompressedModel, compared
from skprivate.compression._weights import Changes, changed, with_values


def quantize(
    model: Estimator,
    bits: int = 8,
    *,
    background: TableLike = None,
    target: ArrayLike | None = None,
) -> CompressedModel:
    """A model with weights of few bits.

    Each array of weights (values of the leaves of a tree, the curves of an additive
    model, a layer of a network) is rounded to a grid of its own, whose step is a power
    of two; a coefficient of a linear model, whose feature may be of any size, to so
    many digits. Where a model looks at what is not touched: bins, categories,
    structures of trees.

    **Guarantee.** Post-processing: it looks at the model, and at rows that are given as
    no secret. It costs nothing, and the report stays.

    Parameters
    ----------
    model : estimator or CompressedModel
        Fitted; it is not altered. Linear, additive, tree, forest, boosting or network
        model, or a pipeline that ends with one.
    bits : int, default=8
        Of a weight, from 2 to 16.
    background : table, default=None
        Public or synthetic rows, to tell how much predictions change.
    target : array-like, default=None
        Their targets, to tell how much the score does.

    Returns
    -------
    CompressedModel

    See Also
    --------
    prune : Leaves out what says little.
    distill : Another model that says the same.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.compression import quantize
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (2000, 5))
    >>> model = DPLogisticRegression(bounds=(-1, 1), classes=[False, True])
    >>> small = quantize(model.fit(X, X[:, 0] > 0), bits=4, background=X[:100])
    >>> small.largest_change < 0.2, small.done
    (True, ('weights of 4 bits',))
    """
    if isinstance(bits, bool) or not isinstance(bits, Integral) or not 2 <= bits <= 16:
        raise ValueError("bits must be a whole number from 2 to 16. Eight are usual.")
    first = model.model if isinstance(model, CompressedModel) else model
    round_ = partial(on_grid, bits=int(bits))
    changes = Changes(
        linear=lambda weights, reach: of_few_digits(weights, int(bits)),
        layer=round_,
        constant=lambda weights: of_few_digits(weights, 16),  # few: no place to save
        tree=lambda tree: tree.with_value(_rounded(tree, round_)),
        table=lambda terms: with_values(terms, round_(terms.values)),
    )
    small = changed(first, changes)
    return compared(model, small, f"weights of {bits} bits", background, target)


def _rounded(tree, round_):
    """Values of leaves, rounded; those of inner nodes are never predicted."""
    values = tree.value.copy()
    values[~tree.is_leaf] = 0.0
    return round_(values)
