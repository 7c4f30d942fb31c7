"""Estimators that spend a budget of their own."""

from skprivate.base import DPEstimator
from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import register_privacy_rule

CLASSES_FROM_Y = "assumed public: the class labels, read from y"


@register_privacy_rule(DPEstimator)
def price_of_private_estimator(estimator, walk):
    """One fit spends at most the budget: the curator refuses what exceeds it."""
    try:
        budget = estimator._budget()
    except (TypeError, ValueError) as error:
        raise ValueError(f"{walk.path}: {error}") from None
    from_y = hasattr(estimator, "classes") and estimator.classes is None
    return PrivacyCost.of_budget(
        type(estimator).__name__,
        budget,
        leaks=tuple(_leaks(estimator, budget, walk)),
        note=CLASSES_FROM_Y if from_y else "",
    )


def _leaks(estimator, budget, walk):
    if not budget.private:
        yield walk.leak("epsilon=inf adds no noise", "Set a finite epsilon.")
    if estimator.random_state is not None:
        yield walk.leak(
            "the noise is seeded, and whoever knows the seed can remove it",
            "Set random_state=None.",
        )
    if type(estimator).fit is not DPEstimator.fit:
        yield walk.leak(
            f"{type(estimator).__name__} overrides fit, so it may read rows without a "
            "curator",
            "Define _fit(curator) instead, or a privacy rule for the class.",
        )
