"""Estimators that spend a budget of their own."""

from skprivate.base import DPEstimator
from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import register_privacy_rule

CLASSES_FROM_Y = "assumed public: the class labels, read from y"
_GOES_ON = "goes on from earlier fits, whose price is in privacy_ and not in here"


@register_privacy_rule(DPEstimator)
def price_of_private_estimator(estimator, walk):
    """One fit spends at most the budget: the curator refuses what exceeds it."""
    try:
        budget = estimator._budget()
    except (TypeError, ValueError) as error:
        raise ValueError(f"{walk.path}: {error}") from None
    from_y = hasattr(estimator, "classes") and estimator.classes is None
    notes = [CLASSES_FROM_Y] * from_y + [_GOES_ON] * estimator._goes_on()
    return PrivacyCost.of_budget(
        type(estimator).__name__,
        budget,
        leaks=tuple(leaks_of_noise(budget, estimator.random_state, walk)),
        note="; ".join(notes),
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
