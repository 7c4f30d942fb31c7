"""Numbers for random maps: drawn by a public seed, or of an item; this is no noise."""

from hashlib import blake2b

import numpy as np


def normal_numbers(seed, *shape):
    """Normal numbers that are a function of a public seed and of their shape.

    Parameters
    ----------
    seed : int
    *shape : int
    """
    return np.random.default_rng(int(seed)).normal(size=shape)


def coins_of(item, key):
    """A generator of coins that are a function of an item and of a public key.

    **Guarantee.** What it draws depends on this item alone, not on its place, nor on
    what was drawn for others, as numbers of one generator for all rows would.

    Parameters
    ----------
    item : object
        An array, a text, or made of such.
    key : int

    Returns
    -------
    Generator
    """
    digest = blake2b(
        _bytes_of(item), digest_size=16, key=int(key).to_bytes(8, "little")
    )
    return np.random.default_rng(int.from_bytes(digest.digest(), "little"))


def _bytes_of(item):
    if isinstance(item, str):
        return item.encode("utf-8", "surrogatepass")
    if isinstance(item, tuple):
        return b"".join(_bytes_of(part) for part in item)
    array = np.asarray(item)
    if array.dtype == object:
        return repr(array.tolist()).encode("utf-8", "backslashreplace")
    return str((array.shape, array.dtype)).encode() + array.tobytes()
