"""Queries as sources hand them on to the sources within them."""

from dataclasses import dataclass

from skprivate.rows._derived import MadeBy, maps_of
from skprivate.rows._rows import RowCount, check_queries


@dataclass(frozen=True, eq=False)
class Handed:
    """A query that is asked of rows in another form than they have.

    Its totals have the form of those of the query.

    Parameters
    ----------
    query : Query
    """

    query: object

    @property
    def max_rows(self):
        """Public cap on the number of rows, that of the query."""
        return self.query.max_rows

    @property
    def n_totals(self):
        """Number of integers, that of the query."""
        return self.query.n_totals

    @property
    def largest_entry(self):
        """Largest integer of a row, that of the query."""
        return self.query.largest_entry

    def check(self, n_features):
        """Refuse rows that the query does not fit."""
        check_queries([self.query], n_features)


@dataclass(frozen=True, eq=False)
class AfterMap(Handed):
    """A query of rows that a map has changed; sources see a query like others.

    What asks about derived columns makes them of changed rows: the change is then the
    first of the maps, and the source may keep what they make.

    Parameters
    ----------
    query : Query
    view : callable
        From a chunk to what the query sees.
    """

    view: object

    @classmethod
    def of(cls, query, change):
        """The query of changed rows, as their source sees it.

        Parameters
        ----------
        query : Query
            Checked before: the source does not know what it would be asked about.
        change : callable
            From a chunk to as many rows; the same object for a whole fit.
        """
        if isinstance(query, RowCount):
            return query
        maps = maps_of([query])
        if maps is None:
            return cls(query, change)
        return cls(query.query, MadeBy((change, *maps)))

    def check(self, n_features):
        """What is asked is about changed rows, and checked by their source."""

    def __call__(self, X, y, weight):
        return self.query(self.view(X), y, weight)
