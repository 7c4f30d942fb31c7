"""Two tables, each with its own budget, paid for before a row of either is read."""

from collections.abc import Callable
from dataclasses import dataclass

from skprivate.ledger import charge, prepaid
from skprivate.ledger._charge import unpaid
from skprivate.rows._features import refuse_no_rows


@dataclass(frozen=True, eq=False)
class Job:
    """A private estimator, and what it is to be fitted to.

    Parameters
    ----------
    estimator : DPEstimator
    given : callable
        Of a charge: what is public about the arguments, a `Given`.
    arguments : callable
        Without arguments: those of ``fit``, as a dict, once all is paid.
    """

    estimator: object
    given: Callable
    arguments: Callable


@dataclass(frozen=True, eq=False)
class _Reports:
    """The reports of two fits, for the record of one debit."""

    reports: list

    @property
    def unit(self):
        return self.reports[0].unit

    @property
    def assumed(self):
        return tuple(fact for report in self.reports for fact in report.assumed)

    def rows(self):
        return [row for report in self.reports for row in report.rows()]


def fitted_both(name, jobs, *, owner=None):
    """Fit private estimators to a table each, and charge every ledger once, for all.

    **Guarantee.** Ledgers are debited the sum of all budgets before a row is read, or
    the fit is refused and none is. What comes out are the fitted estimators, each a
    function of what its own curator released within its own budget, and of what was
    released before it.

    Parameters
    ----------
    name : str
        For the records of ledgers.
    jobs : list of Job
    owner : object or tuple, default=None
        What may carry ledgers, besides.
    """
    for job in jobs:
        job.estimator._validate_params()
    to_pay = unpaid(name, owner=owner)
    if to_pay is not None:
        for job in jobs:
            job.estimator._rehearse(job.given(to_pay))
    seeded = any(job.estimator.random_state is not None for job in jobs)
    event = _event_of([job.estimator._budget() for job in jobs])
    paid = charge(name, event, owner=owner, seeded=seeded)
    with paid.kept():
        for job in jobs:
            arguments = job.arguments()
            refuse_no_rows(arguments["X"])
            with prepaid(job.estimator):
                job.estimator.fit(**arguments)
        paid.record(_Reports([job.estimator.privacy_ for job in jobs]))


def _event_of(budgets):
    """What spending all of these costs."""
    from dp_accounting.dp_event import ComposedDpEvent

    return ComposedDpEvent([budget.event for budget in budgets])
