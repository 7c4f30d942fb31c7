"""Texts, images, clips and series of one person, beside each other in one row."""

from collections.abc import Sequence
from numbers import Real
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.compose import make_column_transformer

from skprivate._sklearn import Interval, fit_context
from skprivate._typing import Estimator, TableLike
from skprivate.base import Geometry, PublicMapMixin
from skprivate.compose._column_transformer import DPColumnTransformer
from skprivate.rows._refusal import refused


class WithIndicator(PublicMapMixin, BaseEstimator):
    """What a map makes of an item, and a column that tells where there is none.

    An item that is missing has a row of zeros, which needs no filling, and is no longer
    than others; the column lets a model know.

    Parameters
    ----------
    public_map : estimator
        A map of items.
    weight : float, default=0.1
        What stands in the column where there is no item.

    Attributes
    ----------
    output_norm_ : float
        Largest norm of a row: the larger one of that of the map and of the weight.

    Examples
    --------
    >>> from skprivate.compose import WithIndicator
    >>> from skprivate.feature_extraction.series import LastValues
    >>> WithIndicator(LastValues((0,))).fit_transform([[0.5], None]).tolist()
    [[0.5, 0.0], [0.0, 0.1]]
    """

    _parameter_constraints = {
        "public_map": "no_validation",
        "weight": [Interval(Real, 0, None, closed="neither")],
    }
    reads_flat_rows = True

    def __init__(self, public_map: Estimator, *, weight: float = 0.1) -> None:
        self.public_map = public_map
        self.weight = weight

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: TableLike = None, y: Any = None) -> Self:
        """Check parameters and types; nothing is learned from the rows.

        Parameters
        ----------
        X : list, array or column of items, default=None
            Of which only the type is looked at, if it declares one.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The map.
        """
        if not isinstance(self.public_map, PublicMapMixin):
            raise refused(
                TypeError, "public_map must be a public map of items. Give one."
            )
        self.public_map_ = clone(self.public_map).fit(X)
        self.output_geometry_ = self._geometry()
        return self

    def transform(self, X: TableLike) -> TableLike:
        """Rows of the map, and one column more.

        Parameters
        ----------
        X : list, array or column of items
            One for each row.

        Returns
        -------
        {ndarray, CSR matrix} of shape (n_samples, n_features_out)
        """
        self._validate_params()
        rows = clone(self.public_map).fit(X).transform(X)
        column = self.weight * self.public_map.missing(X)[:, np.newaxis]
        if sparse.issparse(rows):
            return sparse.hstack([rows, column], format="csr")
        return np.hstack([rows, column])

    def _width(self):
        return self.public_map._width() + 1

    def _geometry(self):
        geometry = clone(self.public_map).fit().output_geometry_
        weight, bounds = float(self.weight), geometry.bounds
        if bounds is not None:
            low, high = (np.append(end, 0.0) for end in bounds)
            high[-1] = weight
            bounds = np.minimum(low, 0.0), np.maximum(high, 0.0)
        return Geometry(bounds, max(geometry.longest, weight))


def join_modalities(
    *blocks: tuple[Any, Any],
    weights: Sequence[float] | None = None,
    indicator: float | None = 0.1,
    **options: Any,
) -> DPColumnTransformer:
    """Maps of several kinds of data side by side, as rows no longer than one.

    Each map of items gets a public weight, which its norm is scaled to. So a model
    behind has the same sensitivity whatever the number of kinds, and no budget is
    divided among public maps. All columns of a row belong to one person: who has a row
    of a table and fifty clips comes with one item that stands for these, and not with
    fifty rows.

    Parameters
    ----------
    *blocks : tuple (public_map, column)
        Maps of items, and the names of their columns, each alone.
    weights : list of float, default=None
        One for each block; they are scaled so that their squares add up to one. None:
        all alike.
    indicator : float or None, default=0.1
        What stands in a column beside a block where its item is missing, as a part of
        the norm of the block. None: no such column.
    **options : dict
        For :class:`DPColumnTransformer`.

    Returns
    -------
    DPColumnTransformer

    Examples
    --------
    >>> import pandas as pd
    >>> from skprivate.compose import join_modalities
    >>> from skprivate.feature_extraction.series import CompetingKernels
    >>> from skprivate.feature_extraction.text import HashedText
    >>> table = pd.DataFrame({"note": ["fine", None], "pulse": [[60, 61, 60], [70]]})
    >>> both = join_modalities((HashedText(64), "note"), (CompetingKernels(), "pulse"))
    >>> both.fit_transform(table).shape, round(both.output_norm_, 9)
    ((2, 322), 1.0)
    """
    if weights is None:
        weights = [1.0] * len(blocks)
    sizes = np.asarray(weights, np.float64)
    if not blocks or sizes.shape != (len(blocks),) or not (sizes > 0).all():
        raise refused(
            ValueError,
            "weights must have a positive number for each block, of which there must "
            "be one. Give as many.",
        )
    sizes = sizes / np.linalg.norm(sizes)
    parts, factors = [], []
    for (public_map, column), size in zip(blocks, sizes, strict=True):
        norm = _norm_of(public_map)
        if indicator is not None:
            public_map = WithIndicator(public_map, weight=float(indicator) * norm)
        parts.append((public_map, column))
        factors.append(size / norm)
    named = make_column_transformer(*parts).transformers
    names = [name for name, _, _ in named]
    return DPColumnTransformer(
        named,
        transformer_weights=dict(zip(names, map(float, factors), strict=True)),
        **options,
    )


def _norm_of(public_map):
    """The announced norm of a map."""
    if not isinstance(public_map, PublicMapMixin):
        raise refused(
            TypeError,
            "blocks are pairs of a public map of items and the name of a column. Put "
            "other columns beside this with make_dp_union or DPColumnTransformer.",
        )
    norm = clone(public_map).fit().output_norm_
    if not 0 < norm < np.inf:
        raise refused(
            ValueError,
            "A block has no finite norm. Give bounds, or wrap it in PublicMap.",
        )
    return norm
