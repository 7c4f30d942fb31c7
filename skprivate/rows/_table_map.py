"""Tables that are mapped where they are, before a door validates what comes out."""

from contextlib import closing
from dataclasses import dataclass

from skprivate.rows._columns import schema_of
from skprivate.rows._features import checked_features
from skprivate.rows._kinds import feature_names


@dataclass(frozen=True, eq=False)
class TableMap:
    """A map of tables, each row by itself, and what is public of the tables it makes.

    A value, so that it can be sent to where the rows are.

    Parameters
    ----------
    work : callable
        From a table of at least one row to one of as many; its errors hold no data.
    made : table
        What it makes, without rows.
    """

    work: object
    made: object

    def __call__(self, X):
        """The table ``X``, mapped."""
        n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
        return self.work(X) if n_rows else self.made

    @property
    def n_features(self):
        """Number of columns that it makes; a column alone is one."""
        shape = self.made.shape
        return int(shape[1]) if len(shape) == 2 else 1

    @property
    def feature_names(self):
        """Names of these columns, or None."""
        return feature_names(self.made)

    @property
    def dtype(self):
        """Type of the numbers that it makes, if it makes such."""
        return checked_features(self.made, accept_sparse=True).dtype

    @property
    def columns(self):
        """What is public of these columns."""
        return schema_of(self.made)


@dataclass(frozen=True, eq=False)
class MappedChunks:
    """Opens a source of chunks, each of which goes through a map as it comes.

    Parameters
    ----------
    items : callable
        Opens an iterator of tuples, of which the first part is a table.
    maps : TableMap
    """

    items: object
    maps: TableMap

    def __call__(self):
        """A new iterator."""
        with closing(self.items()) as items:
            for X, *rest in items:
                yield (self.maps(X), *rest)


@dataclass(frozen=True, eq=False)
class RelabelledChunks:
    """Opens a source of chunks, of which each target is mapped as it comes.

    Parameters
    ----------
    items : callable
        Opens an iterator of tuples, of which the second part is the target.
    work : callable
        From targets to as many.
    """

    items: object
    work: object

    def __call__(self):
        """A new iterator."""
        with closing(self.items()) as items:
            for X, *rest in items:
                y, *weight = rest or (None,)
                yield (X, self.work(y), *weight)
