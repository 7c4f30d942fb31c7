"""Rows of several owners."""

from contextlib import suppress
from copy import copy
from numbers import Real
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.mechanisms import Tally
from skprivate.rows._answers import (
    are_possible,
    refuse_no_counts,
    shapes_of,
    united_labels,
)
from skprivate.rows._ask import ask_all
from skprivate.rows._coded import coded_rows
from skprivate.rows._refusal import refused
from skprivate.rows._rows import RowCount, Rows, add_totals, check_row_count
from skprivate.rows._same import refuse_shared
from skprivate.rows._tallies import added_tallies, typed_counts


class Parties(Rows):
    """Rows held by several parties, each of which answers for its own.

    Parties are asked side by side, each in a thread. What one of them returns is
    checked before it is added: a party cannot change the form of a total, nor move it
    farther than the rows that it counts.

    Parameters
    ----------
    *parties : Rows
        Sources with the same columns, of which no two may hold the same rows.
    timeout : float or None, default=None
        Seconds that parties have for an answer; None waits for as long as it takes. If
        one does not answer in time the fit is refused; what was charged stays charged.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.rows import ArrayRows, Parties
    >>> Parties(ArrayRows(np.zeros((4, 3))), ArrayRows(np.ones((2, 3)))).n_features
    3
    """

    def __init__(self, *parties: TableLike, timeout: float | None = None) -> None:
        if not parties or not all(isinstance(party, Rows) for party in parties):
            raise refused(
                TypeError, "Parties takes one or more sources of rows, as ArrayRows."
            )
        if timeout is not None and not (
            isinstance(timeout, Real) and not isinstance(timeout, bool) and timeout > 0
        ):
            raise refused(
                ValueError, "timeout must be a number of seconds above zero, or None."
            )
        self.parties, self.timeout = parties, timeout
        refuse_shared(self._ask(lambda party: list(party.held())))
        self.n_features = self._one_schema()

    @property
    def feature_names(self) -> Any:
        """Names of the columns, if the parties know them."""
        names = self._ask(lambda party: party.feature_names)
        return next((known for known in names if known is not None), None)

    @property
    def n_targets(self) -> Any:
        """What was asked for, of all of them."""
        return self.parties[0].n_targets

    def total(self, queries: Any) -> Any:
        """Exact sums of `queries` over all parties; see :meth:`Rows.total`.

        Guarantee: what each party gives has the form of a total, and is one that as
        many rows as it counts could have. So a party that lies can forge rows, but
        neither wrap a sum nor have rows of others left out.
        """
        counted = (*queries, RowCount())
        parts = self._ask(lambda party: party.total(counted))
        shapes = [shapes_of(part) for part in parts]
        usual = max(shapes, key=shapes.count)
        for i, part in enumerate(parts):
            if not are_possible(part, counted) or shapes[i] != usual:
                raise refused(
                    ValueError,
                    f"Party {i + 1} of {len(parts)} gave an answer that is not the sum "
                    "of its rows: of another number, form or type, or larger than any "
                    "rows can make it. Leave it out, or ask its owner to mend it.",
                )
        check_row_count(sum(int(part[-1][0]) for part in parts), queries)
        return add_totals(parts)[:-1]

    @property
    def dtype(self) -> Any:
        """The type of the numbers, if it is that of all parties."""
        types = self._ask(lambda party: party.dtype)
        return types[0] if all(kind == types[0] for kind in types) else Rows.dtype

    @property
    def columns(self) -> Any:
        """What the parties know of the columns, which is the same for all."""
        return self._ask(lambda party: party.columns)[0]

    def labels(self) -> Any:
        """Labels that occur at any party, where all of them know theirs."""
        found = self._ask(lambda party: np.asarray(party.labels()).ravel())
        return united_labels(found)

    def tally(self, numbers: Any, *, missing: bool = False, words: Any = None) -> Any:
        """Number of rows that hold each value, where all parties can tell.

        Guarantee: that of :meth:`TableRows.tally`, since a row lies at one party. Equal
        values of different types are different keys: else the type of a key would tell
        which parties have it.
        """
        counts = self._ask(lambda party: _counts(party, numbers, missing, words))
        return added_tallies(counts, numbers)

    def first_row(self) -> Any:
        """A table of one row, of the first party that has one."""
        found = self._ask(lambda party: party.first_row())
        return next((row for row in found if row is not None), None)

    @property
    def holds_tables(self) -> bool:
        """Whether all parties do."""
        return all(party.holds_tables for party in self.parties)

    def mapped(self, maps: Any) -> Any:
        """These rows, mapped at every party; None if one cannot do so."""
        rows = self._each(lambda party: party.mapped(maps))
        if any(party is None for party in rows.parties):
            return None
        rows.n_features = maps.n_features
        return rows

    def relabelled(self, work: Any) -> Rows:
        """These rows, with a target at every party that is made of theirs."""
        return self._each(lambda party: party.relabelled(work))

    def coded(self, categories: Any) -> Rows:
        """These rows, with public codes for categories at every party."""
        return self._each(lambda party: coded_rows(party, categories))

    def encoded(self, classes: Any) -> Rows:
        """These rows, with codes for labels at every party."""
        return self._each(lambda party: party.encoded(classes))

    def keeping(self) -> Rows:
        """These rows, of which each party may keep the derived columns of its own."""
        return self._each(lambda party: party.keeping())

    def forget(self) -> None:
        """Have every party remove its derived columns.

        Who does not answer has failed the fit, whose error matters more; those columns
        go with the rows of the fit at the latest.
        """
        with suppress(TypeError, ValueError, MemoryError, TimeoutError):
            self._ask(lambda party: party.forget())

    def through(self, door: Any) -> Rows:
        """These rows, validated at every party."""
        return self._each(lambda party: party.through(door))

    def _ask(self, question):
        return ask_all(self.parties, question, self.timeout)

    def _each(self, change):
        return self._of(self._ask(change))

    def _of(self, parties):
        """The same parties with what became of their rows."""
        rows = copy(self)
        rows.parties = tuple(parties)
        return rows

    def _one_schema(self):
        """Number of columns, refused if names, kinds or categories differ."""
        widths = self._ask(lambda party: int(party.n_features))
        if len(set(widths)) > 1:
            raise refused(
                ValueError,
                "Parties have different numbers of features. Give all of them the same "
                "columns in the same order.",
            )
        schemas = self._ask(_schema)
        whats = "column names", "kinds of columns", "categories declared"
        for what, part in zip(whats, range(3), strict=True):
            if (
                len({tuple(column[part] for column in schema) for schema in schemas})
                > 1
            ):
                raise refused(
                    ValueError,
                    f"Parties have different {what}. Give all of them the same columns "
                    "in the same order, with names at all parties or at none.",
                )
        return widths[0]


def _schema(party):
    """Name, kind and declared categories of each column, as they are written."""
    return [
        (repr(column.name), repr(column.kind), repr(column.declared))
        for column in party.columns
    ]


def _counts(party, numbers, missing, words):
    """Counts of a party by column, type and value; refused if they are none."""
    asked = {} if words is None else {"words": words}
    tally = party.tally(numbers, missing=missing, **asked)
    items = tally.items() if isinstance(tally, Tally) else [((None, None), 0)]
    refuse_no_counts([(j, count) for (j, _), count in items], numbers)
    return typed_counts(dict(items))
