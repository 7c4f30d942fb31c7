"""Labels of classes, and their codes."""

from itertools import repeat
from numbers import Real
from operator import itemgetter

import numpy as np

from skprivate.rows._refusal import refused, sealed
from skprivate.rows._untyped import exact_array

_NUMBERS = "biuf"
_BLOCK = 2**16
_WIDEST = 2**12  # of a table that stays in the cache


def encode(y, classes, present=None):
    """Index in `classes` of each label of `y`, as int32.

    Guarantee: a label is a class if the two are equal as exact numbers or as texts,
    whatever the types of other labels and classes. One that is not in `classes` is
    refused with a message that does not name it, unless the mask `present` says that
    the row is absent; it is then -1.
    """
    if y is None:
        raise refused(ValueError, "There are no labels to encode: pass y along with X.")
    find = sealed(lambda: _finder(y.dtype, _checked_classes(classes)), "classes")
    codes = np.empty(len(y), np.int32)
    for start in range(0, len(y), _BLOCK):  # in blocks: searchsorted needs int64
        block = slice(start, start + _BLOCK)
        codes[block] = sealed(lambda part=y[block]: find(part), "y")
    unknown = codes < 0
    if (unknown if present is None else unknown & present).any():
        raise refused(
            ValueError,
            "y holds a label that is not in `classes`. List every label in classes=...",
        )
    return codes


def sorted_labels(y):
    """Labels that occur in `y`, sorted, each once."""
    if y is None:
        raise refused(ValueError, "There are no labels: pass y along with X.")
    if y.dtype.kind in _NUMBERS:
        return np.unique(y)
    # A set, since sorting all of many strings takes seconds.
    labels = sealed(lambda: sorted(set(y.tolist())), "y")
    if y.dtype.kind == "U":  # as wide as these labels, not as those of absent rows
        return np.array(labels, dtype=str)
    return exact_array(labels) if _are_numbers(labels) else np.array(labels, object)


def sorted_classes(classes):
    """Public `classes` as an array, sorted, each once; none is altered."""
    if isinstance(classes, (set, frozenset, dict)):  # NumPy makes one object of all
        raise refused(
            TypeError,
            f"classes must be a list or an array of labels, and is a "
            f"{type(classes).__name__}. Write classes=sorted(...).",
        )
    classes = exact_array(classes)
    if classes.dtype.kind != "O":
        return np.unique(classes)
    mixed = {isinstance(label, str) for label in classes.tolist()}
    if len(mixed) > 1:
        raise refused(
            ValueError,
            "classes mixes text with numbers. Give all labels as text, or all as "
            "numbers.",
        )
    return np.unique(classes)


def all_labels(first, second):
    """All labels of two sorted arrays, sorted, each once."""
    labels = {*first.tolist(), *second.tolist()}
    if len({isinstance(label, str) for label in labels}) > 1:
        raise refused(
            ValueError,
            "y_true and y_pred hold labels of different types: numbers and text. "
            "Convert one of them.",
        )
    return exact_array(sorted(labels))


def _checked_classes(classes):
    """`classes` as a 1-D array of different labels."""
    classes = exact_array(classes)
    if classes.ndim != 1 or not len(classes) or classes.dtype.kind not in "biufOUT":
        raise refused(ValueError, "classes must be a list of one or more labels.")
    if any(label != label for label in classes.tolist()):
        raise refused(ValueError, "classes contains NaN. Name that class instead.")
    if len(set(classes.tolist())) < len(classes):
        raise refused(ValueError, "classes lists a label twice. List each label once.")
    return classes


def _are_numbers(labels):
    return all(isinstance(label, Real) for label in labels)


def _finder(dtype, classes):
    """Function from labels of type `dtype` to indices in `classes`, or -1."""
    labels = classes.tolist()
    if dtype.kind in _NUMBERS and _are_numbers(labels):
        # Not both as a third type: 2**53 and 2**53 + 1 are one float.
        dtype = np.dtype(np.int8) if dtype.kind == "b" else dtype
        held = [(label, i) for i, label in enumerate(labels) if _holds(dtype, label)]
        held = sorted(held, key=itemgetter(0))
        known = np.array([label for label, _ in held], dtype=dtype)
        ranks = np.array([i for _, i in held], dtype=np.int32)
        if not held:
            return lambda y: np.full(len(y), -1, np.int32)
        if dtype.kind in "iu" and int(known[-1]) - int(known[0]) < _WIDEST:
            return _table_of(known, ranks)
        return lambda y: _search(y.astype(dtype, copy=False), known, ranks)
    index = {label: i for i, label in enumerate(labels)}
    return lambda y: np.fromiter(
        map(index.get, y.tolist(), repeat(-1)), np.int32, len(y)
    )


def _holds(dtype, label):
    """Whether a type of numbers holds a label exactly."""
    if dtype.kind == "f":
        most = float(np.finfo(dtype).max)
        return -most <= label <= most and dtype.type(label).item() == label
    limits = np.iinfo(dtype)
    return limits.min <= label <= limits.max and label == int(label)


def _table_of(known, ranks):
    """Function from integers to their index, looked up: there are few candidates.

    Differences may wrap around, as indices do modulo ``2**64``: so only labels between
    the least and the largest have a place in the table.
    """
    known = known.astype(np.int64)
    table = np.full(int(known[-1] - known[0]) + 1, -1, np.int32)
    table[known - known[0]] = ranks

    def find(y):
        place = (y.astype(np.int64, copy=False) - known[0]).view(np.uint64)
        found = table.take(place.view(np.int64), mode="clip")
        if place.max(initial=0) >= len(table):
            found[place >= len(table)] = -1
        return found

    return find


def _search(y, known, ranks):
    """Index of each number of `y` in the sorted array `known`, ranked, or -1."""
    place = np.searchsorted(known, y)
    place[place == len(known)] = 0
    return np.where(known[place] == y, ranks[place], -1)
