"""Methods of compound objects that treat each row by itself."""

from functools import wraps

from sklearn.utils.metaestimators import available_if

from skprivate.base._known_types import knowing
from skprivate.base._tiles import in_tiles, works_by_row


def asked_in_tiles(*names):
    """Class decorator: what these methods of the namesake return for a row is its own.

    **Guarantee.** That of :func:`~skprivate.base._tiles.in_tiles`. A compound object
    may have parts of others, which multiply all rows at once, and may stand where
    nobody asks it in tiles: in scikit-learn's pipelines, or frozen.

    Parameters
    ----------
    *names : str
        Of methods that take rows, and return as many.
    """

    def decorate(cls):
        for name in names:
            setattr(cls, name, _asked_in_tiles(cls, name))
        return cls

    return decorate


def _asked_in_tiles(cls, name):
    """The method ``name`` of ``cls``, or of the namesake, which is next after it."""
    own = vars(cls).get(name)

    def bound(compound):
        if own is not None:
            return own.__get__(compound)
        return getattr(super(cls, compound), name)  # its error says what is missing

    @available_if(lambda compound: bound(compound) is not None)
    @wraps(getattr(cls, name))
    def method(self, X, **params):
        if works_by_row(self):
            return bound(self)(X, **params)
        return in_tiles(bound(knowing(self)), X, **params)

    return method
