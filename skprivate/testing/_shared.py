"""The fit on an example that all checks which only look at it may share."""

from functools import partial

from skprivate.testing._examples import example_for
from skprivate.testing._replay import record
from skprivate.testing._same import bits_of
from skprivate.testing._thrift import shared


def recording_of(estimator):
    """Recording of a fit on the rows of :func:`example_for`.

    In a thrifty suite it is made once for each estimator and its parameters. So who
    gets it changes nothing: what is to be fitted again or changed is a copy.
    """
    make = partial(record, estimator, **example_for(estimator).fit_args)
    return shared(estimator, bits_of(estimator.get_params(deep=False)), make)
