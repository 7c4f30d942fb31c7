"""The model inside another one."""

from skprivate.composition._cost import PrivacyCost


def price_of_model(model, walk, label="estimator", default=None, **facts):
    """The price of a model that has to be there.

    Parameters
    ----------
    model : object
        The part. None means what scikit-learn puts there, which is not private.
    walk : Walk
        At the whole.
    label : str, default="estimator"
        What the whole calls it.
    default : str, default=None
        What scikit-learn puts there for None, if it does.
    **facts : int or None
        Facts that are different for this part.

    Returns
    -------
    PrivacyCost
    """
    if model is not None and not isinstance(model, str):
        return walk(model, label, **facts)
    what = f"{label}=None means {default}, which is not private"
    leak = walk.leak(
        what if default else f"there is no {label}",
        f"Set {label} to an estimator of skprivate.",
    )
    return PrivacyCost(default or "nothing", leaks=(leak,))
