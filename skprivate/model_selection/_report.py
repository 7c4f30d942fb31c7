"""What a search released."""

from dataclasses import replace
from numbers import Integral, Real

from skprivate.composition._rules._state import estimators_inside
from skprivate.rows._units import UnitClip, name_of_unit, rows_of_unit


def priced_as(model, report):
    """The model that a search has kept, where all reports name the price of the search.

    A part would name its share of the price of one run. But which run it is from was
    chosen among others, and the choice says more about rows than the part does.

    Parameters
    ----------
    model : estimator
        Fitted; changed in place.
    report : PrivacyReport
        Of the search.

    Returns
    -------
    estimator
        The model.
    """
    for part in estimators_inside(model):
        own = vars(part).get("privacy_")
        if own is not None:
            name = type(part).__name__
            told = {"releases": own.releases, "assumed": own.assumed}
            part.privacy_ = replace(report, estimator=name, **told)
    model.privacy_ = report
    return model


def unit_of(estimator, groups):
    """What one neighbour has more than the other, and how many rows of it count."""
    if groups is None:
        return name_of_unit(None), 1
    max_rows = counted(estimator)[1]
    return name_of_unit(max_rows), rows_of_unit(max_rows)[0]


def counted(estimator):
    """How much of a unit counts in what is asked about a model, as in the model.

    Parameters
    ----------
    estimator : estimator
        A pipeline or another whole, too: then the most that counts in a part.

    Returns
    -------
    max_weight : float
        Of a row.
    max_rows : int or UnitClip
        Of a group.
    """
    params = estimator.get_params(deep=True)

    def most(name, kind, size):
        values = [v for key, v in params.items() if key.rpartition("__")[2] == name]
        fine = [value for value in values if isinstance(value, kind)]
        return max(fine, key=size, default=1)  # what is wrong its owner refuses

    rows = most(
        "max_rows_per_group", (Integral, UnitClip), lambda v: rows_of_unit(v)[0]
    )
    return float(most("max_weight", Real, float)), rows
