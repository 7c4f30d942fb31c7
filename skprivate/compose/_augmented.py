"""Changed copies of each item, put together into one row."""

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, clone

from skprivate._sklearn import Interval, StrOptions, fit_context
from skprivate._typing import Estimator, TableLike
from skprivate.base import Geometry, PublicMapMixin
from skprivate.feature_extraction._changes import Change
from skprivate.feature_extraction._draws import coins_of
from skprivate.rows._items import declared_kind, items_of
from skprivate.rows._refusal import refused


class Augmented(PublicMapMixin, BaseEstimator):
    """What a map makes of an item and of changed copies of it, as one row.

    Copies belong to the same person: as rows of their own they would need a group, and
    cost as many times more noise. Their mean is one row of the same norm, with less of
    what does not matter, and costs nothing. Changes are a fixed list; or some of the
    list, and more or less of each, by coins that are a hash of the item itself.

    Parameters
    ----------
    public_map : estimator
        A map of items with an announced norm.
    transforms : list of callable
        Each makes another item of one. Those of this package are
        `feature_extraction.image.Flip`, ``Shift``, ``Rotation``, ``Crop``, ``Colour``;
        ``audio.Hiss``, ``Stretch``; ``series.Jitter``, ``Warp``.
    combine : {"mean", "concatenate"}, default="mean"
        Whether rows of copies are averaged, or put side by side.
    n_copies : int, default=None
        Copies of an item, each by one of the transforms, by coins. None: one by each of
        the transforms, in full.
    key : int, default=0
        Public key of the coins.

    Attributes
    ----------
    output_norm_ : float
        Largest norm of a row.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skprivate.compose import Augmented
    >>> from skprivate.feature_extraction.image import RandomPatchFeatures, Shift
    >>> patches = RandomPatchFeatures((8, 8), size=3)
    >>> both = Augmented(patches, [Shift(0, 1), Shift(1, 0)])
    >>> both.fit_transform(load_digits().images[:3]).shape
    (3, 512)
    """

    _parameter_constraints = {
        "public_map": "no_validation",
        "transforms": "no_validation",
        "combine": [StrOptions({"mean", "concatenate"})],
        "n_copies": [Interval(Integral, 1, 1000, closed="both"), None],
        "key": [Interval(Integral, 0, 2**62, closed="both")],
    }
    reads_flat_rows = True

    def __init__(
        self,
        public_map: Estimator,
        transforms: Sequence[Callable[..., Any]],
        *,
        combine: Literal["mean", "concatenate"] = "mean",
        n_copies: int | None = None,
        key: int = 0,
    ) -> None:
        self.public_map = public_map
        self.transforms = transforms
        self.combine = combine
        self.n_copies = n_copies
        self.key = key

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
                TypeError,
                "public_map must be a public map of items, such as those of "
                "skprivate.feature_extraction, or PublicMap around another. Give one.",
            )
        listed = isinstance(self.transforms, (list, tuple)) and len(self.transforms)
        if not listed or not all(map(callable, self.transforms)):
            raise refused(
                TypeError,
                "transforms must be a list of functions of one item. Give one.",
            )
        self.public_map_ = clone(self.public_map).fit(X)
        self._refuse_flat_images(X)
        self.output_geometry_ = self._geometry()
        return self

    def transform(self, X: TableLike) -> TableLike:
        """One row of an item and its copies.

        Parameters
        ----------
        X : list, array or column of items
            One for each row.

        Returns
        -------
        {ndarray, CSR matrix} of shape (n_samples, n_features_out)
        """
        self._validate_params()
        items, apply = items_of(X), clone(self.public_map).fit(X).transform
        self._refuse_flat_images(X)
        tables = [apply(items)]
        for number in range(self._n_copies()):
            copies = np.empty(len(items), object)
            for place, item in enumerate(items):
                copies[place] = self._copy(item, number)
            tables.append(apply(list(copies)))
        if self.combine == "mean":
            return sum(tables[1:], tables[0]) / len(tables)
        stack = sparse.hstack if sparse.issparse(tables[0]) else np.hstack
        return stack(tables)

    def _refuse_flat_images(self, X):
        """A row of pixels has no sides along which an image could be changed."""
        kind, n_dims = declared_kind(X)
        is_flat = n_dims == 2 and (kind == "table" or kind in "biuf")
        if is_flat and getattr(self.public_map, "_items", "") == "images":
            raise refused(
                TypeError,
                "X is a table of pixels, and changes need images. Give them as an "
                "array of shape (n, height, width).",
            )

    def _copy(self, item, number):
        """A changed item; the item itself where it cannot be changed."""
        try:
            coins = coins_of(item, self.key * 1000 + number)
            if self.n_copies is None:
                return _changed(self.transforms[number], item, 1.0, coins)
            chosen = self.transforms[coins.integers(len(self.transforms))]
            return _changed(chosen, item, coins.uniform(-1.0, 1.0), coins)
        except Exception:  # that of this item, whatever the others are
            return item

    def _n_copies(self):
        return len(self.transforms) if self.n_copies is None else self.n_copies

    def _width(self):
        copies = self._n_copies() if self.combine == "concatenate" else 0
        return self.public_map._width() * (1 + copies)

    def _geometry(self):
        geometry = clone(self.public_map).fit().output_geometry_
        if self.combine == "mean":
            return Geometry(geometry.bounds, geometry.norm)
        return Geometry.side_by_side([geometry] * (1 + self._n_copies()))

    def missing(self, X: TableLike) -> np.ndarray:
        """Whether there is no item, or none that can be read, in each row.

        Parameters
        ----------
        X : list, array or column of items
            One for each row.

        Returns
        -------
        ndarray of bool of shape (n_samples,)
        """
        return self.public_map.missing(X)


def _changed(change, item, strength, coins):
    if isinstance(change, Change):
        return change(item, strength, coins)
    return change(item)
