"""What a source of rows is."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from skprivate.mechanisms import exact_sum
from skprivate.rows._column import Column
from skprivate.rows._refusal import refused


class Rows(ABC):
    """A place where rows live.

    The number of columns is public. The rows, and how many there are, are not: only a
    curator may call :meth:`total`, and it adds noise before anyone looks.

    A query is called as ``query(X, y, weight)`` on chunks of at most 2**16 rows.
    ``X`` is a C-contiguous float64 or float32 array, or the CSR tuple ``(data,
    indices, indptr, n_features)`` with sorted, summed indices; ``y`` is float64, of two
    dimensions where there are several targets, int32 codes or None; ``weight`` is
    float64 in [0, 1], or of length zero: all ones. All are read-only, so that no query
    can alter the rows of a user. What asks about derived columns makes them of ``X``;
    the query within it sees
    :class:`DerivedColumns`. A query also has ``max_rows``, a public bound on
    the number of rows it can add exactly, and, for rows of several owners,
    ``n_totals`` and ``largest_entry``: how many integers it returns, and how large one
    of them may be for a single row.

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
    has_groups = False  # whether the source tells of which unit each row is
    stores = False  # whether it keeps something until it is told to forget
    n_features: int
    n_targets = None  # number of columns of the target; None: one value for each row
    feature_names = None
    _columns = None
    dtype = np.dtype(np.float64)  # or float32, if types declare all numbers as such

    @abstractmethod
    def total(self, queries: Sequence[Any]) -> list[np.ndarray]:
        """Exact sums of `queries` over all rows.

        Guarantee: the exact sum over rows of what each query returns, the same bits
        for every order, chunking, number of threads and kind of source.

        Parameters
        ----------
        queries : sequence of Query
            They are all answered in one pass over the rows.

        Returns
        -------
        totals : list of ndarray of int64
            Of Python integers where a sum is beyond int64.

        Raises
        ------
        ValueError
            If there are more rows than a query can add exactly.
        """

    def noisy_total(
        self, queries: Sequence[Any], noises: Sequence[Any]
    ) -> tuple[list[np.ndarray], float]:
        """Sums with noise: the only ones that leave a curator.

        Here the exact sums are found, and noise is added to them, once. Where rows have
        owners who add it, each to a sum of its own, no exact sum is ever seen.

        Parameters
        ----------
        queries : sequence of Query
        noises : sequence of Noise
            For each of them, what has to be added.

        Returns
        -------
        totals : list of ndarray
            In grid steps.
        spread : float
            Deviation of the noise in them, over that of ``noises``.
        """
        totals = self.total(queries)
        pairs = list(zip(queries, totals, strict=True))
        for query, total in pairs:
            check_size(total, query)
        return [
            noise.added(*pair) for noise, pair in zip(noises, pairs, strict=True)
        ], 1.0

    @property
    def spread(self) -> float:
        """Deviation of the noise in the next answer, over that of its mechanism."""
        return 1.0

    def opened(self, name: str, budget: Any) -> Self:
        """These rows for one fit, once all who hold them have agreed to its price.

        Parameters
        ----------
        name : str
            Of the estimator.
        budget : Budget
            All that the fit may spend.
        """
        return self

    def closed(self) -> None:
        """The fit is over, however it has ended."""
        return None

    def reported(self, report: Any) -> Any:
        """The report of the fit, and what these rows add: who was trusted, and paid."""
        return report

    @abstractmethod
    def encoded(self, classes: Any) -> Any:
        """These rows, with each label replaced by its index in `classes`, as int32."""

    def labels(self) -> Any:
        """Labels that occur, sorted; only known where rows are in memory."""
        raise refused(
            ValueError,
            "The labels of these rows are not known before they are read. List every "
            "label in classes=...",
        )

    @property
    def columns(self) -> Any:
        """Public description of the columns: numbers, where nothing else is known."""
        return plain_columns(self) if self._columns is None else self._columns

    def held(self) -> list[Any]:
        """What holds the rows; no two parties may have one of these in common."""
        inner = []
        for value in vars(self).values():
            parts = value if isinstance(value, (list, tuple)) else [value]
            inner += [rows for rows in parts if isinstance(rows, Rows)]
        return [self, *(thing for rows in inner for thing in rows.held())]

    def tally(self, numbers: Any, *, missing: bool = False, words: Any = None) -> Any:
        """Number of rows that hold each value; only known where a table is in memory.

        See :meth:`TableRows.tally`.
        """
        raise refused(
            ValueError,
            "The categories of these rows are not known before they are read. List "
            "them: categories=[...], with one list for each column.",
        )

    def first_row(self) -> Any:
        """A table of one row as the source holds it, for what learns nothing from it.

        None where there is no row, or the source cannot tell.
        """
        return None

    @property
    def holds_tables(self) -> bool:
        """Whether :meth:`mapped` maps tables; public."""
        return type(self).mapped is not Rows.mapped

    def mapped(self, maps: Any) -> Any:
        """These rows after a map of tables; None where the source holds no tables.

        Guarantee: each chunk is mapped by itself, before a door validates it.

        Parameters
        ----------
        maps : TableMap
        """
        return None

    def relabelled(self, work: Callable[..., Any]) -> "Rows":
        """These rows with another target, which is made of the one that they have.

        Guarantee: what a row gets is a function of its own target. Each chunk is mapped
        by itself, before a door validates it.

        Parameters
        ----------
        work : callable
            From targets, as the source holds them, to as many; it can be pickled, and
            its errors hold no data.
        """
        raise refused(
            TypeError,
            f"{type(self).__name__} cannot give its rows another target. Define "
            "relabelled(work), or use ChunkRows.",
        )

    def keeping(self) -> Self:
        """These rows, which may keep derived columns until they are told to forget.

        Guarantee: totals are the same. A source that keeps none finds them anew in
        each pass, as here.
        """
        return self

    def forget(self) -> None:
        """Remove all derived columns that are kept."""
        return None

    def once(self) -> Self:
        """These rows, of which one more total is asked, and no other in this fit."""
        return self

    def without_rows(self) -> None:
        """Features, target, weights and groups of no rows, where types are declared.

        None: of this source, nobody can know before it is read.
        """
        return None

    def through(self, door: Any) -> "Rows":
        """These rows, each of them validated by `door` before a query sees it."""
        if door.columns is None:
            return self
        rows = copy(self)
        rows._columns = door.columns
        return rows


def plain_columns(rows):
    """Columns of numbers, with the names that are known."""
    names = rows.feature_names
    if names is None or len(names) != rows.n_features:
        names = (None,) * rows.n_features
    return tuple(Column(name, "number") for name in names)


@dataclass(frozen=True)
class RowCount:
    """The query that counts rows: how a source made of parts keeps to `max_rows`."""

    levels: ClassVar[float] = 1.0
    n_totals: ClassVar[int] = 1
    largest_entry: ClassVar[float] = 1.0
    max_rows: ClassVar[int] = 2**62

    def check(self, n_features):
        """It has no fields, and reads no column."""

    def __call__(self, X, y, weight):
        """Number of rows of a chunk, whatever their weight."""
        return np.array([float(len(X[2]) - 1 if isinstance(X, tuple) else len(X))])


def check_queries(queries: Any, n_features: int) -> None:
    """Let queries refuse rows that they do not fit, before kernels read by them.

    What is no :class:`Query`, a plain function, has no fields that could be wrong.
    """
    for query in queries:
        if hasattr(query, "check"):
            query.check(n_features)


def check_size(total: Any, query: Any) -> None:
    """Refuse a total of another size than the query states.

    Levels are stated for so many values; and one in place of many would be broadcast.
    """
    if np.size(total) != getattr(query, "n_totals", np.size(total)):
        raise refused(
            ValueError,
            "A query was answered by another number of values than its size. Return "
            "one sum for each value that size counts.",
        )


def check_row_count(n_rows, queries):
    """Refuse more rows than some query can add exactly; name only the public cap."""
    cap = min((query.max_rows for query in queries), default=n_rows)
    if n_rows > cap:
        raise refused(
            ValueError,
            f"More than {cap} rows arrived, the most that this query can add exactly. "
            "Fit on fewer rows.",
        )


def whole_numbers(result, query):
    """`result` as int64: exact integers of at most 2**53, as many as announced.

    NaN, infinity, fractions and what int64 cannot hold are all caught by one test:
    they do not survive the cast. Larger integers in float64 need not be exact sums.
    """
    check_size(result, query)
    return all_whole(result)


def all_whole(result):
    """The same of any number of values."""
    with np.errstate(invalid="ignore"):
        whole = np.asarray(result).astype(np.int64)
    if not (whole == result).all() or not _within_float64(whole):
        raise refused(
            ValueError,
            "A query returned something other than whole numbers of at most 2**53. "
            "Round each contribution to the grid of the query, or make that coarser.",
        )
    return whole


def _within_float64(whole):
    most = 2**53
    return -most <= whole.min(initial=0) and whole.max(initial=0) <= most


def add_totals(parts):
    """Sum of lists of totals, query by query; see :func:`exact_sum`."""
    return [exact_sum(totals) for totals in zip(*parts, strict=True)]


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
