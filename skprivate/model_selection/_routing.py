"""Which metadata of a fit goes to the estimator inside, and which to its scorer."""

from inspect import signature

from sklearn import get_config
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    process_routing,
)
from sklearn.utils.validation import has_fit_parameter

_WEIGHT = "sample_weight"


def router_of(owner, scorer=None):
    """What the estimator of ``owner`` asks for in ``fit``, and what its scorer does.

    Parameters
    ----------
    owner : estimator
        With an ``estimator``; fits give it metadata.
    scorer : DPScorer or None
        Without a request of its own it gets the weights that the estimator gets.

    Returns
    -------
    MetadataRouter
    """
    router = MetadataRouter(owner=type(owner).__name__)
    fits = MethodMapping().add(caller="fit", callee="fit")
    router.add(estimator=owner.estimator, method_mapping=fits)
    if getattr(scorer, "score_requests", None):
        scores = MethodMapping().add(caller="fit", callee="score")
        router.add(scorer=scorer, method_mapping=scores)
    return router


def routed(owner, sample_weight, params):
    """Parameters of ``fit`` of the estimator, and weights for its scores.

    Parameters
    ----------
    owner : estimator
        With ``get_metadata_routing``.
    sample_weight : array-like or None
    params : dict
        Other metadata: by its name, if routing is enabled, else ``step__parameter``.

    Returns
    -------
    fit_params : dict
    score_weight : array-like or None

    Raises
    ------
    TypeError
        If the estimator takes no weights, or nothing of another name.
    """
    given = {name: value for name, value in params.items() if value is not None}
    if sample_weight is not None:
        given[_WEIGHT] = sample_weight
    if get_config()["enable_metadata_routing"]:
        found = process_routing(owner, "fit", **given)
        fit_params = found.estimator.fit
        scored = found.get("scorer", {"score": fit_params}).get("score", {})
        return dict(fit_params), scored.get(_WEIGHT)
    for name in given:
        if not _takes(owner.estimator, name):
            kind = type(owner.estimator).__name__
            raise TypeError(f"{kind} takes no {name}. Leave it out.")
    return given, sample_weight


def _takes(estimator, name):
    """Whether ``fit`` takes a parameter; or hands on what it gets, but for weights."""
    if has_fit_parameter(estimator, name):
        return True
    taken = signature(estimator.fit).parameters.values()
    return name != _WEIGHT and any(one.kind is one.VAR_KEYWORD for one in taken)


def check_given(estimator, X, groups, fit_params):
    """Refuse what cannot go along through the steps of a pipeline, for free."""
    if hasattr(estimator, "check_given"):
        estimator.check_given("fit", X, groups, fit_params)
