"""Parts that are used as they are, and not fitted again.

What is published then is what they have learned, whatever their parameters say now. So
the verdict is about that: about the report of a private fit, and of anything else,
about attributes.
"""

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in, is_vouched, rule_of
from skprivate.composition._rules._data_independent import DATA_INDEPENDENT
from skprivate.composition._rules._state import (
    is_fitted,
    is_read_off,
    parts_of_container,
    read_off,
)

CHANGED = (
    "what it has learned does not follow from its parameters, which may have been "
    "others when it was fitted"
)
_BEFORE = "fitted before: its price then is not in here"
_REMEDY = (
    "Fit a private one; or, if it was fitted on public rows alone, put it into a class "
    "of your own and say so with register_privacy_rule."
)


def fitted_before(estimator, walk, label):
    """The price of a part that was fitted earlier.

    Nothing now. But it becomes part of what is released, and nothing here can know on
    which rows it was fitted: so what it has learned has to be private.
    """
    leaks = tuple(dict.fromkeys(_leaks(estimator, walk, label)))
    if leaks:
        leaks = (
            *leaks,
            walk.leak(
                "a part that was fitted before, and not privately, is published with "
                "the rest",
                _REMEDY,
            ),
        )
    name = type(estimator).__name__
    return PrivacyCost(name, leaks=leaks, note=_BEFORE)


def _leaks(part, walk, label):
    """What gets out with a part, and with all parts inside."""
    place = walk.below(part, label)
    report = getattr(part, "privacy_", None)
    if report is not None:
        if not report.private:
            yield place.leak("its fit was seeded, or added no noise", _REMEDY)
        yield from place.leaks_to_code(part)
        for _ in read_off(part):  # a step that was put there afterwards
            yield place.leak(CHANGED, _REMEDY)
        return
    cost = walk(part, label)  # of what has no state, its kind is all there is
    inside = None if cost.leaks else parts_of_container(part)
    if inside is not None:
        for name, inner in inside:
            yield from _leaks(inner, place, name)
        return
    yield from cost.leaks
    if cost.leaks or not is_fitted(part) or is_vouched(rule_of(type(part))):
        return
    if type(part).__name__ not in DATA_INDEPENDENT or is_read_off(part):
        yield place.leak(CHANGED, _REMEDY)


@built_in("sklearn", "FrozenEstimator")
def _frozen(estimator, walk):
    part = fitted_before(estimator.estimator, walk, "estimator")
    return PrivacyCost.sum_of("FrozenEstimator", [("estimator", part)])
