"""Fits that go on from the last one, and what all of them cost together."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import TableLike
from skprivate.accounting import Budget, epsilon_of_events, price_of
from skprivate.base._report import PrivacyReport
from skprivate.rows import refused
from skprivate.rows._labels import sorted_classes

_DISJOINT = "that no privacy unit is in two batches of different names"
_LEAVE_OUT = "Leave out batch=..., and pay for each batch."
_TOLD = "Fits behind this: "


@dataclass(frozen=True)
class _Partial:
    """What a call to ``partial_fit`` says, beside the rows."""

    batch: object
    classes: object


class DPContinuesMixin:
    """Mixin of estimators whose fits may start from what the last one has learned.

    A subclass may have a parameter ``warm_start``; its ``_fit`` asks
    :meth:`_known_classes` for the classes, if it learns any, and, last before the first
    release, :meth:`_resume` whether to go on from its fitted attributes.

    **Guarantee.** ``privacy_`` covers all fits that the fitted attributes come from.
    Where to start is a function of what was released before; so fits compose like
    releases of one. Fits on batches that have no unit in common cost what the dearest
    of them does (parallel composition; McSherry 2009, Theorem 4), under add or remove
    one unit. Whether they have, nobody here can check: it is listed as assumed.
    """

    def partial_fit(
        self,
        X: TableLike,
        y: ArrayLike | None = None,
        classes: ArrayLike | None = None,
        *,
        batch: str | int | None = None,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> Self:
        """Go on with a batch of rows, at the price of a fit.

        Parameters
        ----------
        X : array-like, data frame, sparse matrix or Rows
            The rows of the batch, or a source that can reach them.
        y : array-like of shape (n_samples,), default=None
            Their target, where the estimator has one.
        classes : array-like of shape (n_classes,), default=None
            All class labels; needed in the first call, unless the estimator was told.
            Only for estimators that learn classes.
        batch : str or int, default=None
            Name of the batch: you assert that no privacy unit is in two batches of
            different names. Then only the dearest counts in ``privacy_``; a strict
            ledger refuses it, and others charge each call, unless it is made in a part
            of :meth:`PrivacyLedger.disjoint`. None: the price adds to all others. Units
            must be sent to batches by a key of their own, never by position: see
            :func:`~skprivate.model_selection.key_batches`.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, cut to ``max_weight``.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit.

        Returns
        -------
        self : object
            The estimator.
        """
        if not (batch is None or isinstance(batch, str | int | np.integer)):
            raise TypeError("batch must be a text or a whole number: a public name.")
        if classes is not None and not hasattr(self, "classes"):
            raise TypeError(
                "classes is for estimators that learn classes. Leave it out."
            )
        self._partial = _Partial(batch, classes)
        try:
            return self.fit(X, y, sample_weight=sample_weight, groups=groups)
        finally:
            del self._partial

    def _goes_on(self):
        """Whether this fit starts from what is known."""
        partial = getattr(self, "_partial", None) is not None
        return (partial or self._starts_warm()) and hasattr(self, "privacy_")

    def _starts_warm(self):
        """Whether ``fit``, too, goes on; where only ``partial_fit`` does, never."""
        return bool(getattr(self, "warm_start", False))

    def _known_classes(self):
        """Classes that are known before rows are: those of earlier fits stay."""
        partial = getattr(self, "_partial", None)
        given = [self.classes, partial.classes if partial else None]
        given = [sorted_classes(listed) for listed in given if listed is not None]
        if self._goes_on():
            given.insert(0, self.classes_)
        elif partial and not given:
            raise refused(
                ValueError,
                "classes must be passed on the first call to partial_fit: it may be "
                "that not all of them are in the first batch.",
            )
        if any(listed.tolist() != given[0].tolist() for listed in given[1:]):
            raise refused(
                ValueError,
                "classes is not the same as on the last call to fit or partial_fit, "
                "or as the parameter. Give the same labels, or make a new estimator.",
            )
        return given[0] if given else None

    def _resume(self, curator):
        """Whether to go on; notes what that takes for granted."""
        partial = getattr(self, "_partial", None)
        if partial and partial.batch is not None:
            curator.assume(_DISJOINT, instead=_LEAVE_OUT)
        return self._goes_on()

    def _in_all(self, report, earlier):
        """The report of this fit and of those that it has started from."""
        partial = getattr(self, "_partial", None)
        batch = partial.batch if partial else None
        if earlier is None or not (partial or self._starts_warm()):
            price = ((batch, (report.budget.event,)),)
            return report if batch is None else replace(report, batches=price)
        return added(earlier, report, batch)


def added(earlier, report, batch=None):
    """One report of fits, the last of which went on from the others.

    Parameters
    ----------
    earlier, report : PrivacyReport
        Of all fits but the last, and of the last.
    batch : str or int, default=None
        Name of the batch of the last; None: it may share units with any other.

    Returns
    -------
    PrivacyReport
    """
    batches = dict(earlier.batches or ((None, earlier.whole),))
    n_before = sum(map(len, batches.values()))
    batches[batch] = (*batches.get(batch, ()), *report.whole)
    paid = (*batches.get(None, ()), *_dearest(batches))
    first = earlier.releases
    if not earlier.notes or not earlier.notes[-1].startswith(_TOLD):
        first, n_before = _labelled(first, 1), 1
    units = dict.fromkeys([*earlier.unit.split(" or "), *report.unit.split(" or ")])
    notes = [note for note in earlier.notes if not note.startswith(_TOLD)]
    return PrivacyReport(
        estimator=report.estimator,
        budget=_budget_of(paid, earlier.budget, report.budget),
        releases=(*first, *_labelled(report.releases, n_before + 1)),
        assumed=tuple(dict.fromkeys([*earlier.assumed, *report.assumed])),
        unit=" or ".join(units),
        seeded=earlier.seeded or report.seeded,
        paid=paid,
        notes=(
            *dict.fromkeys([*notes, *report.notes]),
            _told(n_before + 1, len({*batches} - {None})),
        ),
        batches=tuple(batches.items()),
    )


def _dearest(batches):
    """What the dearest of the named batches cost; all, if none of them is that."""
    named = [events for name, events in batches.items() if name is not None]
    prices = [_price(events) for events in named]  # not by events: some hold lists
    for events, price in zip(named, prices, strict=True):
        if all(_covers(price, other) for other in prices):
            return events
    return tuple(event for events in named for event in events)


def _price(events):
    first, *others = map(price_of, events)
    return sum(others, first)


def _covers(price, other):
    """Whether one price is at least the other in every theory."""
    return (
        price.mu2 >= other.mu2
        and price.pure >= other.pure
        and price.lost >= other.lost
        and bool(np.all(price.renyi >= other.renyi))
    )


def _budget_of(paid, *budgets):
    """The guarantee of all fits, at the largest delta of one."""
    delta = max(budget.delta for budget in budgets)
    private = all(budget.private for budget in budgets)
    return Budget(epsilon_of_events(paid, delta) if private else np.inf, delta)


def _labelled(releases, number):
    return tuple(replace(r, query=f"fit {number}: {r.query}") for r in releases)


def _told(n_fits, n_batches):
    """How the price follows from the fits, in words."""
    prices = "their prices add up"
    if n_batches > 1:
        prices += f", but of {n_batches} batches only the dearest counts"
    return f"{_TOLD}{n_fits}; {prices}. Shares are of the budget of each fit."
