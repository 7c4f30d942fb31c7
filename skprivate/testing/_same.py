"""Compare to the last bit whatever an estimator may hold."""

from skprivate.base._bits import bits_of


def fitted_state(estimator):
    """Everything an estimator holds besides its parameters, public or not.

    Parameters
    ----------
    estimator : estimator
        Fitted or not.

    Returns
    -------
    dict of str to object
    """
    given = set(estimator.get_params(deep=False))
    return {name: value for name, value in vars(estimator).items() if name not in given}


def differences(first, second):
    """Names of the entries of two dicts that differ in any bit."""
    names = sorted({*first, *second})
    return [
        name
        for name in names
        if name not in first
        or name not in second
        or bits_of(first[name]) != bits_of(second[name])
    ]


__all__ = ["bits_of", "differences", "fitted_state"]
