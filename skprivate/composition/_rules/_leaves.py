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
        leaks=tuple(leaks_of_noise(budget, estimator.random_state, walk)),
        note=CLASSES_FROM_Y if from_y else "",
    )


def leaks_of_noise(budget, random_state, walk):
    """Leaks of something that pays for all of its parts: no noise, or a known one."""
    if not budget.private:
        yield walk.leak("epsilon=inf adds no noise", "Set a finite epsilon.")
    if random_state is not None:
        yield walk.leak(
            "the noise is seeded, and whoever knows the seed can remove it",
            "Set random_state=None.",
        )
