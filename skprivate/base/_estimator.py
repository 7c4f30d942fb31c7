"""scikit-learn's estimator, with a curator where others have rows."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from numbers import Integral, Real
from typing import Any, Self
from warnings import warn

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import (
    BaseEstimator,
    clone,
    is_classifier,
    is_regressor,
)
from sklearn.utils import check_random_state

from skprivate._sklearn import CallbackSupportMixin, Interval, fit_context
from skprivate._typing import SeedLike, TableLike
from skprivate.accounting import Budget
from skprivate.base._curator import Curator
from skprivate.base._journal import paid_for
from skprivate.base._rehearsal import Given, rehearse
from skprivate.base._report import PrivacyReport
from skprivate.base._single import round_to_single
from skprivate.base._utility import warn_of
from skprivate.ledger import LedgerCarrier
from skprivate.ledger._charge import unpaid
from skprivate.mechanisms import Entropy
from skprivate.rows import NoRows, Rows, UnitClip, as_rows, schema_of
from skprivate.rows._door import record_table, refuse_clip
from skprivate.rows._emptied import emptied
from skprivate.rows._features import checked_features, record_features
from skprivate.rows._made_up import made_up_row
from skprivate.rows._units import name_of_unit

_MEANINGLESS = 20.0


class PrivacyWarning(UserWarning):
    """The guarantee asked for is weaker than the name suggests."""


class DPEstimator(LedgerCarrier, CallbackSupportMixin, BaseEstimator):
    """Base class of all estimators here. Subclasses define ``_fit(curator)``.

    A subclass lists in its own ``__init__`` the parameters below, since scikit-learn
    reads them off the signature.

    Parameters
    ----------
    epsilon : float, default=1.0
        Budget of one call to ``fit``. ``inf`` means no noise, and no privacy.
    delta : float, default=1e-6
        Budget of one call to ``fit``. Zero asks for pure differential privacy.
    max_weight : float, default=1.0
        Larger sample weights are cut to this public number. It multiplies the noise of
        a fit with weights.
    max_rows_per_group : int or UnitClip, default=1
        With ``groups``, the number of rows of one group that count: more are left out
        at random. Multiplies the noise. A :class:`~skprivate.rows.UnitClip` clips the
        sum of what they add, and then the noise is multiplied by its ``norm`` only.
    random_state : int, RandomState instance or None, default=None
        None takes noise from the operating system. A seed makes a fit repeatable, for
        tests and benchmarks only: whoever knows it can remove the noise.

    Attributes
    ----------
    privacy_ : PrivacyReport
        Every release of the last ``fit``.
    """

    _parameter_constraints = {
        "epsilon": "no_validation",  # Budget checks both, more strictly
        "delta": "no_validation",
        "max_weight": [Interval(Real, 0, None, closed="neither")],
        "max_rows_per_group": [Interval(Integral, 1, None, closed="left"), UnitClip],
        "random_state": ["random_state"],
    }
    _takes_tables = False  # whether columns may hold text, booleans or dates
    _reads_features = True  # whether anything but the target and weights is looked at
    _typed_as_rows = ()  # attributes that are float32 where that is the type of rows

    def __init__(
        self, *, epsilon: float = 1.0, delta: float = 1e-6, max_weight: float = 1.0,
        max_rows_per_group: int | UnitClip = 1, random_state: SeedLike = None,
    ) -> None:  # fmt: skip
        self.epsilon = epsilon
        self.delta = delta
        self.max_weight = max_weight
        self.max_rows_per_group = max_rows_per_group
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: TableLike,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> Self:
        """Fit under differential privacy.

        Parameters
        ----------
        X : array-like, data frame, sparse matrix or Rows
            The rows, or a source that can reach them.
        y : array-like of shape (n_samples,), default=None
            The target, where the estimator has one.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, cut to ``max_weight``.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        budget, entropy = self._check_budget(), self._entropy()
        name = type(self).__name__
        to_pay, given = unpaid(name, owner=self), (X, y, sample_weight, groups)
        if getattr(X, "has_groups", False):
            refuse_clip(self.max_rows_per_group)
        if to_pay is not None:
            self._rehearse(Given.of(*given, to_pay))
        public, before = partial(Given.of, *given), dict(vars(self))
        try:
            with paid_for(self, public, budget, entropy.seeded) as paid:  # or refused
                unit = self._unit(X, sample_weight, groups)
                with paid.kept():
                    words = partial(entropy.words, context=b"groups")
                    rows = self._admitted(X, y, sample_weight, groups, words=words)
                    doubts = self._fit_with_progress(rows, budget, entropy, unit, paid)
                    paid.record(self.privacy_)
                    earlier = before.get("privacy_")
                    self.privacy_ = self._in_all(self.privacy_, earlier)
        except BaseException:  # a failed fit leaves the estimator as it was
            vars(self).clear()
            vars(self).update(before)
            raise
        warn_of(name, doubts)
        return self

    def _keeps_answers(self):
        """Whether it asks for answers itself, so that a journal can keep them."""
        return True

    def _rehearse(self, given):
        """Refuse what public facts reveal to be wrong; see :func:`rehearse`."""
        rehearse(self, given)

    def _admitted(self, X, y, sample_weight, groups, *, words=None, min_rows=1):
        """The source of rows behind the arguments of ``fit``."""
        tags = self.__sklearn_tags__().input_tags
        return as_rows(
            self,
            X,
            y,
            sample_weight=sample_weight,
            groups=groups,
            target=self._target_kind(),
            accept_sparse=tags.sparse,
            max_weight=self._unit(X, sample_weight, groups)[0],
            max_rows_per_group=self.max_rows_per_group,
            words=words,
            read_as=self._read_as if self._reads_columns(X) else None,
            allow_nan=tags.allow_nan,
            min_rows=min_rows,
            reset=not self._goes_on(),
            n_targets=self._n_targets(X, y),
        )

    def _n_targets(self, X=None, y=None):
        """Number of columns of the target; None where it is one value for each row.

        It is public: the shape of ``y``, or what parameters say. Estimators that take
        several targets define it.
        """
        return None

    def _goes_on(self):
        """Whether a fit starts from what an earlier one has learned."""
        return False

    def _in_all(self, report, earlier):
        """The report of what was learned, of that of a fit and of those before."""
        return report

    def _unit(self, X, sample_weight, groups):
        """Largest weight of a row, and of rows of a group; None: a row is a unit."""
        weighted = sample_weight is not None or isinstance(X, Rows)
        max_weight = self.max_weight if weighted else 1.0
        grouped = groups is not None or getattr(X, "has_groups", False)
        return max_weight, self.max_rows_per_group if grouped else None

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

    def _planned(self, row, *, classes=(0, 1)):
        """A clone that was fitted on no rows: what a compound object plans with.

        Parameters
        ----------
        row : table
            A made-up row, of which names and types count.
        classes : sequence
            Labels, if the estimator is not told.
        """
        planned = clone(self)
        planned._validate_params()
        empty, columns = emptied(row), None
        if self._reads_columns(empty):
            record_table(planned, empty, min_rows=0)
            columns = self._read_as(schema_of(empty))
        else:
            tags = self.__sklearn_tags__().input_tags
            checked = checked_features(empty, accept_sparse=tags.sparse)
            record_features(planned, empty, checked, reset=True)
        number = planned._n_targets()
        rows = NoRows(planned.n_features_in_, classes, columns, number)
        planned._fit_rows(rows, planned._check_budget(), Entropy(0))
        seeded = self.random_state is not None
        planned.privacy_ = replace(planned.privacy_, seeded=seeded)
        return planned

    def _fit(self, curator):
        """Learn from the answers of ``curator``; what a contributor writes."""
        raise TypeError(f"{type(self).__name__} must define _fit(curator).")

    def _reads_columns(self, X):
        """Whether each column is read as its type says, and not all as numbers."""
        return self._takes_tables

    def _read_as(self, columns):
        """How to read the columns of a table, if the estimator takes tables.

        Parameters
        ----------
        columns : tuple of Column
            What the schema of the table says.

        Returns
        -------
        tuple of Column
            With the kinds that this estimator wants.
        """
        return columns

    def _discovers(self):
        """Whether a fit takes a part of delta itself, as parameters tell.

        So does one that may have to find categories, or that opens rounds on samples.
        It is asked before there is a table, by plans and pipelines. A tenth of delta
        is then reserved for that; see :meth:`Budget.reserving`. A fit that does both
        says how much of the reserve each takes.
        """
        return False

    def _budget(self):
        """What a fit spends."""
        budget = Budget(self.epsilon, self.delta)
        return budget.reserving() if self._discovers() else budget

    def _fit_with_progress(self, rows, budget, entropy, unit, paid):
        """Run ``_fit``, and tell the callbacks of scikit-learn how far it got."""
        context = self._init_callback_context(max_subtasks=self._n_subtasks())
        context.call_on_fit_task_begin(estimator=self)  # X and y are never passed on
        progress = partial(self._step_done, context)
        doubts = self._fit_rows(rows, budget, entropy, unit, progress, paid)
        context.call_on_fit_task_end(estimator=self)
        return doubts

    def _fit_rows(
        self, rows, budget, entropy, unit=(1.0, None), progress=None, paid=None,
        asked=Curator,
    ):  # fmt: skip
        """Run ``_fit`` with a curator of ``rows``, which ``asked`` makes.

        ``unit`` is the largest weight of a row, and the largest number of rows of one
        group, or a UnitClip; None where each row is a unit of its own. Returns what
        the curator found doubtful.
        """
        max_weight, max_rows = unit
        rows = rows.opened(type(self).__name__, budget)
        curator = asked(
            rows,
            budget,
            entropy,
            context=repr(self).encode() if entropy.seeded else b"",
            max_weight=max_weight,
            max_rows=max_rows or 1,
            progress=progress,
            paid=paid,
        )
        curator.feature_names = getattr(self, "feature_names_in_", None)
        if paid is not None and paid.page is not None:
            curator.notes.extend(paid.page.notes)
        try:
            self._fit(curator)
        finally:
            curator.forget()
            rows.closed()
        if self._typed_as_rows and rows.dtype == np.float32:
            round_to_single(self)
        self.privacy_ = rows.reported(self._report(curator, entropy, max_rows))
        return curator.doubts

    def _n_subtasks(self):
        """Number of releases to come, where somebody wants to see progress."""
        if not getattr(self, "_skl_callbacks", None):
            return None
        return len(clone(self).plan(self.n_features_in_).releases)

    def _step_done(self, context):
        """Tell the callbacks of scikit-learn that one more release is done."""
        step = context.subcontext(task_name="release")
        step.call_on_fit_task_begin(estimator=self)
        step.call_on_fit_task_end(estimator=self)

    def _report(self, curator, entropy, max_rows):
        """What the fit released."""
        return PrivacyReport(
            estimator=type(self).__name__,
            budget=curator.budget,
            releases=tuple(curator.releases),
            assumed=tuple(curator.assumed),
            notes=tuple(curator.notes),
            unit=name_of_unit(max_rows),
            seeded=entropy.seeded,
        )

    def _check_budget(self):
        """The budget of a fit."""
        budget = self._budget()
        if not budget.private:
            warn(
                "epsilon=inf adds no noise: this fit is not private. Set a finite "
                "epsilon to protect the rows.",
                PrivacyWarning,
                stacklevel=3,
            )
        elif budget.epsilon > _MEANINGLESS:
            warn(
                f"epsilon > {_MEANINGLESS:g} offers no meaningful privacy. Choose a "
                "smaller epsilon.",
                PrivacyWarning,
                stacklevel=3,
            )
        return budget

    def _entropy(self):
        """Source of noise: the operating system, unless a seed was given."""
        return entropy_of(self.random_state)

    def _target_kind(self):
        """What ``y`` means to this estimator."""
        if is_classifier(self):
            return "class"
        return "number" if is_regressor(self) else "none"


def entropy_of(random_state: SeedLike) -> Entropy:
    """Source of noise: the operating system, unless a seed is given.

    Parameters
    ----------
    random_state : int, RandomState instance or None

    Returns
    -------
    Entropy
    """
    if random_state is None:
        return Entropy()
    if isinstance(random_state, Integral):
        return Entropy(int(random_state))
    draw = check_random_state(random_state).randint(2**31, size=4)
    return Entropy(int.from_bytes(np.asarray(draw, np.int64).tobytes(), "little"))
