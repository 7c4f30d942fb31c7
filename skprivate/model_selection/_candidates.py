"""Candidates of a search: settings of one estimator, all of them private and valid."""

import inspect

from sklearn.base import BaseEstimator, clone

from skprivate.composition import check_private
from skprivate.pipeline._shares import alone
from skprivate.pipeline._steps import check_code, discovers, parts_below, spends

_NOT_TO_SEARCH = {
    "epsilon": "all candidates get the same budget, that of the search",
    "delta": "all candidates get the same budget, that of the search",
    "random_state": "seeds decide the noise, which is no setting to choose by its luck",
}


def configured(estimator, params, **more):
    """A clone with the settings of a candidate, and those that the search decides."""
    # Values may be estimators, which a fit would alter: so each clone has its own.
    params = {name: clone(value, safe=False) for name, value in params.items()}
    return clone(estimator).set_params(**params, **more)


def funded(estimator, params, budget):
    """A clone with the settings of a candidate, and the budget of a run.

    **Guarantee.** It costs no more than ``budget``: one that finds no categories among
    others that do has the same noise, and keeps no part of delta for what may fail.
    """
    model = configured(estimator, params)
    if budget.reserve and not discovers(model):
        budget = alone(budget)
    return model.set_params(epsilon=budget.epsilon, delta=budget.delta)


def seeded_like(entropy, estimator, name):
    """The estimator, with a seed in every ``random_state`` if the entropy is seeded."""
    if not entropy.seeded:
        return estimator
    word = int(entropy.words(1, f"seed of {name}".encode())[0])
    params = estimator.get_params()
    unset = {
        key: word >> 33
        for key, value in params.items()
        if key.rpartition("__")[2] == "random_state" and value is None
    }
    inner = "estimator__random_state"  # which one around it seeds, if it has a seed
    seeds = {
        key: seed
        for key, seed in unset.items()
        if not key.endswith(inner)
        or f"{key.removesuffix(inner)}random_state" not in params
    }
    return estimator.set_params(**seeds)


def check_estimator(estimator, whole="the search"):
    """Refuse what a search, or another whole, cannot give a budget to.

    Parameters
    ----------
    estimator : object
    whole : str, default="the search"
        How messages call what has the budget.

    Raises
    ------
    TypeError
        If it has no ``epsilon`` and ``delta`` to set.
    ValueError
        If these are not at their defaults: two budgets would contradict each other.
    """
    name = type(estimator).__name__
    if inspect.isclass(estimator) or not isinstance(estimator, BaseEstimator):
        raise TypeError(
            "estimator must be an instance of a private estimator. Give one, such as "
            "DPLogisticRegression()."
        )
    given = estimator.get_params(deep=False)
    if not {"epsilon", "delta"} <= given.keys():
        raise TypeError(
            f"{name} has no epsilon and delta, so it cannot be given the budget of a "
            "run. Use an estimator of skprivate; put several steps into "
            "make_dp_pipeline."
        )
    signature = inspect.signature(type(estimator)).parameters
    for parameter in {"epsilon", "delta", "random_state"} & given.keys():
        if given[parameter] != signature[parameter].default:
            raise ValueError(
                f"{parameter} of {name} is set, but that of {whole} decides. Leave it "
                f"at its default, and give {parameter} to {whole}."
            )


def refuse_foreign_code(estimator):
    """Refuse an estimator if it, or a part of it, has methods from elsewhere.

    Raises
    ------
    TypeError
        If these may read rows.
    """
    for part in parts_below(estimator):
        if spends(part):
            check_code(type(part).__name__, part)


def candidates_of(read, what):
    """What scikit-learn's reader of a grid makes of it, or what to give instead.

    Parameters
    ----------
    read : callable
        Returns an iterable of dict.
    what : str
        The parameter that is read, for messages.

    Returns
    -------
    list of dict
    """
    try:
        return list(read())
    except (TypeError, ValueError) as error:
        reason = str(error).split(" got")[0].removesuffix(" but").rstrip(",.")
        raise type(error)(
            f"{what} cannot be read: {reason}. Give a dict that has, for the name of "
            "each parameter, a list of one or more values; or a list of such dicts."
        ) from None


def checked_candidates(estimator, candidates, what):
    """The candidates as a tuple, each of them private and known to the estimator.

    Parameters
    ----------
    estimator : estimator
        Checked by :func:`check_estimator`.
    candidates : iterable of dict
    what : str
        The parameter they come from, for messages.

    Returns
    -------
    tuple of dict
    """
    candidates = tuple(candidates)
    if not candidates:
        raise ValueError(f"{what} holds no candidate. Give at least one.")
    for name in {name for params in candidates for name in params}:
        if not isinstance(name, str):
            raise TypeError(f"{what} holds a name that is no text. Write 'C', say.")
        reason = _NOT_TO_SEARCH.get(name.rpartition("__")[2])
        if reason:
            raise ValueError(f"{what} holds {name}: {reason}. Take it out.")
    for params in candidates:
        check_private(configured(estimator, params))
    return candidates
