"""Coins of rounds that stay with their rows when others come or go."""

from hashlib import blake2b

import numpy as np

from skprivate.rows._sampled import Coins

_VALUES = 2.0**64


def coins_by_content(listener):
    """What takes the place of :meth:`Coins.drawn` while a listener has a ``salt``.

    Unless a seed decides, coins are a function of the salt, the round and the rows of a
    unit. So a fit on neighbouring rows has the same coins for the same units, wherever
    they are: privacy is shown for each outcome of the coins of the others. A listener
    that has a method ``tossed`` is told which coins these are.
    """
    original = Coins.drawn

    def drawn(self, X, y, unit=None):
        salt = getattr(listener, "salt", None)
        if salt is None or self.entropy.seeded:
            return original(self, X, y, unit)
        if hasattr(listener, "tossed"):
            listener.tossed(self)
        contents = _contents(X, y)
        if unit is not None:
            of_unit = {u: [] for u in unit.tolist()}
            for u, content in zip(unit.tolist(), contents, strict=True):
                of_unit[u].append(content)
            joined = {u: b"".join(sorted(parts)) for u, parts in of_unit.items()}
            contents = [joined[u] for u in unit.tolist()]
        coins = [_coin(salt + self.context, content) for content in contents]
        return np.array(coins, float) < self.rate

    return drawn


def _contents(X, y):
    """Each row as bytes, which are the same in any kind of table."""
    X = X.toarray() if hasattr(X, "toarray") else X
    parts = [X] if y is None else [X, np.reshape(y, (-1, 1))]
    table = np.hstack([np.asarray(part, np.float64) for part in parts])
    return [row.tobytes() for row in table + 0.0]  # of two zeros, one


def _coin(key, content):
    """A number in [0, 1)."""
    digest = blake2b(len(key).to_bytes(8, "little") + key + content, digest_size=8)
    return int.from_bytes(digest.digest(), "little") / _VALUES
