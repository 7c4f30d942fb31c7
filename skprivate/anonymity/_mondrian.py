"""k-anonymity by boxes that are cut as long as they hold enough rows."""

from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import TableLike
from skprivate.anonymity._columns import coded, plain
from skprivate.anonymity._frames import chosen, column_of, names_of, rebuilt
from skprivate.anonymity._report import anonymity_report
from skprivate.anonymity._rules import (
    Secrets,
    check_k,
    check_rules,
    refuse_identifiers,
    refuse_wide,
)
from skprivate.anonymity._words import Spans
from skprivate.kernels import boxes_of_rows, split_boxes

_OUTPUTS = ("interval", "midpoint", "codes")


class MondrianAnonymizer(TransformerMixin, BaseEstimator):
    """Make rows alike in groups of at least ``k``, by cutting the table into boxes.

    The table of the quasi-identifiers is cut in two where that keeps most detail, then
    each part again, as long as all parts have ``k`` rows (and sensitive values enough,
    if ``l`` or ``t`` are given). Each row then says of itself no more than its box.

    **Not private.** The boxes follow from the rows as they are, and a table that is
    k-anonymous bounds nobody's knowledge: two such tables that differ in one person can
    tell all about them. For a guarantee, see
    :class:`~skprivate.synthesis.DPTabularSynthesizer`.

    Parameters
    ----------
    k : int, default=5
        Least number of rows that are alike.
    quasi_identifiers : list, default=None
        Columns by which people could be found; None: all but the sensitive ones.
    sensitive : list, default=None
        Columns that people should not be linked with. They are handed through.
    l : float, default=None
        How many sensitive values each group must have, at least.
    diversity : {"distinct", "entropy"}, default="distinct"
        How they are counted: as they are, or by the exponential of their entropy.
    t : float, default=None
        How far the sensitive values of a group may be distributed from those of the
        table: half the sum of differences, or the earth mover's distance of numbers.
        Small ones leave little of a table.
    hierarchies : dict of column to Hierarchy, default=None
        Which categories are near each other; others are in the order of the alphabet.
    output : {"interval", "midpoint", "codes"}, default="interval"
        Words such as ``[25, 34]`` and ``{Divorced, Widowed}``; numbers for models
        (the middle of a range; for a category a column for each value, which shares
        one row out); or whole numbers, the same for the same words.
    shuffle : bool, default=False
        Whether rows leave in another order, and with a new index: both can tell who
        they are.

    Attributes
    ----------
    n_boxes_ : int
        Number of groups.
    boxes_ : ndarray of shape (n_rows,)
        Group of each row of the fit.
    loss_ : float
        Normalized certainty penalty: mean over cells of the width of the range as a
        part of the whole (0: nothing was lost, 1: everything).
    report_ : AnonymityReport
        What the result is worth.
    n_features_in_, feature_names_in_
        Of the table of the fit.

    See Also
    --------
    HierarchyAnonymizer : One word for a value wherever it stands.

    References
    ----------
    LeFevre, DeWitt and Ramakrishnan (2006). Mondrian multidimensional k-anonymity.
    ICDE. Xu et al. (2006). Utility-based anonymization using local recoding. KDD.

    Examples
    --------
    >>> import pandas as pd
    >>> from skprivate.anonymity import MondrianAnonymizer
    >>> people = pd.DataFrame(
    ...     {
    ...         "age": [23, 25, 24, 61, 66, 60],
    ...         "town": ["Ulm", "Ulm", "Kiel", "Mainz", "Kiel", "Ulm"],
    ...         "ill": ["no", "yes", "no", "yes", "no", "no"],
    ...     }
    ... )
    >>> MondrianAnonymizer(3, sensitive=["ill"]).fit_transform(people)
            age                town  ill
    0  [23, 25]         {Kiel, Ulm}   no
    1  [23, 25]         {Kiel, Ulm}  yes
    2  [23, 25]         {Kiel, Ulm}   no
    3  [60, 66]  {Kiel, Mainz, Ulm}  yes
    4  [60, 66]  {Kiel, Mainz, Ulm}   no
    5  [60, 66]  {Kiel, Mainz, Ulm}   no
    """

    def __init__(
        self,
        k: int = 5,
        *,
        quasi_identifiers: list[Any] | None = None,
        sensitive: list[Any] | None = None,
        l: float | None = None,  # noqa: E741 (its name in the field)
        diversity: Literal["distinct", "entropy"] = "distinct",
        t: float | None = None,
        hierarchies: dict[Any, Any] | None = None,
        output: Literal["interval", "midpoint", "codes"] = "interval",
        shuffle: bool = False,
    ) -> None:
        self.k = k
        self.quasi_identifiers = quasi_identifiers
        self.sensitive = sensitive
        self.l = l
        self.diversity = diversity
        self.t = t
        self.hierarchies = hierarchies
        self.output = output
        self.shuffle = shuffle

    def fit(self, X: TableLike, y: Any = None) -> Self:
        """Cut the table into boxes.

        Parameters
        ----------
        X : frame or array of shape (n_rows, n_columns)
            The table, whole.
        y : object
            Ignored.

        Returns
        -------
        self : MondrianAnonymizer
        """
        names = names_of(X)
        secret, public = self._roles(X, names)
        check_k(self.k, len(X))
        check_rules(self.l, self.diversity, self.t, secret)
        if self.output not in _OUTPUTS:
            raise ValueError(f"output must be one of {', '.join(_OUTPUTS)}.")
        columns = [self._coded(X, name) for name in public]
        refuse_identifiers(columns, self.k)
        if self.output == "midpoint":
            refuse_wide(columns)
        secrets = Secrets.of(
            X, secret, len(X), least=self.l, diversity=self.diversity, most=self.t
        )
        codes = np.array([column.codes for column in columns], dtype=np.int32)
        order, starts, self._nodes = split_boxes(
            codes,
            _widths(columns),
            np.array([column.is_number for column in columns]),
            self.k,
            secrets.codes,
            secrets.whole,
            secrets.sizes,
            secrets.rule,
        )
        self.n_boxes_ = len(starts) - 1
        self.boxes_ = np.empty(len(X), dtype=np.int64)
        self.boxes_[order] = np.repeat(np.arange(self.n_boxes_), np.diff(starts))
        self._columns = columns
        self._spans = [
            Spans.of(column, codes[i], order, starts)
            for i, column in enumerate(columns)
        ]
        sizes = np.diff(starts)
        penalty = np.mean([spans.penalties for spans in self._spans], axis=0)
        self.loss_ = float((penalty * sizes).sum() / sizes.sum())
        self.n_features_in_ = len(names)
        if hasattr(X, "columns"):
            self.feature_names_in_ = np.asarray(names, dtype=object)
        self.report_ = anonymity_report(
            X, quasi_identifiers=public, sensitive=secret or None, classes=self.boxes_
        )
        return self

    def transform(self, X: TableLike) -> TableLike:
        """Rows of which each says no more than its box.

        Parameters
        ----------
        X : frame or array of shape (n_rows, n_columns)
            The table of the fit: of *other* rows some boxes may hold fewer than ``k``.

        Returns
        -------
        frame or array
            Of the kind of ``X``.
        """
        check_is_fitted(self, "boxes_")
        if len(names_of(X)) != self.n_features_in_:
            raise ValueError(
                f"X has {len(names_of(X))} columns, and the table of the fit had "
                f"{self.n_features_in_}. Pass the same table."
            )
        codes = np.array([c.code(column_of(X, c.name)) for c in self._columns])
        return self._shown(X, boxes_of_rows(codes, self._nodes))

    def fit_transform(self, X: TableLike, y: Any = None) -> TableLike:
        """Fit, and hand out the rows of the fit: ``fit(X).transform(X)``, but sooner.

        Parameters
        ----------
        X : frame or array of shape (n_rows, n_columns)
            The table, whole.
        y : object
            Ignored.

        Returns
        -------
        frame or array
        """
        self.fit(X)
        return self._shown(X, self.boxes_)

    def _shown(self, X, boxes):
        """A table that says of each row what its box says."""
        own = {column.name: i for i, column in enumerate(self._columns)}
        rows = self._order(len(X))
        boxes = boxes if rows is None else boxes[rows]
        new = {}
        for name in names_of(X):
            if name in own:
                parts = self._spans[own[name]].shown(boxes, self.output)
            else:
                column = column_of(X, name)
                parts = {name: column if rows is None else _taken(column, rows)}
            twice = [one for one in parts if one in new]
            if twice:
                raise ValueError(
                    f"The result would have two columns {twice[0]!r}. Rename that of X."
                )
            new.update(parts)
        table = rebuilt(X, new, rows)
        if rows is not None and hasattr(table, "iloc"):
            table = table.reset_index(drop=True)  # an index tells the order
        return table

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns of the result.

        Parameters
        ----------
        input_features : object
            Ignored.

        Returns
        -------
        ndarray of str
        """
        check_is_fitted(self, "boxes_")
        names = getattr(self, "feature_names_in_", range(self.n_features_in_))
        own = {c.name: s for c, s in zip(self._columns, self._spans, strict=True)}
        found = [
            out
            for name in names
            for out in (own[name].names(self.output) if name in own else [name])
        ]
        return np.asarray([str(name) for name in found], dtype=object)

    def _roles(self, X, names):
        """Sensitive columns, and quasi-identifiers."""
        secret = chosen(X, self.sensitive or [], "sensitive")
        asked = self.quasi_identifiers
        if asked is None:
            asked = [name for name in names if name not in secret]
        public = chosen(X, asked, "quasi_identifiers")
        if not public:
            raise ValueError("There is no quasi-identifier. Name at least one.")
        both = [name for name in public if name in secret]
        if both:
            raise ValueError(
                f"Column {both[0]!r} is sensitive and a quasi-identifier. Take it out "
                "of one of the two lists."
            )
        unknown = [n for n in self.hierarchies or {} if n not in public]
        if unknown:
            raise ValueError(
                f"hierarchies: {unknown[0]!r} is no quasi-identifier. Name it in "
                "quasi_identifiers, or leave its hierarchy out."
            )
        return secret, public

    def _coded(self, X, name):
        known = (self.hierarchies or {}).get(name)
        order = None if known is None else known.order
        if order is not None:
            order = [plain(value) for value in order]
        return coded(name, column_of(X, name), order, blocks=True)

    def _order(self, n_rows):
        """A secret order, from the system's generator."""
        if not self.shuffle:
            return None
        import secrets

        return np.random.default_rng(secrets.randbits(128)).permutation(n_rows)


def _widths(columns):
    """Widths of all columns in one array."""
    parts = [column.widths() for column in columns]
    table = np.zeros((len(parts), max(2, *map(len, parts))))
    for row, part in zip(table, parts, strict=True):
        row[: len(part)] = part
    return table


def _taken(column, rows):
    if hasattr(column, "iloc"):
        return column.iloc[rows].array
    return column[rows]
