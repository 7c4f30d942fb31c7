"""Parts that are used as they are, and not fitted again."""

from dataclasses import replace

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in

_BEFORE = "fitted before: its price then is not in here"


def fitted_before(estimator, walk, label):
    """The price of a part that was fitted earlier.

    Nothing now. But it becomes part of what is released, and nothing here can know on
    which rows it was fitted: so it has to be of a kind that is private.
    """
    cost = walk(estimator, label)
    leaks = cost.leaks
    if leaks:
        leaks = (
            *leaks,
            walk.leak(
                "a part that was fitted before, and not privately, is published with "
                "the rest",
                "Fit a private one; or, if it was fitted on public rows alone, put it "
                "into a class of your own and say so with register_privacy_rule.",
            ),
        )
    return replace(cost, events=(), fits=0, leaks=leaks, children=(), note=_BEFORE)


@built_in("sklearn", "FrozenEstimator")
def _frozen(estimator, walk):
    part = fitted_before(estimator.estimator, walk, "estimator")
    return PrivacyCost.sum_of("FrozenEstimator", [("estimator", part)])
