"""The columns of zeros and ones of one feature."""

from dataclasses import dataclass

import numpy as np

from skprivate.preprocessing._grouping import Grouping
from skprivate.rows import is_missing

_RARE = "infrequent_sklearn"
_WHAT_TO_DROP = (
    "drop must be None, 'first', 'if_binary', or an array with one category for each "
    "feature."
)


@dataclass(frozen=True, eq=False)
class Block:
    """A column for each place of a grouping, but for one that may be dropped.

    Parameters
    ----------
    grouping : Grouping
        Categories with a place of their own, and the rest.
    dropped : int or None
        The place without a column.
    """

    grouping: Grouping
    dropped: int | None

    @property
    def everything(self):
        """What each place stands for, as a list."""
        return [*self.grouping.names.tolist(), _RARE][: self.grouping.n_places]

    @property
    def names(self):
        """What each column stands for, as a list."""
        return [v for j, v in enumerate(self.everything) if j != self.dropped]

    @property
    def of_zeros(self):
        """What a row of zeros stands for; None if nobody knows."""
        return None if self.dropped is None else self.everything[self.dropped]

    @property
    def n_columns(self):
        """Number of columns."""
        return self.grouping.n_places - (self.dropped is not None)

    @property
    def drop_index(self):
        """Number of the first category whose column is dropped, or None.

        The number of categories, if that is the column of what was not found.
        """
        if self.dropped is None:
            return None
        return int(np.argmax(self.grouping.places(-1, -1) == self.dropped))

    def columns(self, rest):
        """Column of each code, any other value and what is missing; negative for none.

        Parameters
        ----------
        rest : int
            Place of what has none in the grouping.
        """
        places = self.grouping.places(rest, rest)
        if self.dropped is None:
            return places
        moved = places - (places > self.dropped)
        return np.where(places == self.dropped, -1, moved)


def blocks_of(groupings, drop):
    """The columns of each feature, without those that ``drop`` names.

    Parameters
    ----------
    groupings : list of Grouping
    drop : None, "first", "if_binary" or array-like of shape (n_features,)

    Returns
    -------
    list of Block
    """
    if drop is None:
        return [Block(grouping, None) for grouping in groupings]
    if isinstance(drop, str):
        return [Block(g, _first(g, drop == "if_binary")) for g in groupings]
    if np.ndim(drop) != 1 or len(drop) != len(groupings):
        raise ValueError(f"There are {len(groupings)} features. {_WHAT_TO_DROP}")
    pairs = zip(groupings, np.asarray(drop, dtype=object), strict=True)
    return [Block(g, _place_of(g, value, j)) for j, (g, value) in enumerate(pairs)]


def _first(grouping, if_binary):
    n_places = grouping.n_places
    return 0 if n_places == 2 or (n_places and not if_binary) else None


def _place_of(grouping, value, feature):
    """Place of a category; that of the rest, if it is rare or was not found."""
    rest = grouping.n_places - 1 if grouping.found else -1
    same = [_is_same(value, known) for known in grouping.categories.tolist()]
    code = same.index(True) if True in same else len(same)
    place = int(grouping.places(rest, rest)[code])
    if place < 0:
        raise ValueError(
            f"drop names no category of feature {feature}. Name one of its categories."
        )
    return place


def _is_same(value, known):
    if is_missing(value) or is_missing(known):
        return is_missing(value) and is_missing(known)
    return bool(value == known)
