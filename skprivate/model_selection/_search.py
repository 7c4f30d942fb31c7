"""What all private searches are."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import get_tags

from skprivate._sklearn import CallbackSupportMixin, fit_context
from skprivate._typing import TableLike
from skprivate.accounting import Budget
from skprivate.base import PrivacyReport, entropy_of
from skprivate.composition import PrivacyCost
from skprivate.composition._rules._leaves import leaks_of_noise
from skprivate.ledger import LedgerCarrier, charge
from skprivate.ledger._charge import unpaid
from skprivate.model_selection._best import BestEstimatorMixin
from skprivate.model_selection._candidates import (
    check_estimator,
    checked_candidates,
    configured,
    funded,
)
from skprivate.model_selection._classes import refuse_untold, with_classes
from skprivate.model_selection._folds import check_fraction
from skprivate.model_selection._judge import Judge, OwnErrors, judges_itself
from skprivate.model_selection._parts import rows_to_part
from skprivate.model_selection._plan import plan_of
from skprivate.model_selection._report import counted, priced_as, unit_of
from skprivate.model_selection._routing import check_given, routed, router_of
from skprivate.model_selection._runs import Search, Winner
from skprivate.model_selection._scoring import (
    check_picklable,
    check_scorer,
    scorer_for,
)
from skprivate.model_selection._variations import number_of_variations
from skprivate.pipeline._compound import with_groups
from skprivate.pipeline._rehearsal import rehearse_step
from skprivate.pipeline._shares import whole_budget
from skprivate.pipeline._steps import has_seed, is_seeded
from skprivate.rows._features import refuse_no_rows
from skprivate.rows._made_up import made_up_row
from skprivate.rows._parted import is_source


class DPSearch(
    BestEstimatorMixin,
    LedgerCarrier,
    CallbackSupportMixin,
    MetaEstimatorMixin,
    BaseEstimator,
):
    """Base of searches; subclasses define ``_candidates``.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit; see
    :class:`~skprivate.model_selection._runs.Search` for the proof. What it leaves
    behind is the winner and its releases: the number of runs, the other models, and all
    scores are dropped.
    """

    def _candidates(self, entropy):
        """The candidates, and the parameter that holds them."""
        raise TypeError(f"{type(self).__name__} must define _candidates(entropy).")

    _parameter_constraints = {}  # plans and ledgers check all of them

    @fit_context(prefer_skip_nested_validation=False)
    def fit(
        self,
        X: TableLike,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        **params: Any,
    ) -> Self:
        """Find a good candidate, and fit it.

        Parameters
        ----------
        X : array-like, data frame, sparse matrix, Dask collection or Rows
            The rows. Those of a source are told apart by a secret hash of their values,
            instead of a coin: rows that are equal go to one part. A classifier needs
            ``classes`` then.
        y : array-like of shape (n_samples,), default=None
            The target; None where a source has it.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, cut to the ``max_weight`` of the estimator. In a pipeline all
            steps get them that take some.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit: they are fitted or
            scored together, and at most ``max_rows_per_group`` of them count.
        **params : dict
            For ``fit`` of the estimator: routed metadata; or, without routing,
            parameters of steps, as ``step__sample_weight``.

        Returns
        -------
        self : object
            The fitted search.
        """
        entropy = entropy_of(self.random_state)
        plan, scorer = self._plan(entropy)
        fraction = check_fraction(self.validation_fraction, "validation_fraction")
        check_picklable(self.n_jobs, self.estimator, scorer)
        given, weight = routed(self, sample_weight, params)
        check_given(self.estimator, X, groups, given)
        name, rows = type(self).__name__, rows_to_part(X, y, weight, groups, given)
        if is_source(X):
            refuse_untold(self.estimator)
        owner = self, *plan.candidates  # those of a distribution are drawn only now
        to_pay = unpaid(name, owner=owner)
        if to_pay is not None:
            self._rehearse_runs(plan, scorer, rows.public(to_pay))
        seeded = self._is_seeded(entropy, scorer)
        paid = charge(name, plan.event, owner=owner, seeded=seeded)
        with paid.kept():
            refuse_no_rows(X)
            self._run(plan, scorer, rows, fraction, entropy, paid, seeded)
        return self

    def _run(self, plan, scorer, rows, fraction, entropy, paid, seeded):
        """Fit and judge, once that is paid for."""
        unit, max_rows = unit_of(self.estimator, rows.groups)
        if plan.judges_itself:
            to_fit, judge = rows, OwnErrors()
        else:
            to_fit, scored = rows.parted(fraction, entropy)
            judge = Judge(scored, scorer, counted(self.estimator)[0], max_rows)
        estimator, assumed = with_classes(self.estimator, rows.y, paid)
        search = Search(estimator, plan, to_fit, judge, entropy)
        winner = self._with_progress(search, plan)
        winner = replace(winner, assumed=(*assumed, *winner.assumed))
        report = self._report(plan, winner, unit, seeded)
        paid.record(report)
        self._keep(plan, winner, report)

    def _with_progress(self, search, plan):
        """The winner; callbacks are told of each fit, where their number is public."""
        known = len(plan.groups) if plan.law is None else None
        context = self._init_callback_context(task_name="fit", max_subtasks=known)
        context.call_on_fit_task_begin(estimator=self)  # and never X, y

        def done():
            step = context.subcontext(task_name="candidates")
            step.call_on_fit_task_begin(estimator=self)
            step.call_on_fit_task_end(estimator=self)

        winner = search.winner(self.n_jobs, done if plan.law is None else None)
        context.call_on_fit_task_end(estimator=self)
        return winner

    def _rehearse(self, given):
        """Refuse what public facts reveal to be wrong, with any candidate."""
        self._rehearse_runs(*self._plan(entropy_of(None)), given)

    def _rehearse_runs(self, plan, scorer, given):
        """The same, for a plan and a scorer."""
        for params in plan.candidates:
            model = funded(self.estimator, params, plan.each)
            rehearse_step(model, given)
            if scorer is not None:
                check_scorer(scorer, model, given)

    def _keep(self, plan, winner, report):
        """Take over the winner, and nothing else."""
        self.best_params_ = dict(plan.candidates[winner.index])
        self.best_estimator_ = priced_as(winner.model, report)
        self.privacy_ = report

    def plan(
        self, n_features: TableLike, *, classes: Sequence[Any] = (0, 1)
    ) -> PrivacyReport:
        """The search on no rows: what a run would ask, and the price of the whole.

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

    def _planned(self, row, *, classes=(0, 1)):
        """A clone that holds the first candidate, fitted on no rows."""
        planned = clone(self)
        entropy = entropy_of(self.random_state)
        plan, scorer = self._plan(entropy)
        model = self._one_run(plan)._planned(row, classes=classes)
        fit = model.privacy_
        seeded = self._is_seeded(entropy, scorer)
        releases = [replace(r, query=f"fit: {r.query}") for r in fit.releases]
        winner = Winner(plan.groups[0][0], model, tuple(releases), fit.assumed)
        planned._keep(plan, winner, self._report(plan, winner, fit.unit, seeded))
        return planned

    def _plan(self, entropy):
        """Plan and scorer, functions of parameters; refuses what is not private."""
        check_estimator(self.estimator)
        candidates, what = self._candidates(entropy)
        candidates = checked_candidates(self.estimator, candidates, what)
        budget = whole_budget(self.epsilon, self.delta)
        plan = plan_of(
            self.estimator, candidates, budget, self.stopping, self.mean_runs
        )
        alone = self.scoring is None and all(
            judges_itself(configured(self.estimator, params)) for params in candidates
        )
        scorer = None if alone else scorer_for(self.scoring, self.estimator)
        number = number_of_variations(self.n_variations, plan, scorer)
        return replace(plan, judges_itself=alone, n_variations=number), scorer

    def _is_seeded(self, entropy, scorer):
        """Whether any noise can be repeated: of fits, of scores, of the choice."""
        return entropy.seeded or is_seeded(self.estimator) or has_seed(scorer)

    def _one_run(self, plan):
        """The first candidate, with the budget that a run gives it."""
        return funded(self.estimator, plan.candidates[plan.groups[0][0]], plan.each)

    def _report(self, plan, winner, unit, seeded):
        return PrivacyReport(
            estimator=type(self).__name__,
            budget=plan.whole,
            releases=winner.releases,
            assumed=winner.assumed,
            unit=unit,
            seeded=seeded,
            paid=(plan.event,),
            notes=tuple(plan.notes),
        )

    def get_metadata_routing(self) -> Any:
        """Metadata that the estimator and the scorer ask for, and groups.

        Returns
        -------
        MetadataRouter
            What goes where.
        """
        return with_groups(router_of(self, self.scoring), self)

    def _privacy_cost(self, walk):
        """What a fit costs: the whole of it, however many runs there are."""
        check_estimator(self.estimator)
        entropy = entropy_of(self.random_state)
        candidates, _ = self._candidates(entropy)
        walked = [
            walk(configured(self.estimator, params), "estimator")
            for params in candidates
        ]
        budget = Budget(self.epsilon, self.delta)
        leaks = [*leaks_of_noise(budget, self.random_state, walk)]
        if has_seed(self.scoring):
            leaks += walk(self.scoring, "scoring").leaks
        leaks += [leak for cost in walked for leak in cost.leaks]
        name = type(self).__name__
        if leaks:
            leaks = tuple(dict.fromkeys(leaks))
            return PrivacyCost(name, leaks=leaks, children=(("estimator", walked[0]),))
        plan, _ = self._plan(entropy)
        run = walk(self._one_run(plan), "estimator")
        return PrivacyCost(
            name,
            events=(plan.event,),
            fits=1,
            children=(("estimator", run),),
            note="; ".join(plan.notes),
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.estimator_type = inner.estimator_type
        tags.classifier_tags = inner.classifier_tags
        tags.regressor_tags = inner.regressor_tags
        tags.target_tags = inner.target_tags
        tags.input_tags.pairwise = inner.input_tags.pairwise
        tags.input_tags.sparse = inner.input_tags.sparse
        return tags
