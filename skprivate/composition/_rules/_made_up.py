"""What follows a sampler whose rows are made up: it sees no row, and is free."""

from sklearn import get_config

from skprivate.base import DPEstimator
from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import is_vouched, rule_of
from skprivate.composition._rules._fitted_before import fitted_before
from skprivate.composition._rules._state import estimators_inside, is_fitted

_CLONE = (
    "goes on from where it was fitted before",
    "Set warm_start=False, or start from sklearn.base.clone.",
)


def cost_after_rows(step, walk, label):
    """What a part costs that sees made-up rows: that of what is private, else nothing.

    What was fitted before, and is used as it is, saw other rows than these.

    Parameters
    ----------
    step : object
        Behind a sampler for which :func:`~skprivate.base.replaces_rows` holds.
    walk : Walk
    label : str
    """
    if step is None or isinstance(step, (str, type)):
        return walk(step, label)
    inside = estimators_inside(step)
    if any(map(_has_a_price, inside)):
        cost = walk(step, label)
        if cost.private:
            return cost
    place = walk.below(step, label)
    leaks = [leak for part in inside for leak in _leaks_of_before(part, place)]
    note = "it sees synthetic rows only"
    return PrivacyCost(type(step).__name__, leaks=tuple(leaks), note=note)


def leaks_of_requests(step, walk, label):
    """Leaks to a step that asks for metadata, which is that of real rows."""
    if not get_config()["enable_metadata_routing"] or not hasattr(step, "get_params"):
        return
    for part in estimators_inside(step):
        asked = getattr(vars(part).get("_metadata_request"), "fit", None)
        for name, alias in getattr(asked, "requests", {}).items():
            if alias is True or isinstance(alias, str):
                yield walk.below(step, label).leak(
                    f"{name} belongs to real rows, not to synthetic ones",
                    f"Drop set_fit_request({name}=...).",
                )


def _has_a_price(part):
    """Whether it pays for what it sees, or whoever wrote it says what it costs."""
    private = isinstance(part, DPEstimator) or hasattr(part, "_privacy_cost")
    return private or is_vouched(rule_of(type(part)))


def _leaks_of_before(part, place):
    """Leaks of parts that are not fitted again."""
    name = type(part).__name__
    if getattr(part, "warm_start", False) is True and is_fitted(part):
        before = "was fitted before, and " + _CLONE[0]
        yield place.leak(f"{name} {before}", _CLONE[1])
    cv = getattr(part, "cv", None)
    listed = isinstance(cv, str) and cv == "prefit"
    if listed or name == "FrozenEstimator" or getattr(part, "prefit", False) is True:
        for label, kept in _parts_of(part):
            yield from fitted_before(kept, place, label).leaks


def _parts_of(part):
    """What is in the list of a part, or in its one place for an estimator."""
    if hasattr(part, "estimators"):
        return part.estimators
    return [("estimator", part.estimator)]
