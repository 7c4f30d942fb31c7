"""What a source of rows is, and the source that has none."""

from abc import ABC, abstractmethod
from copy import copy
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from skprivate.mechanisms import Tally
from skprivate.rows._refusal import refused


class Rows(ABC):
    """A place where rows live.

    The number of columns is public. The rows, and how many there are, are not: only a
    curator may call :meth:`total`, and it adds noise before anyone looks.

    A query is called as ``query(X, y, weight)`` on chunks of at most 2**16 rows.
    ``X`` is a C-contiguous float64 or float32 array, or the CSR tuple ``(data,
    indices, indptr, n_features)`` with sorted, summed indices; ``y`` is float64, int32
    codes or None; ``weight`` is float64 in [0, 1], or of length zero: all ones. All
    are read-only, so that no query can alter the rows of a user. A query also has
    ``max_rows``, a public bound on the number of rows it can add exactly.

    Examples
    --------
    Any source takes the place of ``X``:

    >>> import numpy as np
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.rows import ChunkRows, Rows
    >>> rows = ChunkRows(lambda: (np.full((50, 2), i) for i in range(3)))
    >>> isinstance(rows, Rows)
    True
    >>> DPStandardScaler(bounds=(0, 2)).fit(rows).n_features_in_
    2
    """

    in_memory = False
    n_features: int
    feature_names = None
    _columns = None

    @abstractmethod
    def total(self, queries):
        """Exact sums of `queries` over all rows.

        Guarantee: the int64 sum over rows of what each query returns, the same bits
        for every order, chunking, number of threads and kind of source.

        Parameters
        ----------
        queries : sequence of Query
            They are all answered in one pass over the rows.

        Returns
        -------
        totals : list of ndarray of int64

        Raises
        ------
        ValueError
            If there are more rows than a query can add exactly.
        """

    @abstractmethod
    def encoded(self, classes):
        """These rows, with each label replaced by its index in `classes`, as int32."""

    def labels(self):
        """Labels that occur, sorted; only known where rows are in memory."""
        raise refused(
            ValueError,
            "The labels of these rows are not known before they are read. List every "
            "label in classes=...",
        )

    @property
    def columns(self):
        """Public description of the columns: numbers, where nothing else is known."""
        return plain_columns(self) if self._columns is None else self._columns

    def tally(self, numbers, *, missing=False):
        """Number of rows that hold each value; only known where a table is in memory.

        See :meth:`TableRows.tally`.
        """
        raise refused(
            ValueError,
            "The categories of these rows are not known before they are read. List "
            "them: categories=[...], with one list for each column.",
        )

    def coded(self, categories):
        """These rows, with public codes for categories, which are numbers here."""
        from skprivate.rows._coded import CodedRows

        return CodedRows(self, categories)

    def through(self, door):
        """These rows, each of them validated by `door` before a query sees it."""
        if door.columns is None:
            return self
        rows = copy(self)
        rows._columns = door.columns
        return rows


class NoRows(Rows):
    """No rows at all: what a plan is made on.

    Parameters
    ----------
    n_features : int
        Number of columns that the rows would have.
    classes : array-like or None, default=None
        Labels that the rows would have.
    columns : tuple of Column or None, default=None
        What the columns would be; None: numbers.

    Examples
    --------
    >>> from skprivate.rows import NoRows
    >>> NoRows(3, classes=["yes", "no"]).labels().tolist()
    ['no', 'yes']
    """

    in_memory = True
    width_is_known = True

    def __init__(self, n_features, classes=None, columns=None):
        self.n_features = n_features
        self.classes = classes
        self._columns = columns
        self._y = np.empty(0)

    def tally(self, numbers, *, missing=False):
        """No value at all."""
        return Tally({})

    def coded(self, categories):
        """No rows."""
        return self

    def total(self, queries):
        """Zeros of the shape of each query."""
        X, y, weight = np.empty((0, self.n_features)), self._y, np.empty(0)
        y = None if y is None else read_only(y)
        chunk = read_only(X), y, read_only(weight)
        return [whole_numbers(query(*chunk)) for query in queries]

    def encoded(self, classes):
        """No rows, with int32 codes for targets; odd classes are refused."""
        from skprivate.rows._labels import encode  # which knows what is refused

        encode(np.empty(0), classes)
        return self._with_target(np.empty(0, np.int32))

    def labels(self):
        """The labels that were given."""
        return super().labels() if self.classes is None else np.unique(self.classes)

    def with_column(self, values):
        """No rows, with one more column of numbers; see :class:`TableRows`."""
        from skprivate.rows._schema import Column  # which knows what rows are

        columns = (*self.columns, Column(None, "number"))
        rows = NoRows(self.n_features + 1, self.classes, columns)
        rows._y = self._y
        return rows

    def through(self, door):
        """No rows, with the kind of target that `door` asks for."""
        return self._with_target(None) if door.target == "none" else self

    def _with_target(self, y):
        rows = copy(self)
        rows._y = y
        return rows


def plain_columns(rows):
    """Columns of numbers, with the names that are known."""
    from skprivate.rows._schema import Column  # which knows what rows are

    names = rows.feature_names
    if names is None or len(names) != rows.n_features:
        names = (None,) * rows.n_features
    return tuple(Column(name, "number") for name in names)


@dataclass(frozen=True)
class RowCount:
    """The query that counts rows: how a source made of parts keeps to `max_rows`."""

    levels: ClassVar[float] = 1.0
    max_rows: ClassVar[int] = 2**62

    def __call__(self, X, y, weight):
        """Number of rows of a chunk, whatever their weight."""
        return np.array([float(len(X[2]) - 1 if isinstance(X, tuple) else len(X))])


def check_row_count(n_rows, queries):
    """Refuse more rows than some query can add exactly; name only the public cap."""
    cap = min((query.max_rows for query in queries), default=n_rows)
    if n_rows > cap:
        raise refused(
            ValueError,
            f"More than {cap} rows arrived, the most that this query can add exactly. "
            "Fit on fewer rows.",
        )


def whole_numbers(result):
    """`result` as int64; refused unless it holds exact integers.

    NaN, infinity, fractions and what int64 cannot hold are all caught by one test:
    they do not survive the cast.
    """
    with np.errstate(invalid="ignore"):
        whole = np.asarray(result).astype(np.int64)
    if not (whole == result).all():
        raise refused(
            ValueError,
            "A query returned something other than whole numbers below 2**63. Round "
            "each contribution to the grid of the query.",
        )
    return whole


def add_totals(parts):
    """Sum of lists of totals, query by query."""
    return [sum(totals) for totals in zip(*parts, strict=True)]


def read_only(array):
    """A read-only, aligned, C-contiguous view of `array`, or a copy if it is neither.

    Always read-only, because numba compiles a kernel again for the other kind, and
    pandas hands out read-only arrays.
    """
    if array.flags.c_contiguous and array.flags.aligned:
        array = array.view()
    else:
        array = array.copy(order="C")
    array.flags.writeable = False
    return array
