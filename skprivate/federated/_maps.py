"""Maps of derived columns, recognized when they come again."""

from dataclasses import replace
from hashlib import blake2b

from skprivate.federated._codec import dumps
from skprivate.rows._derived import maps_of


class Maps:
    """Makes equal maps of one fit the same object.

    Sources keep derived columns for as long as they are asked about the very maps that
    made them. What comes by message is made anew each time. Equal bytes are equal
    values, and these are frozen: so one may stand for another.
    """

    def __init__(self):
        self._known = {}

    def known(self, queries):
        """The same queries, about maps that were known before where these are equal."""
        return [self._of(query) for query in queries]

    def _of(self, query):
        maps = maps_of([query])
        if maps is None or not hasattr(query.view, "maps"):
            return query
        same = tuple(map(self._same, maps))
        return replace(query, view=replace(query.view, maps=same))

    def _same(self, column_map):
        key = blake2b(dumps({"map": column_map})).digest()
        return self._known.setdefault(key, column_map)
