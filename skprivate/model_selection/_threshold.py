"""A private choice of the score from which on a row counts as positive."""

from dataclasses import replace
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import (
    BaseEstimator,
    MetaEstimatorMixin,
    is_classifier,
)
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.accounting import Budget
from skprivate.base import DPClassifierMixin, PrivacyReport, entropy_of
from skprivate.base._tiles import responses
from skprivate.composition import PrivacyCost
from skprivate.composition._rules._leaves import leaks_of_noise
from skprivate.ledger import LedgerCarrier, charge, prepaid
from skprivate.ledger._charge import unpaid
from skprivate.metrics._measurement import Measurement
from skprivate.metrics._question import code_of
from skprivate.metrics._said import scores_of
from skprivate.model_selection._candidates import (
    check_estimator,
    refuse_foreign_code,
    seeded_like,
)
from skprivate.model_selection._classes import refuse_untold, with_classes
from skprivate.model_selection._folds import check_fraction
from skprivate.model_selection._groups import last_step
from skprivate.model_selection._parts import rows_to_part
from skprivate.model_selection._report import counted, priced_as, unit_of
from skprivate.model_selection._routing import check_given, routed, router_of
from skprivate.model_selection._threshold_split import SHARE, split_of
from skprivate.model_selection._threshold_table import SCORINGS, BestThreshold, two_of
from skprivate.pipeline._compound import with_groups
from skprivate.pipeline._rehearsal import rehearse_step
from skprivate.pipeline._shares import whole_budget
from skprivate.pipeline._steps import discovers, is_seeded
from skprivate.rows._features import refuse_no_rows
from skprivate.rows._parted import is_source


def _model_has(method):
    """Whether the model, fitted or not, has a method."""

    def check(classifier):
        model = getattr(classifier, "estimator_", classifier.estimator)
        return hasattr(model, method)

    return check


class DPTunedThresholdClassifier(
    DPClassifierMixin, LedgerCarrier, MetaEstimatorMixin, BaseEstimator
):
    """Binary classifier with a threshold that is chosen under differential privacy.

    The threshold is read off a noisy table of how the fitted model scores rows. For F1
    and other scores of few rows, that of the model stays if noise explains the gain.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit. With
    ``validation_fraction=None`` both the model and the table are made of all rows, with
    parts of the budget that compose into the whole (see :func:`parts_of`).

    With a fraction, a secret coin sends each unit to one of two parts, whatever the
    others do; the model is fitted to the first and the table made of the second, each
    with the whole budget. With all coins held fixed, a unit is in one part. If it is in
    the first, the model is private, and the table is post-processing of the model and
    of rows that are the same either way. If it is in the second, the model is the same,
    and the table is private. So the pair costs what one of them does (parallel
    composition, McSherry 2009, Theorem 4), for each outcome of the coins, hence for
    their mixture.

    Parameters
    ----------
    estimator : estimator
        Private classifier of two classes with ``epsilon`` and ``delta``, which are set
        here; a pipeline from ``make_dp_pipeline`` is one.
    scoring : {"balanced_accuracy", "accuracy", "cohen_kappa", "f1", "f2", \
            "geometric_mean", "jaccard", "matthews_corrcoef", "precision", "recall", \
            "specificity"} or dict, default="balanced_accuracy"
        What is best, all of it read off the same noisy table. A dict ``{"fp": cost,
        "fn": cost}`` minimises the cost of false positives and false negatives.
    pos_label : label, default=None
        The positive class; None means the last in sorted order, rare or not.
    validation_fraction : float, default=None
        Probability that a unit goes to the part that chooses the threshold. None: all
        units are in both, and the threshold has a twentieth of the budget, which
        leaves less noise in both; but 0.2 where the budget is so large that a model
        might be closer to its own rows than to others (``mu`` above 2), where
        ``delta=0``, or where the price of the estimator cannot be added to another.
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
    best_threshold_ : float
        Rows with a score of at least this are positive.
    best_score_ : float
        What the noisy table promises, which is a little too much.
    classes_ : ndarray of shape (2,)
        Class labels.
    privacy_ : PrivacyReport
        All releases, and the price of the whole.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> from skprivate.model_selection import DPTunedThresholdClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (4000, 2))
    >>> y = (X[:, 0] + rng.normal(size=4000) > 1).astype(int)
    >>> model = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1])
    >>> tuned = DPTunedThresholdClassifier(model, scoring="f1", epsilon=2.0).fit(X, y)
    >>> round(tuned.privacy_.epsilon(), 3)
    2.0
    """

    _share = SHARE  # of the budget, for the table

    def __init__(
        self, estimator: Estimator, *,
        scoring: dict[Any, Any] | str = "balanced_accuracy", pos_label: Any = None,
        validation_fraction: float | None = None, epsilon: float = 1.0,
        delta: float = 1e-6, random_state: SeedLike = None,
    ) -> None:  # fmt: skip
        self.estimator = estimator
        self.scoring = scoring
        self.pos_label = pos_label
        self.validation_fraction = validation_fraction
        self.epsilon = epsilon
        self.delta = delta
        self.random_state = random_state

    def fit(
        self, X: TableLike, y: ArrayLike | None = None, *,
        sample_weight: ArrayLike | None = None, groups: ArrayLike | None = None,
        **params: Any,
    ) -> Self:  # fmt: skip
        """Fit the model to one part of the rows, and choose a threshold on the other.

        Parameters
        ----------
        X : array-like, data frame, sparse matrix, Dask collection or Rows
            The rows. Those of a source are told apart by a secret hash of their values,
            instead of a coin: rows that are equal go to one part. The estimator needs
            ``classes`` then.
        y : array-like of shape (n_samples,), default=None
            Their classes; None where the source has them.
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
            The fitted classifier.
        """
        self._check()
        budget = whole_budget(self.epsilon, self.delta, discovers(self.estimator))
        entropy = entropy_of(self.random_state)
        name = type(self).__name__
        given, weight = routed(self, sample_weight, params)
        check_given(self.estimator, X, groups, given)
        rows = rows_to_part(X, y, weight, groups, given)
        if is_source(X):
            refuse_untold(self.estimator)
        elif y is None:
            raise ValueError(
                "This requires y to be passed, but the target y is None. Pass y."
            )
        to_pay = unpaid(name, owner=self)
        if to_pay is not None:
            self._rehearse(rows.public(to_pay))
        seeded = entropy.seeded or is_seeded(self.estimator)
        if budget.private and not seeded:  # else the fit does not claim to be private
            refuse_foreign_code(self.estimator)
        paid = charge(name, budget, owner=self, seeded=seeded)
        with paid.kept():
            refuse_no_rows(X)
            split = self._split()
            first, held = split.rows(rows, entropy)
            model, assumed = with_classes(split.model, rows.y, paid)
            model = seeded_like(entropy, model, "model")
            with prepaid(model):
                model.fit(**first.fit_args)
            chosen = self._choose(model, held, split.left, entropy)
            known = assumed, groups, seeded, split.notes
            report = self._report(budget, model, chosen, *known)
            paid.record(report)
        self._keep(chosen.answer_)
        self.classes_ = model.classes_
        self.estimator_, self.privacy_ = priced_as(model, report), report
        return self

    def _check(self):
        """Refuse parameters that make no sense, before anything is paid."""
        check_estimator(self.estimator)
        if self.validation_fraction is not None:
            check_fraction(self.validation_fraction, "validation_fraction")
        if not is_classifier(self.estimator):
            raise TypeError(
                "estimator must be a private classifier of two classes. Give one, such "
                "as DPLogisticRegression()."
            )
        if isinstance(self.scoring, dict):
            costs = [self.scoring.get("fp"), self.scoring.get("fn")]
            fine = all(isinstance(c, Real) and 0 <= c < np.inf for c in costs)
            if not fine or len(self.scoring) != 2:
                raise ValueError(
                    "scoring must hold a cost of at least zero for 'fp' and for 'fn', "
                    "and nothing else. Give {'fp': 1, 'fn': 5}, for example."
                )
        elif self.scoring not in SCORINGS:
            raise ValueError(
                f"scoring must be one of {', '.join(SCORINGS)}, or a dict of costs "
                "such as {'fp': 1, 'fn': 5}."
            )

    def _rehearse(self, given):
        """Refuse what public facts reveal to be wrong, before anything is paid."""
        self._check()
        model = self._split().model
        rehearse_step(model, given)
        classes = getattr(last_step(model), "classes", None)
        if classes is not None:
            code_of(self.pos_label, two_of(np.unique(np.asarray(classes))))

    def _split(self):
        """How rows and budget are shared between the model and the threshold."""
        budget, fraction = (self.epsilon, self.delta), self.validation_fraction
        return split_of(self.estimator, *budget, fraction, self._share)

    def _choose(self, model, held, budget, entropy):
        """Ask for the table of scores of the held rows."""
        question = self._question(model, two_of(model.classes_))
        max_weight, max_rows = counted(self.estimator)
        measurement = Measurement(
            question,
            "threshold",
            epsilon=budget.epsilon,
            delta=budget.delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows,
        )
        measurement = seeded_like(entropy, measurement, "threshold")
        with prepaid(measurement):
            return measurement.fit(**self._scored(model, held))

    def _question(self, model, classes):
        given = {"pos_label": self.pos_label, "scoring": self.scoring}
        untouched = 0.0 if hasattr(model, "decision_function") else 0.5
        return BestThreshold(classes, **given, untouched=untouched)

    def _scored(self, model, held):
        """Scores of the held rows, as arguments of a measurement."""
        return held.scored(lambda X: scores_of(model, X, self.pos_label))

    def _keep(self, answer):
        """Take over what was chosen."""
        self.best_threshold_, self.best_score_ = answer

    def _report(self, budget, model, chosen, assumed, groups, seeded, notes):
        """What both parts released."""
        parts = ("fit", model.privacy_), ("threshold", chosen.privacy_)
        releases = tuple(
            replace(release, query=f"{name}: {release.query}")
            for name, report in parts
            for release in report.releases
        )
        known = dict.fromkeys([*assumed, *model.privacy_.assumed])
        return PrivacyReport(
            estimator=type(self).__name__,
            budget=budget,
            releases=releases,
            assumed=tuple(known),
            unit=unit_of(self.estimator, groups)[0],
            seeded=seeded,
            paid=(budget.event,),
            notes=notes,
        )

    def get_metadata_routing(self) -> Any:
        """Metadata that the estimator asks for, and groups.

        Returns
        -------
        MetadataRouter
            What goes where.
        """
        return with_groups(router_of(self), self)

    def predict(self, X: TableLike) -> np.ndarray:
        """Classes of rows, by the threshold that was chosen.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self, "estimator_")
        positive = code_of(self.pos_label, self.classes_)
        scores = scores_of(self.estimator_, X, self.pos_label)
        said = np.where(scores >= self.best_threshold_, positive, 1 - positive)
        return self.classes_[said]

    @available_if(_model_has("predict_proba"))
    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probabilities of the model; the threshold does not change them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, 2)
        """
        check_is_fitted(self, "estimator_")
        return responses(self.estimator_, "predict_proba", X)

    @available_if(_model_has("predict_proba"))
    def predict_log_proba(self, X: TableLike) -> np.ndarray:
        """Logarithms of the probabilities of the model.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, 2)
        """
        with np.errstate(divide="ignore"):  # of what has probability zero
            return np.log(self.predict_proba(X))

    @available_if(_model_has("decision_function"))
    def decision_function(self, X: TableLike) -> np.ndarray:
        """Margins of the model; the threshold does not change them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self, "estimator_")
        return responses(self.estimator_, "decision_function", X)

    @property
    def n_features_in_(self) -> int:
        """Number of features seen in ``fit``."""
        if not hasattr(self, "estimator_"):
            raise AttributeError("There is no n_features_in_ before fit. Call fit.")
        return self.estimator_.n_features_in_

    def _privacy_cost(self, walk):
        """What a fit costs: the budget, once for both parts."""
        self._check()
        budget = Budget(self.epsilon, self.delta)
        if discovers(self.estimator):
            budget = budget.reserving()
        split = self._split()
        parts = [("estimator", walk(split.model, "estimator"))]
        leaks = tuple(leaks_of_noise(budget, self.random_state, walk))
        return PrivacyCost.of_budget(
            type(self).__name__, budget, parts, leaks=leaks, note="; ".join(split.notes)
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
