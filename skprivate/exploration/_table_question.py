"""What a statistic asks about a table: of which columns, by which groups."""

from dataclasses import dataclass, field, replace
from math import prod
from numbers import Integral

import numpy as np

from skprivate.base import check_bounds
from skprivate.base._categories import check_categories
from skprivate.base._foreign_categories import refuse_foreign_categories
from skprivate.exploration._facts import known_bounds
from skprivate.exploration._layout import columns_named, layout_of_source, packed_table
from skprivate.exploration._looks import bounds_of_numbers
from skprivate.exploration._statistic import DPStatistic
from skprivate.queries._cells_of import MOST_CELLS, Cells
from skprivate.rows import Rows, refused
from skprivate.rows._column import BOOLEANS, Column

_CATEGORIES, _BOUNDS = 0.1, 0.1  # shares of a search


@dataclass(frozen=True, eq=False)
class TableQuestion:
    """A question about columns of numbers, by group; subclasses define ``ask``.

    Parameters
    ----------
    columns, by : name, number, list of them, or None
        As the user gives them.
    categories : "private" or list
    bounds : tuple (low, high) or "private"
    beside : tuple of str, default=()
        Which columns are given beside the table.
    layout : Layout, default=None
        Which columns are which; None: the source of rows tells.
    single : bool, default=False
        Whether there is but one column of numbers, which results need not name.
    """

    columns: object = None
    by: object = None
    categories: object = "private"
    bounds: object = "private"
    beside: tuple = field(default=(), repr=False)  # a repr keys the noise of a seed
    layout: object = field(default=None, repr=False)
    single: bool = field(default=False, repr=False)

    def checked(self):
        """The same, if its public parameters make sense."""
        found = replace(
            self,
            columns=columns_named(self.columns, "columns"),
            by=columns_named(self.by, "by"),
            single=isinstance(self.columns, (str, Integral)),
        )
        if not _is_private(self.bounds):
            check_bounds(self.bounds, None)
        known = [
            check_categories(keys) for keys in found.lists if not _is_private(keys)
        ]
        if min(map(len, known), default=1) == 0:
            raise ValueError("categories lists none. List one or more keys.")
        if prod(map(len, known)) * self.n_bins > MOST_CELLS:
            raise ValueError(f"There are more than {MOST_CELLS} cells. Ask for fewer.")
        return found

    @property
    def n_bins(self):
        """Number of cells of each group."""
        return 1

    @property
    def n_keys(self):
        """Number of columns that tell groups apart."""
        return len(self.by or ()) + ("by" in self.beside)

    @property
    def lists(self):
        """For each of them the keys that are given, or ``"private"``."""
        given, n = self.categories, self.n_keys
        if _is_private(given):
            return [given] * n
        if n == 0:
            raise ValueError("categories are given, but no groups. Name them in by=...")
        if isinstance(given, str) or not hasattr(given, "__len__"):
            raise TypeError("categories must be keys. List them, or say 'private'.")
        lists = [given] if n == 1 else list(given)
        if len(lists) != n:
            raise ValueError(
                f"There are {n} columns of keys, and {len(lists)} lists. Give "
                "categories=[...] with a list for each of them, or 'private'."
            )
        return lists

    def refuse_foreign_keys(self, by):
        """Refuse keys of a type that an array of them, beside X, cannot hold.

        Parameters
        ----------
        by : array or None
            Without rows. Beside an array it becomes a column without a type.
        """
        if (
            isinstance(by, np.ndarray)
            and by.ndim == 1
            and not _is_private(self.lists[-1])
        ):
            lists = {0: check_categories(self.lists[-1])}
            refuse_foreign_categories(lists, [Column("by", "category")], by[:, None])

    @property
    def discovers(self):
        """Whether keys may have to be found."""
        return any(_is_private(listed) for listed in self.lists)

    def of_table(self, X, beside):
        """The question and the table that it is about; None: nothing is known of it."""
        if X is None:
            return self, None
        if isinstance(X, Rows):
            if beside:
                raise refused(
                    TypeError,
                    "X is a source of rows: it must hold all columns. Let by be the "
                    "name or number of one of them.",
                )
            return self, X
        table, layout, single = packed_table(X, self.columns, self.by, beside)
        return replace(self, layout=layout, single=self.single or single), table

    def refuse_source(self, X):
        """Refuse a source of rows of which this cannot be asked; for subclasses."""

    def read(self, X):
        """The rows that are asked about; those that are given, but where each is
        replaced by what depends on it alone.
        """
        return X

    def layout_for(self, columns):
        """Which columns are which."""
        known = self.layout
        return known or layout_of_source(columns, self.columns, self.by)

    def read_as(self, columns):
        """How to read each column: keys as categories, what is asked about as numbers.

        Dates are numbers: seconds since 1970.
        """
        layout = self.layout_for(columns)
        if self.columns is None:
            _refuse_text([columns[j] for j in layout.values])

        def kind_of(j, kind):
            if j in layout.keys:
                return "category"
            return "number" if j in layout.values and kind != "date" else kind

        return tuple(replace(c, kind=kind_of(j, c.kind)) for j, c in enumerate(columns))

    def opened(self, curator, *, bounds=True):
        """What is known once keys and bounds are, which may take two searches."""
        layout = self.layout_for(curator.columns)
        if bounds and not layout.values:
            raise refused(
                ValueError, "X has no column of numbers. Name some in columns=..."
            )
        lists = self._keys(curator, layout)
        ends = ()
        if bounds:
            asked = [curator.columns[j] for j in layout.values]
            booleans = [c.name is not None and c.declared == BOOLEANS for c in asked]
            known = known_bounds(self.bounds, [None] * len(layout.values))
            if _is_private(self.bounds):
                known[:, booleans] = [[0.0], [1.0]]
            ends = bounds_of_numbers(curator, known, layout.values, _BOUNDS)
        cells = Cells(
            tuple((j, len(keys)) for j, keys in zip(layout.keys, lists, strict=True))
        )
        named = zip(layout.key_names, lists, strict=True)
        axes = tuple((name, tuple(keys.tolist())) for name, keys in named)
        return Opened(layout.values, layout.names, cells, axes, *ends)

    def _keys(self, curator, layout):
        """The keys of each column of keys: given, declared or found."""
        coded = [j for j, c in enumerate(curator.columns) if c.kind == "category"]
        if not coded:
            return []
        given = dict(zip(layout.keys, self.lists, strict=True))
        asked = [given.get(j, []) for j in coded]  # of columns that nobody asked about
        found = curator.categories(asked, share=_CATEGORIES)
        by_column = dict(zip(coded, found, strict=True))
        return [by_column[j] for j in layout.keys]

    def axes_of(self, opened):
        """Axes of the values: groups, and columns unless there is but one."""
        return opened.axes + ((("column", opened.names),) if not self.single else ())

    def result(self, answer, name, confidence, privacy):
        """What the user gets."""
        axes, values, low, high, population = answer
        name = name.removeprefix("dp_")
        return DPStatistic(
            name, axes, values, low, high, population, confidence, privacy
        )

    def shaped(self, opened, *parts):
        """Arrays of shape (n_columns, n_cells, ...) as users see them.

        Returns
        -------
        list of ndarray or float
            Groups first, then columns, then what is left.
        """
        shape = tuple(len(labels) for _, labels in opened.axes)
        shaped = []
        for part in parts:
            part = np.moveaxis(np.asarray(part, dtype=float), 0, 1)  # cells first
            part = part.reshape(*shape, *part.shape[1:])
            shaped.append(
                (part[(slice(None),) * len(shape) + (0,)] if self.single else part)[()]
            )
        return shaped


@dataclass(frozen=True, eq=False)
class Opened:
    """What is known of a table once keys and bounds are.

    Parameters
    ----------
    values : tuple of int
        Places of the columns of numbers.
    names : tuple of str
        Their names.
    cells : Cells
        Groups.
    axes : tuple of (str, tuple)
        Names of the columns of keys, and the keys of each.
    low, high : ndarray, default=None
        Bounds of the columns of numbers.
    """

    values: tuple
    names: tuple
    cells: Cells
    axes: tuple
    low: np.ndarray | None = None
    high: np.ndarray | None = None


def _refuse_text(columns):
    """Refuse columns that nobody has named, and whose types are no numbers."""
    for column in columns:
        if column.name is not None and column.kind == "category":
            raise refused(
                ValueError,
                f"Column {column.name!r} of X is of no numeric type. Name the columns "
                "that are meant in columns=...",
            )


def _is_private(given):
    return isinstance(given, str) and given == "private"
