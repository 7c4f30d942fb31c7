"""Public maps: what is made of one text, image, clip or series, for nothing."""

from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin

from skprivate._sklearn import fit_context
from skprivate._typing import TableLike
from skprivate.base._geometry import PublishesGeometry
from skprivate.rows._items import declared_kind, items_of
from skprivate.rows._refusal import refused

_BLOCK = 256  # items that are in memory as numbers


class PublicMapMixin(
    PublishesGeometry, ClassNamePrefixFeaturesOutMixin, TransformerMixin
):
    """Mixin of transformers that make numbers of items, and learn nothing.

    **Guarantee.** ``fit`` looks at no item, and leaves the same state whatever the rows
    are. A row of ``transform`` depends on parameters and on its own item. An item that
    is missing, or cannot be read, becomes a row of zeros, never an error, which others
    could see.

    A subclass has parameters, and defines what follows. It calls no method on items but
    through these:

    - ``_width()``: number of features, of parameters alone;
    - ``_geometry()``: a :class:`Geometry` that holds for every item;
    - ``_decoded(item)``: what can be mapped, or None if there is nothing; an error is
      taken for None;
    - ``_mapped(values)``: an array, or CSR matrix, with a row for each of a list of
      decoded values, each made of its value alone, to the last bit.

    ``_items`` names what it reads, for messages; ``reads_flat_rows`` says whether a
    table of numbers holds an item in each row.
    """

    _parameter_constraints = {}
    _items = "items"
    _sparse = False
    reads_flat_rows = False

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
            The transformer.
        """
        self._check_kind(X)
        self.output_geometry_ = self._geometry()
        return self

    def transform(self, X: TableLike) -> TableLike:
        """Numbers of items.

        Parameters
        ----------
        X : list, array or column of items
            One for each row.

        Returns
        -------
        {ndarray, CSR matrix} of shape (n_samples, n_features_out)
            A row of zeros for an item that is missing or cannot be read.
        """
        self._validate_params()
        self._check_kind(X)
        items = items_of(X)
        parts = [
            self._of_block(items[start : start + _BLOCK])
            for start in range(0, len(items), _BLOCK)
        ]
        if self._sparse:
            empty = sparse.csr_matrix((0, self._width()))
            return sparse.vstack([empty, *parts], format="csr")
        return np.concatenate([np.zeros((0, self._width())), *parts])

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
        values = (self._or_none(item) for item in items_of(X))
        return np.array([value is None for value in values], bool)

    def _of_block(self, items):
        """Rows of some items: what can be read is mapped, the others are zeros."""
        values = [self._or_none(item) for item in items]
        places = [i for i, value in enumerate(values) if value is not None]
        mapped = self._all_of([values[i] for i in places]) if places else None
        if self._sparse:
            if mapped is None:
                return sparse.csr_matrix((len(items), self._width()))
            ones = np.ones(len(places)), (places, np.arange(len(places)))
            if len(places) == len(items):
                return mapped
            chosen = sparse.csr_matrix(ones, shape=(len(items), len(places)))
            return (chosen @ mapped).tocsr()
        rows = np.zeros((len(items), self._width()))
        if places:
            rows[places] = mapped
        return rows

    def _all_of(self, values):
        """Rows of values; zeros for one that cannot be mapped, which others do not see.

        They are mapped together, or else one by one: that makes no difference to a row.
        """
        with np.errstate(all="ignore"):
            try:
                return self._mapped(values)
            except Exception:
                rows = [self._one_of(value) for value in values]
        return sparse.vstack(rows, format="csr") if self._sparse else np.vstack(rows)

    def _one_of(self, value):
        try:
            return self._mapped([value])
        except Exception:
            return (
                sparse.csr_matrix((1, self._width()))
                if self._sparse
                else np.zeros((1, self._width()))
            )

    def _or_none(self, item):
        """What can be mapped of an item. Whether it could be read is its row's affair.

        So any error counts, and its message, which may quote the item, is lost.
        """
        try:
            with np.errstate(all="ignore"):
                return self._decoded(item)
        except Exception:
            return None

    def _check_kind(self, X):
        """Refuse rows of which the declared type says that they hold no items."""
        kind, n_dims = declared_kind(X)
        if self._refuses(kind, n_dims):
            raise refused(
                TypeError,
                f"{type(self).__name__} reads {self._items}, and X is an array or a "
                f"table with {n_dims} dimensions that holds none. Give a list, or the "
                "column alone, with one item for each row.",
            )

    def _refuses(self, kind, n_dims):
        """Whether an array of such a type and so many dimensions is nothing to read."""
        return kind is not None and kind in "biufc" and n_dims < 2

    @property
    def _n_features_out(self):
        return self._width()

    def _width(self):
        raise TypeError(f"{type(self).__name__} must define _width().")

    def _geometry(self):
        raise TypeError(f"{type(self).__name__} must define _geometry().")

    def _decoded(self, item):
        raise TypeError(f"{type(self).__name__} must define _decoded(item).")

    def _mapped(self, values):
        raise TypeError(f"{type(self).__name__} must define _mapped(values).")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True
        return tags
