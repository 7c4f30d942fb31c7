"""Members that each see a balanced part of the rows, drawn by coins, and a vote."""

from collections.abc import Callable
from dataclasses import replace
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.base import DPClassifierMixin, entropy_of
from skprivate.base._coins import WORD, coins, in_memory, number_of_rows
from skprivate.base._read_labels import codes_of_labels
from skprivate.base._tables import take
from skprivate.base._tiles import responses
from skprivate.model_selection._report import counted
from skprivate.model_selection._routing import check_given
from skprivate.pipeline._compound import DPCompound
from skprivate.pipeline._door import needs_finite_numbers
from skprivate.pipeline._labels import place_of_classes
from skprivate.pipeline._rehearsal import rehearse_step
from skprivate.pipeline._run import fit_child
from skprivate.pipeline._sealed import with_sealed_methods
from skprivate.pipeline._steps import planned, takes_weights
from skprivate.rows._arrow import framed
from skprivate.rows._features import checked_features
from skprivate.rows._target import checked_target
from skprivate.under_sampling import DPRandomUnderSampler

_NOTES = (
    "all members may see the same row, so their prices add up; coins decide which ones "
    "do, and nothing is charged less for that",
)


@with_sealed_methods
class DPBalancedBaggingClassifier(
    DPClassifierMixin, DPCompound, MetaEstimatorMixin, BaseEstimator
):
    """Models that each see a balanced part of the rows, under differential privacy.

    Noisy counts of the classes say with which odds a row of each class is kept, as for
    :class:`~skprivate.under_sampling.DPRandomUnderSampler`. Each member is fitted to
    the rows that its own coins keep: all of the rarest class, and other ones of the
    larger classes. Predictions are the mean of those of the members.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit. The
    coins of a unit are its own, and no coin depends on a row; so with all coins held
    fixed, a member sees the same rows but for those of the unit. Counts and members are
    an adaptive composition of private fits, of which each gets a part of the budget.

    Parameters
    ----------
    estimator : estimator
        Private classifier with ``epsilon`` and ``delta``, which are set here; a
        pipeline from ``make_dp_pipeline`` is one.
    n_estimators : int, default=10
        Number of members. Public; each has the budget of one of so many fits.
    sampling_strategy : str, float, dict or callable, default="auto"
        Which classes are levelled down to the smallest, as for
        :class:`~skprivate.under_sampling.DPRandomUnderSampler`.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y`` and reports that as assumed public.
    epsilon : float, default=1.0
        Budget of a fit of the whole.
    delta : float, default=1e-6
        Budget of a fit of the whole.
    random_state : int, RandomState instance or None, default=None
        A seed makes a fit repeatable, and not private.

    Attributes
    ----------
    estimators_ : list of estimator
        The fitted members.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    keep_probability_ : ndarray of shape (n_classes,)
        Odds that a member sees a row of the class.
    privacy_ : PrivacyReport
        All releases, and the price of the whole.

    See Also
    --------
    imblearn.ensemble.BalancedBaggingClassifier : Draws by position; not private.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.ensemble import DPBalancedBaggingClassifier
    >>> from skprivate.naive_bayes import DPGaussianNB
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (4000, 2))
    >>> y = (X[:, 0] > 0.8).astype(int)
    >>> model = DPBalancedBaggingClassifier(
    ...     DPGaussianNB(bounds=(-1, 1)), n_estimators=3, classes=[0, 1], epsilon=4.0
    ... ).fit(X, y)
    >>> round(model.privacy_.epsilon(), 3)
    4.0
    """

    weights = None  # of the budget: as a pipeline shares it out

    def __init__(
        self,
        estimator: Estimator,
        *,
        n_estimators: int = 10,
        sampling_strategy: str | float | dict[Any, Any] | Callable[..., Any] = "auto",
        classes: ArrayLike | None = None,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        random_state: SeedLike = None,
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.sampling_strategy = sampling_strategy
        self.classes = classes
        self.epsilon = epsilon
        self.delta = delta
        self.random_state = random_state

    def fit(
        self,
        X: TableLike,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> Self:
        """Fit all members.

        Parameters
        ----------
        X : array-like, data frame or sparse matrix of shape (n_samples, n_features)
            The rows, in memory.
        y : array-like of shape (n_samples,)
            Their classes.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for members that take some.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        self._check_children()
        X, y, sample_weight, groups = map(in_memory, (X, y, sample_weight, groups))
        X, entropy = framed(X), entropy_of(self.random_state)
        n_rows = number_of_rows(X, y, sample_weight, groups)
        given = _given(self.estimator, sample_weight)
        check_given(self.estimator, X, groups, given["fit"])

        def work(children):
            balance, *members = children
            if needs_finite_numbers(self.estimator):
                checked_features(X, accept_sparse=True)  # coins may skip a bad row
            fit_child(balance, X, y, _given(balance.step, sample_weight), groups)
            labels = checked_target(y, "class", type(self).__name__)
            codes = codes_of_labels(labels, balance.step.classes_)
            odds = np.append(balance.step.keep_probability_, 0.0)[codes]
            for member in members:
                _tell_classes(member, balance.step.classes_)
                drawn = coins(n_rows, groups, entropy, member.name.encode()) / WORD
                kept = np.flatnonzero(drawn < odds)
                rows, target = take(X, kept), take(y, kept)
                weight = None if sample_weight is None else take(sample_weight, kept)
                units = None if groups is None else take(groups, kept)
                given = _given(member.step, weight)
                fit_child(member, rows, target, given, units, "fit")

        children, _ = self._fit_paid(work, X, y, groups)
        return self._keep(children)

    def _keep(self, children):
        """Take over the fitted members."""
        balance, *members = children
        privacy = self._report_of(children, self._budget())
        self.classes_ = balance.step.classes_
        self.keep_probability_ = balance.step.keep_probability_
        self.estimators_ = [member.as_given() for member in members]
        self.privacy_ = privacy
        return self

    def _report_of(self, children, budget):
        report = super()._report_of(children, budget)
        return replace(report, notes=(*report.notes, *_NOTES))

    def _children(self):
        max_weight, max_rows = counted(self.estimator)
        sampler = DPRandomUnderSampler(
            self.sampling_strategy,
            classes=self.classes,
            max_weight=max_weight,
            max_rows_per_group=max_rows,
        )
        members = [
            (f"member{number}", clone(self.estimator))
            for number in range(self.n_estimators)
        ]
        steps = [("balance", sampler), *members]
        return [(name, self._seeded(name, step)) for name, step in steps]

    def _shared_out(self, budget):
        children = super()._shared_out(budget)
        told = [
            step.classes
            for name, step in (place_of_classes(child.step) for child in children)
            if name is not None and step.classes is not None
        ]
        if len({tuple(np.unique(np.asarray(labels)).tolist()) for labels in told}) > 1:
            raise ValueError(
                "The estimator has other classes than this. Give the same to both, or "
                "to one of them."
            )
        for child in children if told else ():
            _tell_classes(child, told[0])
        return children

    def _seeded(self, name, step):
        """A step with a seed of its own, if there is one for the whole."""
        if self.random_state is None:
            return step
        word = entropy_of(self.random_state).words(1, f"seed of {name}".encode())
        unset = {
            key: int(word[0] >> np.uint64(33))
            for key, value in step.get_params().items()
            if key.rpartition("__")[2] == "random_state" and value is None
        }
        return step.set_params(**unset)

    def _check_structure(self):
        """Refuse what is no private classifier, or no number of members."""
        known = isinstance(self.estimator, BaseEstimator)
        if not known or not is_classifier(self.estimator):
            raise TypeError(
                "estimator must be an instance of a private classifier. Give one of "
                "skprivate, or a pipeline from make_dp_pipeline that ends with one."
            )
        n, fine = self.n_estimators, isinstance(self.n_estimators, Integral)
        if not fine or isinstance(n, bool) or not 1 <= n <= 1000:
            raise ValueError(
                "n_estimators must be a whole number from 1 to 1000. Ten is usual."
            )

    def _planned(self, row, *, classes=(0, 1)):
        """A clone that was fitted on no rows."""
        self._check_children()
        children = self._shared_out(self._budget())
        for child in children:
            child.step = planned(child.step, row, classes)
        return clone(self)._keep(children)

    def _rehearse_parts(self, children, given):
        for child in children:
            rehearse_step(child.step, given)

    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Mean of the probabilities of the members; of votes, where they have none.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self, "estimators_")
        if hasattr(self.estimators_[0], "predict_proba"):
            found = [responses(m, "predict_proba", X) for m in self.estimators_]
        else:
            said = (responses(m, "predict", X) for m in self.estimators_)
            found = [np.equal.outer(labels, self.classes_) for labels in said]
        return np.mean(found, axis=0)

    def predict(self, X: TableLike) -> np.ndarray:
        """Class of the largest mean probability of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        likely = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likely]

    @property
    def n_features_in_(self) -> int:
        """Number of features seen in ``fit``."""
        if not hasattr(self, "estimators_"):
            raise AttributeError("There is no n_features_in_ before fit. Call fit.")
        return self.estimators_[0].n_features_in_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        if isinstance(self.estimator, BaseEstimator):
            tags.input_tags = replace(get_tags(self.estimator).input_tags)
        tags.classifier_tags.poor_score = True  # noise dominates a few hundred rows
        return tags


def _given(step, weight):
    """Metadata of a fit."""
    known = weight is not None and takes_weights(step)
    return {"fit": {"sample_weight": weight} if known else {}}


def _tell_classes(member, classes):
    """Let a member know of all classes: coins may leave out one of them."""
    name, step = place_of_classes(member.step)
    if name is not None and step.classes is None:
        member.tell(name, classes, None)
