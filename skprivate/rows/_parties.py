"""Rows of several owners."""

from copy import copy

from skprivate.rows._refusal import refused
from skprivate.rows._rows import RowCount, Rows, add_totals, check_row_count


class Parties(Rows):
    """Rows held by several parties, each of which answers for its own.

    Parameters
    ----------
    *parties : Rows
        Sources with the same columns.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.rows import ArrayRows, Parties
    >>> Parties(ArrayRows(np.zeros((4, 3))), ArrayRows(np.ones((2, 3)))).n_features
    3
    """

    def __init__(self, *parties):
        if not parties or not all(isinstance(party, Rows) for party in parties):
            raise refused(
                TypeError, "Parties takes one or more sources of rows, as ArrayRows."
            )
        if len({party.n_features for party in parties}) > 1:
            raise refused(
                ValueError,
                "Parties have different numbers of features. Give all of them the same "
                "columns in the same order.",
            )
        if len({tuple(party.feature_names or ()) for party in parties} - {()}) > 1:
            raise refused(
                ValueError,
                "Parties have different column names. Give all of them the same "
                "columns in the same order.",
            )
        self.parties = parties

    @property
    def n_features(self):
        """Number of columns."""
        return self.parties[0].n_features

    @property
    def feature_names(self):
        """Names of the columns, if a party knows them."""
        names = (party.feature_names for party in self.parties)
        return next((known for known in names if known is not None), None)

    def total(self, queries):
        """Exact sums of `queries` over all parties; see :meth:`Rows.total`."""
        counted = (*queries, RowCount())
        *totals, count = add_totals(party.total(counted) for party in self.parties)
        check_row_count(int(count[0]), queries)
        return totals

    @property
    def columns(self):
        """What the first party knows of the columns."""
        return self.parties[0].columns

    def coded(self, categories):
        """These rows, with public codes for categories at every party."""
        return self._each(lambda party: party.coded(categories))

    def encoded(self, classes):
        """These rows, with codes for labels at every party."""
        return self._each(lambda party: party.encoded(classes))

    def through(self, door):
        """These rows, validated at every party."""
        return self._each(lambda party: party.through(door))

    def _each(self, change):
        rows = copy(self)
        rows.parties = tuple(change(party) for party in self.parties)
        return rows
