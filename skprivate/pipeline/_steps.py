"""What may be a part of a compound object, and what it gets to spend."""

from dataclasses import dataclass
from inspect import signature

import numpy as np
from sklearn.base import clone

from skprivate.base import DPEstimator, check_bounds

_BUDGET = ("epsilon", "delta")


@dataclass(frozen=True, eq=False)
class Child:
    """A clone of a step, told what it may spend.

    Attributes
    ----------
    name : str
        Of the step.
    step : estimator, str or None
        The clone; what does nothing is as it was given.
    share : float
        The part of the whole budget that it spends, zero if it learns nothing.
    given : dict
        Parameters of the step that were set here, as the user gave them.
    """

    name: str
    step: object
    share: float
    given: dict

    @property
    def spends(self):
        """Whether it looks at rows, and pays for it."""
        return self.share > 0

    def fit(self, X, y, *, groups=None, **params):
        """Fit; where groups are units, they are for all that looks at rows."""
        if self.spends and groups is not None:
            params["groups"] = groups
        return self.step.fit(X, y, **params)

    def hand(self, bounds):
        """Public bounds of what comes in, if they are known and were not given."""
        if bounds is not None and _searches(self.step):
            self.given.setdefault("bounds", self.step.bounds)
            self.step.set_params(bounds=bounds)

    def as_given(self, fitted=None):
        """The fitted step, with the parameters that the user had given.

        So that the next fit, or a clone, starts from what the user wrote.
        """
        fitted = self.step if fitted is None else fitted
        return fitted.set_params(**self.given) if self.given else fitted


def child_of(name, step, budget=None, share=0.0):
    """A clone of ``step`` that spends ``budget``."""
    if does_nothing(step):
        return Child(name, step, 0.0, {})
    copy, given = clone(step), {}
    if budget is not None:
        given = {key: getattr(step, key) for key in _BUDGET}
        copy.set_params(epsilon=budget.epsilon, delta=budget.delta)
    return Child(name, copy, share, given)


def does_nothing(step):
    """Whether a step is left out, or passes on what it gets."""
    return step is None or (isinstance(step, str) and step in ("passthrough", "drop"))


def spends(step):
    """Whether a step spends a budget: an estimator of skprivate, or made of such."""
    if does_nothing(step) or isinstance(step, type):
        return False
    if isinstance(step, DPEstimator):
        return True
    composed = hasattr(step, "_privacy_cost") and hasattr(step, "get_params")
    return composed and {*_BUDGET} <= step.get_params(deep=False).keys()


def resamples(step):
    """Whether a step adds or drops rows."""
    return hasattr(step, "fit_resample")


def is_seeded(step):
    """Whether the noise of a step, or of a part of it, can be repeated."""
    if isinstance(step, DPEstimator):
        return step.random_state is not None
    if hasattr(step, "_children"):
        return any(spends(child) and is_seeded(child) for _, child in step._children())
    deep = step.get_params(deep=True).items()
    return any(v is not None for k, v in deep if k.split("__")[-1] == "random_state")


def check_step(name, step):
    """Refuse what is neither private nor independent of the data.

    Raises
    ------
    TypeError
        If nothing proves that the step protects its rows.
    ValueError
        If the step brings a budget of its own.
    """
    if does_nothing(step):
        return
    if isinstance(step, type):
        raise TypeError(f"{name!r} is a class. Give an instance: {step.__name__}(...).")
    if not spends(step):
        _check_independent(name, step)
        return
    for key in _BUDGET:
        default = signature(type(step)).parameters[key].default
        if getattr(step, key) != default:
            raise ValueError(
                f"{name!r} has a budget of its own: {key} is not its default. The "
                f"whole has one budget, of which each gets a share. Leave {key} out "
                "there, and use weights=... to give this one a larger or smaller share."
            )
    if hasattr(step, "_check_children"):
        step._check_children()


def _check_independent(name, step):
    """Refuse a step that learns from rows, or may do so."""
    from skprivate.composition import privacy_cost

    cost = privacy_cost(step)
    if cost.private and not cost.events and not cost.leaks:
        return
    remedies = "".join(f" {leak.remedy}" for leak in cost.leaks[:1])
    raise TypeError(
        f"{name!r}, a {type(step).__name__}, is not private, and not known to be "
        "independent of the data. Use its namesake in skprivate, or a transformer "
        f"that learns nothing from rows, such as Normalizer.{remedies}"
    )


def _searches(step):
    """Whether a step would pay to find out the bounds of its features."""
    bounds = getattr(step, "bounds", None)
    return isinstance(bounds, str) and bounds == "private"


def usable_bounds(bounds, n_features):
    """``bounds`` as two arrays; None where a step cannot use them."""
    if bounds is None or isinstance(bounds, str):
        return None
    try:
        return check_bounds(bounds, n_features)
    except (TypeError, ValueError):
        return None


def planned(step, n_features, classes):
    """A clone fitted on no rows, if that is all there is to know."""
    if spends(step):
        return step._planned(n_features, classes=classes)
    return clone(step).fit(np.zeros((1, n_features)))
