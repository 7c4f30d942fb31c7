"""Integers modulo 2**64, or 2**128, as words: what masks are added to.

A total is a vector of integers, and its residue the same vector with the first axis for
the words of each number, the lowest first: one word, or two where sums may leave int64
(`Query.wide`). Taking residues is a homomorphism: residues of a sum are sums of
residues, whatever leaves the range on the way. So nothing is rounded or cut, and a sum
that is within the range is recovered exactly.
"""

import numpy as np

from skprivate.mechanisms._wide import narrowed

_LOW = (1 << 64) - 1


def residues(numbers, wide=False):
    """Residues of an array of int64, or of Python integers of any size.

    Returns
    -------
    ndarray of uint64 of shape (1, ...), or (2, ...) if wide
    """
    numbers = np.asarray(numbers)
    if numbers.dtype != object:
        low = numbers.astype(np.int64).view(np.uint64)
        high = -(numbers < 0).astype(np.int64)
        return np.stack([low, high.view(np.uint64)] if wide else [low])
    flat = numbers.ravel().tolist()
    words = [[n >> shift & _LOW for n in flat] for shift in ((0, 64) if wide else (0,))]
    return np.array(words, np.uint64).reshape(len(words), *numbers.shape)


def integers(words):
    """The integers nearest to zero that have these residues; int64 where all fit."""
    if len(words) == 1:
        return words[0].view(np.int64).copy()
    high = words[1].view(np.int64).astype(object)
    return narrowed((high << 64) + words[0].astype(object))


def plus(a, b):
    """Sum of residues."""
    total = a + b
    if len(a) == 2:
        total[1] += total[0] < a[0]  # carried
    return total


def minus(a, b):
    """Difference of residues."""
    difference = a - b
    if len(a) == 2:
        difference[1] -= a[0] < b[0]  # borrowed
    return difference
