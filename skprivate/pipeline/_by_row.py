"""Methods of compound objects that treat each row by itself."""

from functools import wraps

from sklearn.utils.metaestimators import available_if

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
    """The method ``name`` of the namesake, which is next after ``cls``."""

    def has_it(compound):
        getattr(super(cls, compound), name)  # its error says what is missing
        return True

    @available_if(has_it)
    @wraps(getattr(cls, name))
    def method(self, X, **params):
        ask = getattr(super(cls, self), name)
        return ask(X, **params) if works_by_row(self) else in_tiles(ask, X, **params)

    return method
