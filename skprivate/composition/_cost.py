"""What a fit costs: events that add up, and leaks that no epsilon describes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal, Self

from skprivate.accounting import Budget, epsilon_of_events, events_of_group


@dataclass(frozen=True)
class Leak:
    """A place where something exact about the rows gets out.

    Parameters
    ----------
    where : str
        Path in the tree, such as ``"clf > estimator"``.
    what : str
        What gets out, and how.
    remedy : str
        What to do about it.

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skprivate.composition import privacy_cost
    >>> privacy_cost(StandardScaler()).leaks[0].remedy
    'Use skprivate.preprocessing.DPStandardScaler.'
    """

    where: str
    what: str
    remedy: str

    def __str__(self):
        return f"{self.where}: {self.what}. {self.remedy}"


@dataclass(frozen=True, repr=False)
class PrivacyCost:
    """The price of one fit of a tree of estimators, known before a row is seen.

    **Guarantee.** The composition of ``events`` is at least what a ledger records for
    the fit, whatever the rows; and it is a bound on what the fit reveals if ``leaks``
    is empty and the facts in the notes hold.

    Parameters
    ----------
    name : str
        Class of the estimator.
    events : tuple of DpEvent, default=()
        What the fit spends, in terms of ``dp_accounting``, parts included.
    fits : int, default=0
        How many fits spend it.
    leaks : tuple of Leak, default=()
        What is not private, parts included.
    children : tuple of (label, PrivacyCost), default=()
        The parts.
    note : str, default=""
        What was taken for granted, or a reason.
    repeats : int or None, default=1
        How often the parent fits this part; None if nobody can say in advance.
        ``events`` and ``fits`` are those of all repeats, ``children`` those of one.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from skprivate.composition import privacy_cost
    >>> from skprivate.linear_model import DPRidge
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> cost = privacy_cost(make_pipeline(DPStandardScaler(), DPRidge(epsilon=2.0)))
    >>> cost.fits, cost.private, round(cost.epsilon(delta=1e-6), 2)
    (2, True, 2.29)
    """

    name: str
    events: tuple = ()
    fits: int = 0
    leaks: tuple = ()
    children: tuple = ()
    note: str = ""
    repeats: int | None = 1

    @classmethod
    def sum_of(
        cls,
        name: str,
        parts: Sequence[Any],
        *,
        leaks: Sequence[Leak] = (),
        note: str = "",
    ) -> Self:
        """The price of something that costs what its parts cost together.

        Parameters
        ----------
        name : str
            Class of the whole.
        parts : sequence of (label, PrivacyCost)
            All of them; fits on other columns or other folds are fits on the same
            people, so nothing composes in parallel.
        leaks : sequence of Leak, default=()
            Those of the whole itself.
        note : str, default=""
            What was taken for granted.

        Returns
        -------
        PrivacyCost
        """
        costs = [cost for _, cost in parts]
        return cls(
            name,
            events=tuple(chain.from_iterable(cost.events for cost in costs)),
            fits=sum(cost.fits for cost in costs),
            leaks=_with_leaks_of(costs, leaks),
            children=tuple(parts),
            note=note,
        )

    @classmethod
    def of_budget(
        cls,
        name: str,
        budget: Budget,
        parts: Sequence[Any] = (),
        *,
        leaks: Sequence[Leak] = (),
        note: str = "",
    ) -> Self:
        """The price of something that pays for all of its parts at once.

        Parameters
        ----------
        name : str
            Class of the whole.
        budget : Budget
            What it debits; the parts only show how it is shared out.
        parts : sequence of (label, PrivacyCost), default=()
            Their leaks count, their events do not.
        leaks : sequence of Leak, default=()
            Those of the whole itself.
        note : str, default=""
            What was taken for granted.

        Returns
        -------
        PrivacyCost
        """
        price = f"epsilon={budget.epsilon:g}, delta={budget.delta:g}"
        return cls(
            name,
            events=(budget.event,),
            fits=1,
            leaks=_with_leaks_of([cost for _, cost in parts], leaks),
            children=tuple(parts),
            note="; ".join(filter(None, [price, note])),
        )

    def times(self, number: int | None) -> Self:
        """The price of this part if it is fitted ``number`` times.

        Parameters
        ----------
        number : int or None
            None if nobody can say in advance: then it is not bounded.

        Returns
        -------
        PrivacyCost
        """
        from dp_accounting import dp_event as dp

        if number is None:
            endless = (dp.NonPrivateDpEvent(),) if self.events else ()
            return replace(self, events=self.events + endless, repeats=None)
        if number == 1:
            return self
        return replace(
            self,
            events=tuple(dp.SelfComposedDpEvent(e, number) for e in self.events),
            fits=self.fits * number,
            repeats=None if self.repeats is None else self.repeats * number,
        )

    def of_group(self, size: int) -> Self:
        """The price of this part if a unit may be up to ``size`` of the rows it sees.

        Parameters
        ----------
        size : int

        Returns
        -------
        PrivacyCost
        """
        if size == 1 or not self.events:
            return self
        said = f"a row comes up to {size} times: priced for a group of as many"
        return replace(
            self,
            events=events_of_group(self.events, size),
            note="; ".join(filter(None, [self.note, said])),
        )

    @property
    def private(self) -> bool:
        """Whether nothing leaks, given what the notes take for granted."""
        return not self.leaks

    def epsilon(
        self,
        delta: float = 1e-6,
        relation: Literal["add_remove", "replace_one"] = "add_remove",
    ) -> float:
        """Total price at ``delta``: inf if anything leaks.

        Parameters
        ----------
        delta : float, default=1e-6
            The ``delta`` of the guarantee for the whole.
        relation : {"add_remove", "replace_one"}, default="add_remove"
            Neighbours: one unit more or less, or one unit replaced by another.

        Returns
        -------
        float
        """
        return self.spent(delta, relation) if self.private else math.inf

    def spent(
        self,
        delta: float = 1e-6,
        relation: Literal["add_remove", "replace_one"] = "add_remove",
    ) -> float:
        """What a ledger records for the fit: it sees events, and no leaks.

        Parameters
        ----------
        delta : float, default=1e-6
            The ``delta`` of the guarantee.
        relation : {"add_remove", "replace_one"}, default="add_remove"
            Neighbours: one unit more or less, or one unit replaced by another.

        Returns
        -------
        float
        """
        return epsilon_of_events(self.events, delta, relation=relation)

    def own_leaks(self) -> tuple[Any, ...]:
        """The leaks of this node itself, without those of its parts."""
        below = {leak for _, cost in self.children for leak in cost.leaks}
        return tuple(leak for leak in self.leaks if leak not in below)

    def __repr__(self):
        from skprivate.composition._text import as_text

        return as_text(self)

    def _repr_html_(self):
        from skprivate.composition._html import as_html

        return as_html(self)


def _with_leaks_of(costs, leaks):
    """All leaks once, the own ones first."""
    below = chain.from_iterable(cost.leaks for cost in costs)
    return tuple(dict.fromkeys([*leaks, *below]))
