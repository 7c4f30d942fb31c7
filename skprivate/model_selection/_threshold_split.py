"""How a model and its threshold share rows and budget."""

from dataclasses import dataclass

from skprivate.accounting import Budget
from skprivate.base import DPEstimator
from skprivate.composition import privacy_cost
from skprivate.model_selection._candidates import configured
from skprivate.pipeline._shares import alone, parts_of
from skprivate.pipeline._steps import discovers

_APART = (
    "the model and the threshold were learned from disjoint parts of the rows, chosen "
    "by secret coins: the price is that of one of them, not the sum",
)
_TOGETHER = (
    "the model and the threshold were learned from the same rows: their prices add up "
    "to that of the whole",
)
SHARE = 0.05  # of the budget that finds a threshold, if all rows do
_FRACTION = 0.2  # of the rows, otherwise
_MOST_MU = 2.0  # up to which no model is so close to its rows that it misleads


@dataclass(frozen=True, eq=False)
class ThresholdSplit:
    """Parts of rows and of the budget.

    Parameters
    ----------
    fraction : float or None
        Of the rows that are held back; None: all of them are in both parts.
    model : estimator
        A clone to fit, with the budget that it may spend.
    left : Budget
        That of the table of scores.
    """

    fraction: float | None
    model: object
    left: Budget

    def rows(self, rows, entropy):
        """Rows to fit the model to, and those that it is to score."""
        if self.fraction is None:
            return rows, rows
        return rows.parted(self.fraction, entropy)

    @property
    def notes(self):
        """How the price follows from its parts."""
        return _TOGETHER if self.fraction is None else _APART


def split_of(estimator, epsilon, delta, fraction, share=SHARE):
    """What parts there are, by public facts.

    Of ``n`` rows and a budget ``mu``, a part of the rows leaves the model ``1 - f`` of
    its signal and the table ``f`` of it; a part of the budget, ``sqrt(1 - s)`` and
    ``sqrt(s)``. So with ``s = f**2`` the table has as much, and the model has more;
    but not if ``delta=0``, where epsilons add up instead of squares.

    **Guarantee.** Without a fraction, the two parts compose into the whole budget:
    see :func:`parts_of`. With one, each has the whole, and no unit is in both.

    Parameters
    ----------
    estimator : estimator
    epsilon, delta : float
        The whole.
    fraction : float or None
        As the user gave it.
    share : float, default=0.05
        Of the budget for the table, without a fraction.

    Returns
    -------
    ThresholdSplit
    """
    budget, finds = Budget(epsilon, delta), discovers(estimator)
    budget = budget.reserving() if finds else budget
    whole = configured(estimator, {}, epsilon=epsilon, delta=delta)
    if fraction is None:
        gains = not budget.pure and budget.mu <= _MOST_MU  # else parts of rows do
        parts = (
            _parts(budget, finds, share) if gains and _adds_up(whole, budget) else None
        )
        if parts is not None:
            own, left = parts
            given = {"epsilon": own.epsilon, "delta": own.delta}
            return ThresholdSplit(None, configured(estimator, {}, **given), left)
        fraction = _FRACTION
    return ThresholdSplit(fraction, whole, alone(budget))


def _parts(budget, finds, share):
    """Budgets of the model and of the table; None if the whole is too small for two."""
    try:
        return parts_of(budget, [1 - share, share], [finds, False])
    except ValueError:
        return None


def _adds_up(model, budget):
    """Whether the price of a model can be added to that of a table.

    That of what asks a curator can, and that of pipelines of such. The best of several
    runs is not known to be GDP.
    """
    events = privacy_cost(model).events
    return isinstance(model, DPEstimator) or all(e == budget.event for e in events)
