"""What fits clones of one estimator, and pays once for all of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from joblib import Parallel, delayed, effective_n_jobs
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin

from skprivate._typing import TableLike
from skprivate.accounting import Budget
from skprivate.base import PrivacyReport, entropy_of
from skprivate.base._rehearsal import Given
from skprivate.composition import PrivacyCost
from skprivate.composition._rules._leaves import leaks_of_noise
from skprivate.ledger import LedgerCarrier, charge, prepaid
from skprivate.ledger._charge import unpaid
from skprivate.model_selection._candidates import (
    check_estimator,
    configured,
    refuse_foreign_code,
)
from skprivate.model_selection._fits import warned_before
from skprivate.model_selection._report import unit_of
from skprivate.model_selection._routing import check_given, routed, router_of
from skprivate.model_selection._table import LabelledRows
from skprivate.pipeline._compound import with_groups
from skprivate.pipeline._report import combined_report
from skprivate.pipeline._shares import whole_budget
from skprivate.pipeline._steps import discovers, is_seeded
from skprivate.rows._features import refuse_no_rows
from skprivate.rows._made_up import made_up_row


class DPOfOne(LedgerCarrier, MetaEstimatorMixin, BaseEstimator):
    """Base of what fits clones of one private estimator with one budget.

    **Guarantee.** The whole budget is charged before a row is read, and what a fit
    learns is what its clones and its own measurements have released. That these
    together cost no more is for each subclass to show.

    Subclasses have the parameters ``estimator``, ``epsilon``, ``delta`` and
    ``random_state``, and define ``_learn``, ``_rehearse``, ``_plan_parts`` and
    ``_part``.
    """

    _notes = ()

    def _learn(self, rows, budget, entropy, paid):
        """Fit to rows, which are paid for.

        Returns
        -------
        parts : list of tuple (name, share, report)
            What was released; shares are of the whole.
        assumed : tuple of str
            What was taken as public.
        """
        raise TypeError(f"{type(self).__name__} must define _learn.")

    def _part(self, budget):
        """What one clone may spend."""
        raise TypeError(f"{type(self).__name__} must define _part(budget).")

    def fit(
        self,
        X: TableLike,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        **params: Any,
    ) -> Self:
        """Fit under differential privacy.

        Parameters
        ----------
        X : array-like, data frame, sparse matrix or Rows
            The rows, or a source that can reach them.
        y : array-like, default=None
            The target, where a source does not hold it.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, cut to the ``max_weight`` of the estimator. In a pipeline all
            steps get them that take some.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit.
        **params : dict
            For ``fit`` of the estimator: routed metadata; or, without routing,
            parameters of steps, as ``step__sample_weight``.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        self._check()
        effective_n_jobs(getattr(self, "n_jobs", None))  # refuses zero
        budget = whole_budget(self.epsilon, self.delta, self._discovers())
        entropy = entropy_of(self.random_state)
        name = type(self).__name__
        given, weight = self._routed(sample_weight, params)
        check_given(self.estimator, X, groups, given)
        rows = self._given(LabelledRows(X, y, weight, groups, given))
        to_pay = unpaid(name, owner=self)
        if to_pay is not None:
            weight = rows.fit_params.get("sample_weight")
            self._rehearse(Given.of(rows.X, rows.y, weight, groups, to_pay))
        seeded = entropy.seeded or is_seeded(self.estimator)
        if budget.private and not seeded:  # else the fit does not claim to be private
            self._refuse_foreign_code()
        paid = charge(name, budget, owner=self, seeded=seeded)
        before = dict(vars(self))
        try:
            with paid.kept():
                refuse_no_rows(rows.X)
                parts, assumed = self._learn(rows, budget, entropy, paid)
                report = self._report(parts, assumed, groups, seeded)
                paid.record(report)
        except BaseException:  # a failed fit leaves the estimator as it was
            vars(self).clear()
            vars(self).update(before)
            raise
        self.privacy_ = report
        return self

    def _routed(self, sample_weight, params):
        """What ``fit`` of the estimator is given, and weights for measurements."""
        return routed(self, sample_weight, params)

    def _refuse_foreign_code(self):
        """Refuse an estimator, or a part of it, that may read rows unseen."""
        refuse_foreign_code(self.estimator)

    def _given(self, rows):
        """What ``fit`` was given, as it is read; refused by what is public of it."""
        return rows

    def _check(self):
        """Refuse parameters that make no sense, before anything is paid."""
        check_estimator(self.estimator, "the whole")

    def _discovers(self):
        """Whether a clone may have to find categories; see :class:`DPEstimator`."""
        return discovers(self.estimator)

    def _budget(self):
        """What a fit spends."""
        budget = Budget(self.epsilon, self.delta)
        return budget.reserving() if self._discovers() else budget

    def _rehearse(self, given):
        """Refuse what public facts reveal to be wrong, before anything is paid."""
        raise TypeError(f"{type(self).__name__} must define _rehearse(given).")

    def _plan_parts(self, row, classes, budget):
        """Fit to no rows; returns the parts as ``_learn`` does."""
        raise TypeError(f"{type(self).__name__} must define _plan_parts.")

    def _model(self, budget, **params):
        """A clone of the estimator with its part of the budget."""
        more = {"epsilon": budget.epsilon, "delta": budget.delta}
        return configured(self.estimator, params, **more)

    def _fitted(self, jobs):
        """Fit models to what each is given, in as many workers as there may be.

        Parameters
        ----------
        jobs : iterable of tuple (estimator, dict)
            Each model, and the arguments of its ``fit``.
        """
        n_jobs, private = getattr(self, "n_jobs", None), self._budget()
        return Parallel(n_jobs=n_jobs)(
            delayed(_fitted)(model, given, private) for model, given in jobs
        )

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
            Labels to plan for, if the estimator is not told its ``classes``.

        Returns
        -------
        PrivacyReport
        """
        return self._planned(made_up_row(n_features), classes=classes).privacy_

    def _planned(self, row, *, classes=(0, 1), **facts):
        """A clone that was fitted on no rows: what a compound object plans with."""
        self._check()
        planned = type(self)(**self.get_params(deep=False))  # with what is fitted
        parts = planned._plan_parts(row, classes, self._budget(), **facts)
        seeded = self.random_state is not None or is_seeded(self.estimator)
        assumed = dict.fromkeys(fact for _, _, own in parts for fact in own.assumed)
        planned.privacy_ = planned._report(parts, assumed, None, seeded)
        return planned

    def _report(self, parts, assumed, groups, seeded):
        """What all parts released, at the price of the whole."""
        budget = self._budget()
        report = combined_report(type(self).__name__, budget, parts)
        known = [fact for _, _, own in parts for fact in own.assumed]
        return replace(
            report,
            assumed=tuple(dict.fromkeys([*assumed, *known])),
            unit=unit_of(self.estimator, groups)[0],
            seeded=seeded,
            paid=(budget.event,),
            notes=tuple(dict.fromkeys([*self._notes, *report.notes])),
        )

    def _privacy_cost(self, walk):
        """What a fit costs: the budget, once for all clones."""
        self._check()
        budget = self._budget()
        parts = [("estimator", self._price_of_parts(budget, walk))]
        leaks = tuple(leaks_of_noise(budget, self.random_state, walk))
        note = "; ".join([*self._assumed_in_price(), *self._notes])
        return PrivacyCost.of_budget(
            type(self).__name__, budget, parts, leaks=leaks, note=note
        )

    def _price_of_parts(self, budget, walk):
        """The price of a clone, or of what stands for one."""
        return walk(self._priced_model(budget), "estimator")

    def _priced_model(self, budget):
        """A clone, with the part that shows how the budget is shared out."""
        return self._model(self._part(budget))

    def _assumed_in_price(self):
        """What the whole takes as public, as parameters tell."""
        return ()

    def get_metadata_routing(self) -> Any:
        """Metadata that the estimator asks for, and groups.

        Returns
        -------
        MetadataRouter
            What goes where.
        """
        return with_groups(router_of(self), self)


def _fitted(model, given, budget):
    """In a worker: one model."""
    with prepaid(model), warned_before(budget):
        return model.fit(**given)
