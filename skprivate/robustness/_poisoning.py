"""What somebody who adds rows can do to a private model, at most."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from skprivate._card import Card, Section, Table
from skprivate.accounting import events_of_group
from skprivate.report import ModelPrivacyReport, privacy_report
from skprivate.report._curve import known_curves
from skprivate.report._power import best_detection

_MOST_UNITS = 10**6


@dataclass(frozen=True, repr=False)
class PoisoningReport:
    """By how much units that somebody adds can lower the chance of a good answer.

    Made by :func:`poisoning_report`.

    Parameters
    ----------
    model : str
        Class of the model.
    unit : str
        What is added or removed.
    probability : float
        Chance of a good answer before.
    chances : dict of int to float
        By number of units: the least chance that is left.
    half : int
        The least number of units for which it may be below one half.

    Examples
    --------
    See :func:`poisoning_report`.
    """

    model: str
    unit: str
    probability: float
    chances: dict
    half: int

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _card(self):
        rows = tuple((f"{k:,}", f"{p:.3f}") for k, p in self.chances.items())
        head = (f"{self.unit}s added or removed", "chance that is left, at least")
        said = (
            f"What happens with a chance of {self.probability:g} over the noise of the "
            "fit, such as a right answer, still happens with the chance below, at "
            "least, whatever rows somebody adds or removes.",
            f"From {self.half:,} {self.unit}s on it may be below one half.",
            "This is a fact about the way of fitting; no single model shows it.",
        )
        table = Table(head, rows, numbers=head)
        sections = (Section("", (table,)), Section("What this means", said))
        return Card(f"Poisoning of {self.model}, at most", (), (), sections)


def poisoning_report(
    fitted: Any, *, probability: float = 0.95, units: Sequence[int] = (1, 2, 5, 10)
) -> PoisoningReport:
    """What somebody who adds or removes rows can do to a private model, at most.

    A private fit gives nearly the same distribution of models with a unit and without.
    So whatever is likely stays likely: with ``p`` the chance of any event over the
    noise, ``k`` units lower it to ``1 - power(1 - p)`` at most, where ``power`` is the
    best chance of detection that ``k`` units allow.

    Parameters
    ----------
    fitted : object
        A private model, or its :class:`~skprivate.report.ModelPrivacyReport`.
    probability : float, default=0.95
        Chance of the event that is to stay likely; over the noise of fits.
    units : sequence of int, default=(1, 2, 5, 10)
        Numbers of units that are added, removed, or both.

    Returns
    -------
    PoisoningReport

    References
    ----------
    Ma, Zhu and Hsu (2019). Data poisoning against differentially-private learners.
    IJCAI. Groups: Dong, Roth and Su (2022), Theorem 2.14.

    Examples
    --------
    >>> from skprivate.linear_model import DPRidge
    >>> from skprivate.robustness import poisoning_report
    >>> print(poisoning_report(DPRidge(epsilon=1.0).plan(4)))
    Poisoning of DPRidge, at most
    <BLANKLINE>
      rows added or removed  chance that is left, at least
                          1                          0.920
                          2                          0.879
                          5                          0.678
                         10                          0.235
    ...
    """
    if not hasattr(units, "__len__") or not len(units):
        raise TypeError("units must be a list of whole numbers. Pass [1].")
    known = isinstance(fitted, ModelPrivacyReport)
    report = fitted if known else privacy_report(fitted)
    _check(report, probability, units)
    kinds = {unit.partition(" ")[0] for unit in report.units} or {"unit"}
    chances = {int(k): _left(report, probability, k) for k in units}
    return PoisoningReport(
        model=report.name,
        unit=kinds.pop() if len(kinds) == 1 else "unit",
        probability=float(probability),
        chances=chances,
        half=_half(report, probability),
    )


def _left(report, probability, size):
    """Least chance of an event, once ``size`` units were added or removed.

    The complement happened with the chance ``1 - probability``, and happens with the
    best true positive rate at that rate of false alarms, at most.
    """
    from skprivate.accounting import epsilon_of_events

    ways = [events_of_group(way, size) for way in report.ways]

    def price(delta, relation):
        return max(epsilon_of_events(way, delta, relation=relation) for way in ways)

    try:
        points = known_curves(price, report.delta).get("add_remove", [])
    except ValueError:
        points = []
    points = [(d, e) for d, e in points if math.isfinite(e)]
    return 1 - best_detection(ways, 1 - probability, points)


def _half(report, probability):
    """The least number of units for which half is not certain, by doubling, halving."""
    high = 1
    while _left(report, probability, high) >= 0.5 and high < _MOST_UNITS:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if _left(report, probability, middle) >= 0.5:
            low = middle
        else:
            high = middle
    return high


def _check(report, probability, units):
    if report.gaps or not report.ways or math.isinf(report.epsilon()):
        raise ValueError(
            f"{report.name} is not private, so nothing limits what one row can do. "
            "Print privacy_report of it to see why."
        )
    if not isinstance(probability, Real) or not 0.5 < probability < 1:
        raise ValueError("probability must lie between 0.5 and 1.")
    for k in units:
        whole = isinstance(k, Integral) and not isinstance(k, bool)
        if not whole or not 1 <= k <= _MOST_UNITS:
            raise ValueError(f"units must be whole numbers from 1 to {_MOST_UNITS:,}.")
