"""A private threshold below which the score of a row is called abnormal."""

from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, OutlierMixin
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import BoundsLike, Estimator, SeedLike, TableLike
from skprivate.accounting import Budget
from skprivate.base import PrivacyReport, check_bounds, entropy_of
from skprivate.base._tiles import responses
from skprivate.composition import PrivacyCost
from skprivate.composition._rules._leaves import leaks_of_noise
from skprivate.ledger import LedgerCarrier, charge, prepaid
from skprivate.ledger._charge import unpaid
from skprivate.metrics._measurement import Measurement
from skprivate.metrics._question import Question
from skprivate.model_selection._candidates import (
    check_estimator,
    configured,
    refuse_foreign_code,
    seeded_like,
)
from skprivate.model_selection._groups import last_step
from skprivate.model_selection._parts import rows_to_part
from skprivate.model_selection._report import counted, priced_as, unit_of
from skprivate.model_selection._routing import check_given, routed, router_of
from skprivate.pipeline._compound import with_groups
from skprivate.pipeline._rehearsal import rehearse_step
from skprivate.pipeline._shares import alone, parts_of, whole_budget
from skprivate.pipeline._steps import discovers, is_seeded
from skprivate.queries import private_quantiles
from skprivate.rows._features import refuse_no_rows

_SEARCH = 0.2  # share of what the offset gets, to find the range of scores


@dataclass(frozen=True, eq=False)
class ScoreQuantile(Question):
    """The score that a proportion of rows do not exceed.

    Parameters
    ----------
    quantile : float
    score_bounds : tuple or "private"
    """

    quantile: float
    score_bounds: object = "private"
    target = "none"

    def ask(self, curator, z):
        """A search of the range, if that is not public, and then counts within it."""
        ends = curator.bounds(self.score_bounds, share=_SEARCH)
        found = private_quantiles(
            curator, [self.quantile], *ends, share=curator.remaining
        )
        return float(found[0, 0])


class DPNoveltyThreshold(
    OutlierMixin, LedgerCarrier, MetaEstimatorMixin, BaseEstimator
):
    """Calls rows abnormal to which a private model gives low scores.

    The model is fitted with the larger part of the budget; the rest finds the score
    below which as many of the rows are as ``contamination`` says.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit: the
    parts of model and offset compose into the whole, although what is asked about
    scores depends on the model; see :func:`~skprivate.pipeline._shares.parts_of`. A
    score follows from a row and from the model that was released, by itself to the last
    bit, and an offset from noisy counts of scores.

    Parameters
    ----------
    estimator : estimator
        Private model with ``score_samples``, as ``DPGaussianMixture``,
        ``DPHistogramDensity``, ``DPEllipticEnvelope``; its ``epsilon`` and ``delta``
        are set here. A pipeline from ``make_dp_pipeline`` that ends in one is one.
    contamination : float, default=0.1
        Proportion of rows that are called abnormal, above zero and up to one half.
    score_bounds : tuple (low, high) or "private", default="private"
        Public range of scores, known without a look at the data. ``"private"`` takes a
        fifth of what the offset gets.
    offset_share : float, default=0.15
        Part of the budget for the offset.
    epsilon : float, default=1.0
        Budget of a fit.
    delta : float, default=1e-6
        Budget of a fit.
    random_state : int, RandomState instance or None, default=None
        A seed makes a fit repeatable, and not private.

    Attributes
    ----------
    estimator_ : estimator
        The fitted model.
    offset_ : float
        Noisy quantile: ``decision_function`` is ``score_samples`` less this.
    privacy_ : PrivacyReport
        All releases, and the price of the whole.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.mixture import DPGaussianMixture
    >>> from skprivate.model_selection import DPNoveltyThreshold
    >>> X = np.random.default_rng(0).normal(size=(5000, 2))
    >>> model = DPNoveltyThreshold(DPGaussianMixture(bounds=(-9, 9)), epsilon=2.0)
    >>> model.fit(X).predict([[0.0, 0.0], [6.0, -6.0]])
    array([ 1, -1])
    """

    def __init__(
        self,
        estimator: Estimator,
        *,
        contamination: float = 0.1,
        score_bounds: BoundsLike | Literal["private"] = "private",
        offset_share: float = 0.15,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        random_state: SeedLike = None,
    ) -> None:
        self.estimator = estimator
        self.contamination = contamination
        self.score_bounds = score_bounds
        self.offset_share = offset_share
        self.epsilon = epsilon
        self.delta = delta
        self.random_state = random_state

    def fit(
        self,
        X: TableLike,
        y: Any = None,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        **params: Any,
    ) -> Self:
        """Fit the model, and find the offset.

        Parameters
        ----------
        X : array-like, data frame, sparse matrix, Dask collection or ChunkRows
            The rows.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, cut to the ``max_weight`` of the estimator.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit.
        **params : dict
            For ``fit`` of the estimator: routed metadata; or, without routing,
            parameters of steps, as ``step__sample_weight``.

        Returns
        -------
        self : object
            The fitted detector.
        """
        self._check()
        budget, entropy = self._budget(whole_budget), entropy_of(self.random_state)
        name = type(self).__name__
        given, weight = routed(self, sample_weight, params)
        check_given(self.estimator, X, groups, given)
        rows = rows_to_part(X, None, weight, groups, given)
        to_pay = unpaid(name, owner=self)
        if to_pay is not None:
            self._rehearse(rows.public(to_pay))
        seeded = entropy.seeded or is_seeded(self.estimator)
        if budget.private and not seeded:  # else the fit does not claim to be private
            refuse_foreign_code(self.estimator)
        of_model, of_offset = self._parts(budget)
        paid = charge(name, budget, owner=self, seeded=seeded)
        with paid.kept():
            refuse_no_rows(X)
            model = seeded_like(entropy, self._model(of_model), "model")
            with prepaid(model):
                model.fit(**rows.fit_args)
            offset = seeded_like(entropy, self._measurement(of_offset), "offset")
            with prepaid(offset):
                offset.fit(**rows.scored(lambda X: _scores(model, X)))
            report = self._report(budget, model, offset, groups, seeded)
            paid.record(report)
        self.offset_ = offset.answer_
        self.estimator_, self.privacy_ = priced_as(model, report), report
        return self

    def _check(self):
        """Refuse parameters that make no sense, before anything is paid."""
        check_estimator(self.estimator, "the threshold")
        if not hasattr(type(last_step(self.estimator)), "score_samples"):
            raise TypeError(
                f"{type(self.estimator).__name__} gives no scores to single rows. Give "
                "a private model with score_samples, such as DPGaussianMixture()."
            )
        _check_part("contamination", self.contamination, 0.5)
        _check_part("offset_share", self.offset_share, 0.9)
        if not (isinstance(self.score_bounds, str) and self.score_bounds == "private"):
            check_bounds(self.score_bounds, 1, "score_bounds")

    def _rehearse(self, given):
        """Refuse what public facts reveal to be wrong, before anything is paid."""
        self._check()
        rehearse_step(self._model(self._parts(self._budget(_quiet))[0]), given)

    def _budget(self, made):
        return made(self.epsilon, self.delta, discovers(self.estimator))

    def _parts(self, budget):
        """Budgets of the model and of the offset."""
        weights = [1.0 - self.offset_share, self.offset_share]
        return parts_of(budget, weights, [discovers(self.estimator), False])

    def _model(self, budget):
        """A clone of the estimator with its part of the budget."""
        given = {"epsilon": budget.epsilon, "delta": budget.delta}
        return configured(self.estimator, {}, **given)

    def _measurement(self, budget):
        """What asks for the quantile of the scores."""
        max_weight, max_rows = counted(self.estimator)
        budget = alone(budget)
        return Measurement(
            ScoreQuantile(float(self.contamination), self.score_bounds),
            "offset",
            epsilon=budget.epsilon,
            delta=budget.delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows,
        )

    def _report(self, budget, model, offset, groups, seeded):
        """What both parts released; shares are of the whole."""
        parts = (
            ("fit", model.privacy_, 1.0 - self.offset_share),
            ("offset", offset.privacy_, self.offset_share),
        )
        releases = tuple(
            replace(r, query=f"{name}: {r.query}", share=part * r.share)
            for name, report, part in parts
            for r in report.releases
        )
        return PrivacyReport(
            estimator=type(self).__name__,
            budget=budget,
            releases=releases,
            assumed=tuple(model.privacy_.assumed),
            unit=unit_of(self.estimator, groups)[0],
            seeded=seeded,
            paid=(budget.event,),
        )

    def get_metadata_routing(self) -> Any:
        """Metadata that the estimator asks for, and groups.

        Returns
        -------
        MetadataRouter
            What goes where.
        """
        return with_groups(router_of(self), self)

    def score_samples(self, X: TableLike) -> np.ndarray:
        """Scores of the model: the lower, the more abnormal.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self, "estimator_")
        return _scores(self.estimator_, X)

    def decision_function(self, X: TableLike) -> np.ndarray:
        """Scores above the offset: negative for what is abnormal.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return self.score_samples(X) - self.offset_

    def predict(self, X: TableLike) -> np.ndarray:
        """One for rows that are normal, minus one for others.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return np.where(self.decision_function(X) >= 0, 1, -1)

    @property
    def n_features_in_(self) -> int:
        """Number of features seen in ``fit``."""
        if not hasattr(self, "estimator_"):
            raise AttributeError("There is no n_features_in_ before fit. Call fit.")
        return self.estimator_.n_features_in_

    def _privacy_cost(self, walk):
        """What a fit costs: the budget, shared by model and offset."""
        self._check()
        budget = self._budget(_quiet)
        part = self._model(self._parts(budget)[0])
        children = [("estimator", walk(part, "estimator"))]
        leaks = tuple(leaks_of_noise(budget, self.random_state, walk))
        return PrivacyCost.of_budget(type(self).__name__, budget, children, leaks=leaks)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.estimator).input_tags
        return tags


def _scores(model, X):
    """What a model says of rows, each by itself."""
    return np.asarray(responses(model, "score_samples", X), dtype=np.float64)


def _quiet(epsilon, delta, finding):
    """The budget, without a warning."""
    budget = Budget(epsilon, delta)
    return budget.reserving() if finding else budget


def _check_part(name, value, most):
    """Refuse what is no number above zero and up to a largest one."""
    fine = isinstance(value, Real) and not isinstance(value, bool) and 0 < value <= most
    if not fine:
        raise ValueError(
            f"{name} must be a number above zero, and at most {most}. Give 0.1, say."
        )
