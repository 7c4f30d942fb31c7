"""Coins and noise of a row that are made of the row: nobody else has a say in them."""

import numpy as np

_ODD = np.uint64(0x9E3779B97F4A7C15)
_DEVIATION = 2.0**16 / np.sqrt(3.0)  # of a sum of four numbers below 2**16


def row_words(q, key):
    """A word for each row of integers, under a public key.

    Guarantee: a function of the key and of that row. Privacy rests on this alone, not
    on how random words look: rows that are equal have equal words.

    Parameters
    ----------
    q : ndarray of shape (n, d)
        Integers in float64.
    key : int

    Returns
    -------
    ndarray of uint64 of shape (n,)
    """
    bits = np.ascontiguousarray(q + 0.0).view(np.uint64)  # of both zeros the same
    return _mixed(bits ^ _salts(q.shape[1], key)).sum(axis=1, dtype=np.uint64)


def words_of(rows, n, key):
    """So many words of each row, made of one.

    Returns
    -------
    ndarray of uint64 of shape (len(rows), n)
    """
    return _mixed(rows[:, None] ^ _salts(n, key))


def kept_units(rows, n, key, dropout):
    """A factor of each unit for each row: zero for a part of them, else above one."""
    in_all = np.uint64(min(int((1.0 - dropout) * 2.0**64), 2**64 - 1))
    return (words_of(rows, n, key) < in_all) / (1.0 - dropout)


def normal_numbers(rows, n, key):
    """Numbers of mean zero and variance one, which hardly differ from normal ones."""
    words = words_of(rows, n, key)
    total = np.full(words.shape, -2.0 * (2.0**16 - 1.0))
    for place in range(0, 64, 16):
        total += (words >> np.uint64(place)) & np.uint64(2**16 - 1)
    return total / _DEVIATION


def _salts(n, key):
    return _mixed(np.arange(n, dtype=np.uint64) * _ODD + np.uint64(key))


def _mixed(words):
    """Words of which each bit depends on all bits (splitmix64, Steele et al. 2014)."""
    words = words + _ODD
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
