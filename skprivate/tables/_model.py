"""What models of the bins of a raw table share."""

from dataclasses import replace
from numbers import Integral

import numpy as np

from skprivate._sklearn import Interval, StrOptions
from skprivate.base._bounds import check_bounds
from skprivate.base._categories import refuse_unlisted
from skprivate.binning._columns import MOST_CATEGORIES
from skprivate.rows._columns import names_of
from skprivate.schema import Schema
from skprivate.tables._bins import learn_table_bins
from skprivate.tables._facts import fields_of, read_as


class BinsTables:
    """Mixin of estimators that put the columns of a raw table into bins.

    The estimator has the parameters ``schema``, ``bounds``, ``categorical_features``,
    ``max_bins``, ``cardinality_threshold`` and ``find_categories``.

    Attributes
    ----------
    table_bins_ : TableBins
        How rows are read: set by ``_learn_bins``.
    schema_ : Schema
        What was declared about the columns, and what was found.

    Examples
    --------
    >>> from skprivate.tables import BinsTables
    >>> sorted(BinsTables._bins_constraints)[:3]
    ['bounds', 'cardinality_threshold', 'categorical_features']
    """

    _takes_tables = True
    _n_beside = 0  # columns behind those of X: a target that is one of the table
    _bins_constraints = {
        "schema": [Schema, dict, None],
        "bounds": "no_validation",  # `_learn_bins` checks them
        "categorical_features": ["array-like", StrOptions({"from_dtype"}), None],
        "max_bins": [Interval(Integral, 2, 255, closed="both")],
        "cardinality_threshold": [Interval(Integral, 1, 2**15, closed="both")],
        "find_categories": ["boolean"],
    }

    def _known(self):
        """The schema that was given, as one."""
        return None if self.schema is None else Schema(self.schema)

    def _read_as(self, columns):
        self._declared_ends(len(columns) - self._n_beside)  # before labels are read
        columns = read_as(columns, self._known(), self.cardinality_threshold)
        _refuse_long_lists(columns)
        named = self.categorical_features
        if isinstance(named, str):
            return columns
        chosen = _chosen(named, columns[: len(columns) - self._n_beside])
        return tuple(
            _as_category(column, j in chosen) for j, column in enumerate(columns)
        )

    def _discovers(self):
        return self.find_categories  # the schema need not name all columns

    def _fields(self, curator):
        """What is public about each column."""
        return fields_of(curator.columns, self._known())

    def _check_bins(self, curator):
        """Refuse categories that nobody lists and that are not to be found.

        A model of classes asks for this before it looks for labels in ``y``, from where
        on a refusal could tell something about them, and would be charged.
        """
        fields = self._fields(curator)
        unlisted = [f.kind == "category" and f.categories is None for f in fields]
        if any(unlisted) and not self.find_categories:
            refuse_unlisted(curator.columns, unlisted.index(True))

    def _learn_bins(self, curator, *, share, n_bins=None):
        """Learn bins for a share of the budget; see :func:`learn_table_bins`."""
        self._check_bins(curator)
        bounds = self.bounds
        ends = self._declared_ends(curator.n_features - self._n_beside)
        if ends is not None:
            of_all = all(np.ndim(end) == 0 for end in bounds)
            unknown = np.full(self._n_beside, np.nan)
            bounds = tuple(np.append(end, unknown) for end in ends)
            if of_all:  # two numbers say nothing about dates
                dates = [column.kind == "date" for column in curator.columns]
                bounds = tuple(np.where(dates, np.nan, end) for end in bounds)
        self.table_bins_ = learn_table_bins(
            curator,
            self._known(),
            share=share,
            n_bins=n_bins or self.max_bins,
            bounds=bounds,
            most_categories=self.cardinality_threshold,
            find_categories=self.find_categories,
        )
        self.schema_ = self.table_bins_.schema
        return self.table_bins_.bins

    def _declared_ends(self, n_columns):
        """Ends of all columns; None: they are to be found."""
        if isinstance(self.bounds, str) and self.bounds == "private":
            return None
        return check_bounds(self.bounds, n_columns)

    def _codes(self, X):
        """Codes of rows, which have the columns of ``fit``."""
        return self.table_bins_.codes(self, X)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags


def _refuse_long_lists(columns):
    """Refuse more categories than there are codes for; nothing is paid before."""
    for column, name in zip(columns, names_of(columns), strict=True):
        if len(column.declared or ()) > MOST_CATEGORIES:
            raise ValueError(
                f"Column {name!r} has more than {MOST_CATEGORIES} categories in the "
                "schema. List fewer: all others are one category."
            )


def _chosen(named, columns):
    """Numbers of the columns that are named: by numbers, names, or a mask."""
    if named is None:
        return set()
    named, names = np.asarray(named).ravel(), names_of(columns)
    if named.dtype.kind == "b" and len(named) == len(columns):
        return set(np.flatnonzero(named).tolist())
    numbers = {names.index(name) if name in names else name for name in named.tolist()}
    if unknown := [k for k in numbers if k not in range(len(columns))]:
        raise ValueError(
            f"categorical_features names a column that there is not, {unknown[0]!r}. "
            "Give names or numbers of columns, or a truth value for each of them."
        )
    return numbers


def _as_category(column, chosen):
    """A column, as the user says whether it is of categories."""
    if chosen and column.kind != "category":
        return replace(column, kind="category", declared=None)
    if not chosen and column.kind == "category":
        raise ValueError(
            "X has columns of categories that categorical_features does not name. Name "
            "them, or write 'from_dtype'."
        )
    return column
