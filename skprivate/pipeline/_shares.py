"""How one budget is shared out among the children of a compound object."""

from dataclasses import replace
from numbers import Real
from warnings import warn

from sklearn.base import is_classifier, is_clusterer, is_regressor

from skprivate.accounting import Budget, epsilon_of
from skprivate.accounting._budget import ROUND_DOWN
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


def whole_budget(epsilon, delta, finding=False):
    """The budget of a compound object; warns where it protects little or nothing."""
    budget = Budget(epsilon, delta)
    if finding:
        budget = budget.reserving()
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


def parts_of(budget, weights, finding=()):
    """Budgets of their own that compose into ``budget``, in proportion to ``weights``.

    **Guarantee.** All parts have the ``delta`` of the whole. If it is positive, the
    squares of their ``mu`` add up to at most that of the whole, and ``mu``-GDP fits
    compose, adaptively, into a fit that is GDP with the root of the sum of squares
    (Dong, Roth and Su 2022, Corollary 3.3); if it is zero, their ``epsilon`` add up to
    at most that of the whole (basic composition). Rounding included.

    Parts that may have to find categories have an equal part of the ``delta`` of the
    whole instead, and reserve a tenth of that: together a tenth of the whole, which is
    the reserve of ``budget``. Their ``mu`` is what remains at nine tenths of their
    ``delta``, as for every such fit, and is made to be the part of ``mu`` that they
    get; so the squares add up to that of the whole, at nine tenths of its ``delta``.

    Parameters
    ----------
    budget : Budget
        The whole.
    weights : sequence of float
        Positive.
    finding : sequence of bool, default=()
        Which parts may have to find categories; none, if nothing is said. The budget
        has a reserve if, and only if, there is one.

    Returns
    -------
    list of Budget
    """
    finding = list(finding) or [False] * len(weights)
    if not budget.private:
        return [Budget(budget.epsilon, budget.delta) for _ in weights]
    if len(weights) < 2:
        return [budget for _ in weights]
    n_finding = max(1, sum(finding))
    return [
        alone(part, budget.delta / n_finding if finds and budget.reserve else None)
        for part, finds in zip(budget.split(*weights), finding, strict=True)
    ]


def equal_part(budget, number, finding=False):
    """What each of several equal parts may spend; see :func:`parts_of`.

    Parameters
    ----------
    budget : Budget
        The whole.
    number : int
        How many there are.
    finding : bool, default=False
        Whether all of them may have to find categories.

    Returns
    -------
    Budget
    """
    if number < 2 or not budget.private:
        return budget
    first, *_ = budget.split(*[1.0] * number)
    return alone(first, budget.delta / number if finding and budget.reserve else None)


def alone(part, delta=None):
    """The plain (epsilon, delta) of a part; its ``mu`` is at most that of the part.

    With a ``delta`` of its own, it reserves a tenth of that. Without, nothing: this is
    what a score may spend, to cost what a fit does that finds categories.
    """
    try:
        plain = part.alone()
        if delta is not None:
            delta *= ROUND_DOWN
            rest = delta - Budget(1.0, delta).reserving().reserve
            plain = Budget(epsilon_of(part.mu, rest), delta).reserving()
        less = 2.0**-52
        # There and back again, from mu to epsilon to mu, may round up by a hair.
        while not part.pure and plain.mu > part.mu:
            plain = replace(plain, epsilon=plain.epsilon * (1 - less))
            less *= 2
    except ValueError:
        raise ValueError(_TOO_SMALL) from None
    return plain


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
