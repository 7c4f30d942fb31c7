"""What a suite of many estimators need not try again for each of them.

A query is asked by several estimators, and every source of rows serves all of them. So
in a thrifty suite hostile rows are tried once for each class of query, and of a product
(all sources, all layouts, all neighbours) one estimator of a kind runs the whole, and
each other one a part, another one for another estimator. One fit on a table serves all
checks that only look at it, and tables and samples are smaller. Nothing of this is by
chance: what is tried follows from the names of the estimators. Without thrift, as
checks are called by third parties, everything is tried.
"""

from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from itertools import compress
from zlib import crc32

import numpy as np
from sklearn.utils import get_tags

from skprivate.base._bits import bits_of
from skprivate.testing._examples import SMALL

_IN_FORCE = []  # the thrift of the suite whose check is running


class Thrift:
    """How a suite saves work, and what it has tried already.

    Parameters
    ----------
    estimators : list of estimator
        All of the suite. The first of each kind runs every product as a whole: of those
        that do not iterate, if there are any.
    """

    def __init__(self, estimators):
        self._tried, self._whole = set(), set()
        self._fitted, self._kept = None, {}
        kinds = set()
        for estimator in sorted(estimators, key=_iterates):
            if kind_of(estimator) not in kinds:
                kinds.add(kind_of(estimator))
                self._whole.add(type(estimator))

    def __call__(self, check):
        """The same check, thrifty."""

        def thrifty(estimator):
            with self._in_force():
                check(estimator)

        return thrifty

    @contextmanager
    def _in_force(self):
        _IN_FORCE.append(self)
        try:
            yield
        finally:
            _IN_FORCE.pop()

    def runs_whole_products(self, estimator):
        """Whether it is the first of its kind."""
        return type(estimator) in self._whole

    def shared(self, estimator, key, make):
        """What ``make`` returned for this key, kept until another class is checked."""
        if self._fitted is not type(estimator):
            self._fitted, self._kept = type(estimator), {}
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def is_new(self, key):
        """Whether something is tried for the first time."""
        new = key not in self._tried
        self._tried.add(key)
        return new


def _iterates(estimator):
    """Whether it has rounds, trees or bins, so that a fit costs more than others."""
    return not SMALL.keys().isdisjoint(estimator.get_params(deep=False))


def kind_of(estimator):
    """What estimators have in common that take the same ways through sources."""
    tags = get_tags(estimator)
    resamples = hasattr(estimator, "fit_resample")
    # Samplers are tried with labels, whether they can do without or not.
    return tags.estimator_type, resamples, resamples or tags.target_tags.required


def some_of(items, estimator, parts=None):
    """All of some items; in a thrifty suite perhaps one part of them only.

    Parameters
    ----------
    items : list
        In an order that never changes.
    estimator : estimator
        The one that is checked; the part follows from its name.
    parts : int, default=None
        Into how many parts to divide the items; by default one item is a part.

    Returns
    -------
    list
    """
    if not _IN_FORCE or _IN_FORCE[-1].runs_whole_products(estimator):
        return items
    parts = min(parts or len(items), len(items))
    turn = crc32(type(estimator).__name__.encode())
    return list(compress(items, ((i + turn) % parts == 0 for i in range(len(items)))))


def fewer(few, many):
    """Size of a table or sample: ``few`` in a thrifty suite, else ``many``."""
    return few if _IN_FORCE else many


def shared(estimator, key, make):
    """What ``make`` returns; in a thrifty suite, what it returned for this key before.

    Whoever gets it only looks at it, or copies it.

    Parameters
    ----------
    estimator : estimator
        The one that is checked.
    key : hashable
        What decides about the result, besides the class of the estimator.
    make : callable

    Returns
    -------
    object
    """
    return _IN_FORCE[-1].shared(estimator, key, make) if _IN_FORCE else make()


def not_tried(what, asked, context):
    """Those queries that nobody else in a thrifty suite has tried in this way.

    Parameters
    ----------
    what : str
        Name of the check.
    asked : list of Asked
        Queries.
    context : tuple
        What else decides about the rows that are tried.

    Returns
    -------
    list of Asked
    """
    if not _IN_FORCE:
        return asked
    thrift = _IN_FORCE[-1]
    return [a for a in asked if thrift.is_new((what, context, sizes_of(a.query)))]


def sizes_of(value):
    """A query but for its numbers: class, sizes of all fields, and what is no number.

    Numbers are told apart by their signs, and by whether they are finite: kernels
    branch there. How values of fields matter else is tried by forging them.
    """
    if is_dataclass(value):
        parts = [sizes_of(getattr(value, field.name)) for field in fields(value)]
        return type(value), *parts
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value.dtype.str, value.shape
    if isinstance(value, (list, tuple, np.ndarray)):
        return type(value), *map(sizes_of, value)
    if isinstance(value, (float, np.floating)):
        return type(value), float(np.sign(value)), bool(np.isfinite(value))
    return bits_of(value)
