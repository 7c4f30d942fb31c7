"""What is made of private parts, and pays once for all of them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from joblib import effective_n_jobs
from sklearn.base import BaseEstimator
from sklearn.utils.metadata_routing import MetadataRequest

from skprivate._typing import TableLike
from skprivate.accounting import Budget
from skprivate.base import PrivacyReport, PublishesGeometry
from skprivate.base._journal import keeps, paid_by_parts
from skprivate.base._rehearsal import Given
from skprivate.composition import PrivacyCost
from skprivate.composition._rules._made_up import cost_after_rows
from skprivate.ledger import LedgerCarrier, charge, prepaid
from skprivate.ledger._charge import unpaid
from skprivate.pipeline._report import combined_report
from skprivate.pipeline._shares import (
    default_weight,
    parts_of,
    weights_by_name,
    whole_budget,
)
from skprivate.pipeline._steps import (
    assumptions,
    check_step,
    child_of,
    discovers,
    is_seeded,
    spends,
)
from skprivate.rows._features import refuse_no_rows
from skprivate.rows._made_up import made_up_row


class DPCompound(PublishesGeometry, LedgerCarrier):
    """Base of what spends one budget on several children.

    **Guarantee.** A fit is ``(epsilon, delta)``-DP. It fits clones of the children one
    after the other, each with a part of the budget, and hands on nothing but what they
    released. Each part that looks at rows is GDP on its own, whatever the earlier ones
    released (they only choose its parameters, and the map that its rows have gone
    through). So all of them together are an adaptive composition, whose price is the
    root of the sum of ``mu ** 2`` (Dong, Roth and Su 2022, Corollary 3.3), or with
    ``delta=0`` the sum of ``epsilon``: see :func:`parts_of`.

    For that, neighbours must stay neighbours on the way. A row that is added or removed
    changes one row of what comes out of a transformer with frozen parameters, as that
    maps each row on its own; and at most one row of what comes out of a sampler, see
    :class:`~skprivate.base.DPSampler`. A group of rows stays a group.

    Subclasses have the parameters ``epsilon``, ``delta`` and ``weights``, and define
    ``_children``, ``_check_structure``, ``_planned`` and ``_rehearse_parts``.
    """

    _fits_in_order = False  # its children, in the thread of the user

    def _children(self):
        """All pairs of name and step, with those that do nothing."""
        raise TypeError(f"{type(self).__name__} must define _children().")

    def _check_structure(self):
        """Refuse what is no list of names and steps, or lacks a method."""
        raise TypeError(f"{type(self).__name__} must define _check_structure().")

    def _discovers(self):
        """Whether a part may have to find categories; see :class:`DPEstimator`."""
        return any(discovers(step) for _, step in self._children())

    def _budget(self):
        """What a fit spends."""
        budget = Budget(self.epsilon, self.delta)
        return budget.reserving() if self._discovers() else budget

    def _check_children(self):
        """Refuse what cannot be fitted privately, before a row is read."""
        Budget(self.epsilon, self.delta)  # refuses bad numbers first
        effective_n_jobs(getattr(self, "n_jobs", None))  # as do these
        self._check_structure()
        budget, children = self._budget(), self._children()
        seen = [id(step) for _, step in children if not isinstance(step, str)]
        if len(seen) - seen.count(id(None)) != len({*seen} - {id(None)}):
            raise ValueError(
                "The same object appears twice. Give each place a step of its own, "
                "for example with sklearn.base.clone."
            )
        free = self._fitted_on_made_up_rows()
        for name, step in children:
            check_step(name, step, made_up=name in free)
        self._shared_out(budget)  # refuses what does not add up, or is too small

    def _fitted_on_made_up_rows(self):
        """Names of children that see no row of the user's, and are not private."""
        return frozenset()

    def _shares(self):
        """Fraction of the budget of each child, zero for those that learn nothing."""
        children = self._children()
        given = weights_by_name(self._given_shares, [name for name, _ in children])
        weights = {
            name: given.get(name, default_weight(step)) if spends(step) else 0.0
            for name, step in children
        }
        whole = sum(weights.values())
        return {name: w / whole if whole else 0.0 for name, w in weights.items()}

    @property
    def _given_shares(self):
        """How the user wants the budget to be shared out."""
        return self.weights

    def _shared_out(self, budget):
        """Clones of the children, each with its part of the budget."""
        shares = self._shares()
        spending = [name for name, share in shares.items() if share > 0]
        steps = dict(self._children())
        parts = parts_of(
            budget,
            [shares[name] for name in spending],
            [discovers(steps[name]) for name in spending],
        )
        budgets = dict(zip(spending, parts, strict=True))
        return [
            child_of(name, step, budgets.get(name), shares[name])
            for name, step in self._children()
        ]

    def _rehearse(self, given):
        """Refuse what public facts reveal to be wrong, in any part."""
        self._check_children()
        self._rehearse_parts(self._shared_out(self._budget()), given)

    def _fit_paid(self, work, X, y, groups):
        """Pay for the whole, and only then let ``work(children)`` read rows.

        Call it after ``_check_children``. What fails from here on stays paid for.

        Parameters
        ----------
        work : callable
        X, y, groups : array-like or None
            What ``fit`` was given. Of these only public facts are looked at.

        Returns
        -------
        children : list of Child
            Fitted.
        result : object
            Of ``work``.
        """
        budget = whole_budget(self.epsilon, self.delta, self._discovers())
        children = self._shared_out(budget)
        seeded = any(spends(c) and is_seeded(c) for _, c in self._children())
        if not any(child.spends for child in children):
            return children, work(children)  # nothing looks at the rows: it is free
        name = type(self).__name__
        free = self._fitted_on_made_up_rows()
        assumed = [
            fact for c in children if c.name not in free for fact in assumptions(c.step)
        ]
        to_pay = unpaid(name, owner=self)
        if to_pay is not None:
            if assumed and to_pay.strict:
                to_pay.refuse(f"it is assumed that {assumed[0]}. Leave that step out.")
            given = Given.of(X, y, groups=groups, paid=to_pay)
            self._rehearse_parts(self._shared_out(self._budget()), given)
        public = partial(Given.of, X, y, groups=groups)
        if self._keeps_answers() and keeps(self, budget):
            with paid_by_parts(self, public, budget, seeded):
                refuse_no_rows(X)
                return children, work(children)
        paid = charge(name, budget.event, owner=self, seeded=seeded)
        if assumed and paid.strict:  # prepaid by something that knows no better
            paid.refuse(f"it is assumed that {assumed[0]}. Leave that step out.")
        spending = [child.step for child in children if child.spends]
        with paid.kept():
            refuse_no_rows(X)
            with prepaid(*spending):
                result = work(children)
            paid.record(self._report_of(children, budget))
        return children, result

    def _keeps_answers(self):
        """Whether a journal can keep what its children get, which pay as they ask."""
        spending = [step for _, step in self._children() if spends(step)]
        can = [getattr(step, "_keeps_answers", None) for step in spending]
        return self._fits_in_order and all(keeps and keeps() for keeps in can)

    def _report_of(self, children, budget):
        """What the fitted children released, together."""
        reports = [
            (child.name, child.share, child.step.privacy_)
            for child in children
            if child.spends and hasattr(child.step, "privacy_")  # or it got no column
        ]
        report = combined_report(type(self).__name__, budget, reports)
        free = self._fitted_on_made_up_rows()
        assumed = [
            f"{c.name}: {fact}"
            for c in children
            if c.name not in free
            for fact in assumptions(c.step)
        ]
        return replace(report, assumed=(*report.assumed, *assumed))

    def plan(
        self, n_features: TableLike, *, classes: Sequence[Any] = (0, 1)
    ) -> PrivacyReport:
        """The same fit on no rows: what would be asked, and at what price.

        Parameters
        ----------
        n_features : int or table
            Number of features; or a table with names and types, of which no value is
            looked at.
        classes : sequence, default=(0, 1)
            Labels to plan for, where a step is not told its ``classes``.

        Returns
        -------
        PrivacyReport
        """
        return self._planned(made_up_row(n_features), classes=classes).privacy_

    def _privacy_cost(self, walk):
        """What a fit costs: the budget of the whole, however it is shared out."""
        self._check_structure()
        budget = self._budget()
        free = self._fitted_on_made_up_rows()
        parts = [
            (
                c.name,
                (cost_after_rows if c.name in free else _walked)(c.step, walk, c.name),
            )
            for c in self._shared_out(budget)
        ]
        name = type(self).__name__
        if not any(cost.events for _, cost in parts):
            return PrivacyCost.sum_of(name, parts)
        return PrivacyCost.of_budget(name, budget, parts)


def _walked(step, walk, label):
    """The price of a part that sees rows."""
    return walk(step, label)


def with_groups(router, owner):
    """``router``, with the request of ``owner`` itself: for groups in ``fit``, only.

    All other metadata is for its children.
    """
    own = MetadataRequest(owner=type(owner).__name__)
    asked = BaseEstimator.get_metadata_routing(owner).fit.requests
    own.fit.add_request(param="groups", alias=asked.get("groups"))
    return router.add_self_request(own)
