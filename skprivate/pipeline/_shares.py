"""How one budget is shared out among the children of a compound object."""

from numbers import Real
from warnings import warn

from sklearn.base import is_classifier, is_clusterer, is_regressor

from skprivate.accounting import Budget
from skprivate.base import PrivacyWarning

_MEANINGLESS = 20.0
_PREDICTOR_WEIGHT = 1.5
_TOO_SMALL = (
    "The budget is too small to be shared out: at this delta, a part of it cannot be "
    "told from zero. Give a larger epsilon, or a smaller delta."
)
_BAD_WEIGHTS = (
    "weights must be a dict {name: number}, or a sequence with one positive number for "
    "each, in order (None for what spends nothing)."
)


def whole_budget(epsilon, delta):
    """The budget of a compound object; warns where it protects little or nothing."""
    budget = Budget(epsilon, delta)
    if not budget.private:
        text = (
            "epsilon=inf adds no noise: this fit is not private. Set a finite epsilon "
            "to protect the rows."
        )
    elif budget.epsilon > _MEANINGLESS:
        text = (
            f"epsilon > {_MEANINGLESS:g} offers no meaningful privacy. Choose a "
            "smaller epsilon."
        )
    else:
        return budget
    warn(text, PrivacyWarning, stacklevel=4)
    return budget


def parts_of(budget, weights):
    """Budgets of their own that compose into ``budget``, in proportion to ``weights``.

    **Guarantee.** All parts have the ``delta`` of the whole. If it is positive, the
    squares of their ``mu`` add up to at most that of the whole, and ``mu``-GDP fits
    compose, adaptively, into a fit that is GDP with the root of the sum of squares
    (Dong, Roth and Su 2022, Corollary 3.3); if it is zero, their ``epsilon`` add up to
    at most that of the whole (basic composition). Rounding included.

    Parameters
    ----------
    budget : Budget
        The whole.
    weights : sequence of float
        Positive.

    Returns
    -------
    list of Budget
    """
    if len(weights) < 2 or not budget.private:
        return [Budget(budget.epsilon, budget.delta) for _ in weights]
    return [_alone(part) for part in budget.split(*weights)]


def _alone(part):
    """The plain (epsilon, delta) of a part; its ``mu`` is at most that of the part."""
    try:
        alone = part.alone()
        less = 2.0**-52
        # There and back again, from mu to epsilon to mu, may round up by a hair.
        while not part.pure and alone.mu > part.mu:
            alone = Budget(alone.epsilon * (1 - less), alone.delta)
            less *= 2
    except ValueError:
        raise ValueError(_TOO_SMALL) from None
    return alone


def default_weight(step):
    """Weight of a step that is given none: a predictor has more than other steps.

    A class can state its own in the attribute ``default_weight``.

    With 1.5, each step of three has at least 1.5 times less noise than with a third of
    ``epsilon`` and ``delta``. Larger weights of a predictor help where there are few
    rows and public bounds, and hurt where a transformer has to find the bounds: then
    its search finds nothing with the little that is left for it.
    """
    own = getattr(step, "default_weight", None)
    if own is not None:
        return float(own)
    predicts = is_classifier(step) or is_regressor(step) or is_clusterer(step)
    return _PREDICTOR_WEIGHT if predicts else 1.0


def weights_by_name(weights, names):
    """The weights that were given, as a dict; those not given are missing.

    Raises
    ------
    TypeError, ValueError
        If they are no positive numbers, or do not fit the names.
    """
    if weights is None:
        return {}
    if isinstance(weights, dict):
        unknown = [name for name in weights if name not in names]
        if unknown:
            raise ValueError(
                f"weights names {unknown[0]!r}, which is none of: {', '.join(names)}. "
                "Use the names of the steps."
            )
        given = dict(weights)
    elif isinstance(weights, (list, tuple)) or hasattr(weights, "__array__"):
        if len(weights) != len(names):
            raise ValueError(
                f"There are {len(names)} steps, but not as many weights. {_BAD_WEIGHTS}"
            )
        given = dict(zip(names, weights, strict=True))
    else:
        raise TypeError(_BAD_WEIGHTS)
    return {name: _positive(w) for name, w in given.items() if w is not None}


def _positive(weight):
    """A weight as a float."""
    if isinstance(weight, bool) or not isinstance(weight, Real):
        raise TypeError(_BAD_WEIGHTS)
    if not 0 < weight < float("inf"):
        raise ValueError(f"A weight is not positive and finite. {_BAD_WEIGHTS}")
    return float(weight)
