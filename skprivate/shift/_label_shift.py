"""When classes are more or less frequent than they were: how many, and what follows."""

from dataclasses import replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, is_classifier
from sklearn.utils.validation import check_is_fitted

from skprivate._card import Card, Section, Table
from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.accounting import Budget
from skprivate.base._confidence import check_confidence, quantile_of
from skprivate.base._estimator import entropy_of
from skprivate.base._rehearsal import Given
from skprivate.base._report import price_of
from skprivate.base._tiles import responses
from skprivate.composition import PrivacyCost, Walk
from skprivate.composition._rules._fitted_before import fitted_before
from skprivate.composition._rules._leaves import leaks_of_noise
from skprivate.ledger import LedgerCarrier
from skprivate.metrics._measurement import Measurement
from skprivate.model_selection._candidates import seeded_like
from skprivate.rows._labels import sorted_classes
from skprivate.shift._both import Job, fitted_both
from skprivate.shift._label_tables import JointCounts, PredictedCounts
from skprivate.shift._priors import priors_of


class DPLabelShift(LedgerCarrier, MetaEstimatorMixin, BaseEstimator):
    """How frequent classes are in a table without labels, and a model put right by it.

    It takes for granted that rows of a class look as they did, and only the number of
    rows of each class has changed: *label shift*. Whether that is so it cannot tell.

    **Guarantee.** Labelled rows are counted by true and predicted class, and rows of
    the other table by predicted class. A row is in one cell of its table, so it moves
    one count by one. Each table pays ``(epsilon, delta)`` by itself, and ledgers are
    charged for both before a row is read. All else is made of these counts.

    Parameters
    ----------
    estimator : estimator
        A private classifier that is fitted already. The labelled rows must not be those
        of its fit, or the model seems better than it is.
    classes : array-like, default=None
        All labels; None takes those that the estimator knows.
    confidence : float, default=0.95
        Of the intervals.
    epsilon : float, default=1.0
        What each of the two tables pays.
    delta : float, default=1e-6
        What each of the two tables pays; zero asks for pure differential privacy.
    random_state : int, RandomState instance or None, default=None
        A seed makes a fit repeatable, and not private.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    prior_ : ndarray of shape (n_classes,)
        Share of each class in the table without labels.
    low_, high_ : ndarray of shape (n_classes,)
        Ends of an interval of each share; they count noise and sampling.
    source_prior_ : ndarray of shape (n_classes,)
        Share of each class among the labelled rows.
    privacy_ : PrivacyReport
        What was released of the table without labels, and its price.
    source_privacy_ : PrivacyReport
        What was released of the labelled rows, and its price.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.naive_bayes import DPGaussianNB
    >>> from skprivate.shift import DPLabelShift
    >>> rng = np.random.default_rng(0)
    >>> y = (rng.random(9000) < np.repeat([0.2, 0.6], [6000, 3000])).astype(int)
    >>> X = np.clip(rng.normal(y[:, None], 0.5, (9000, 2)), -2, 3)
    >>> model = DPGaussianNB(bounds=(-2, 3), classes=[0, 1]).fit(X[:3000], y[:3000])
    >>> shift = DPLabelShift(model).fit(X[3000:6000], y[3000:6000], X[6000:])
    >>> bool(abs(shift.prior_[1] - 0.6) < 0.05)
    True
    """

    def __init__(
        self,
        estimator: Estimator,
        *,
        classes: ArrayLike | None = None,
        confidence: float = 0.95,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        random_state: SeedLike = None,
    ) -> None:
        self.estimator = estimator
        self.classes = classes
        self.confidence = confidence
        self.epsilon = epsilon
        self.delta = delta
        self.random_state = random_state

    def fit(
        self,
        X: TableLike,
        y: ArrayLike,
        X_target: TableLike,
        *,
        groups: ArrayLike | None = None,
        groups_target: ArrayLike | None = None,
    ) -> Self:
        """Count both tables, and solve for the shares of the classes.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Labelled rows of before.
        y : array-like of shape (n_samples,)
            Their labels.
        X_target : array-like or data frame of shape (n_target, n_features)
            Rows of now, without labels.
        groups, groups_target : array-like, default=None
            Rows with equal values belong to one privacy unit.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        model, classes = self._checked()
        entropy = entropy_of(self.random_state)
        settings = {
            "confidence": self.confidence, "epsilon": self.epsilon, "delta": self.delta,
        }  # fmt: skip
        before, now = (
            seeded_like(entropy, Measurement(question, name, **settings), name)
            for question, name in (
                (JointCounts(classes), "labelled rows"),
                (PredictedCounts(classes), "rows without labels"),
            )
        )
        jobs = [
            Job(before, _given(X, y, groups), _said(before, model, X, y, groups)),
            Job(
                now,
                _given(X_target, None, groups_target),
                _said(now, model, X_target, None, groups_target),
            ),
        ]
        fitted_both(type(self).__name__, jobs, owner=(self, model))
        (joint, noise), (predicted, noise_now) = before.answer_, now.answer_
        found = priors_of(joint, predicted, (noise, noise_now))
        half = quantile_of(self.confidence) * found.deviation
        self.classes_ = classes
        self.source_prior_, self.prior_ = found.source, found.target
        self.low_ = np.clip(found.target - half, 0.0, 1.0)
        self.high_ = np.clip(found.target + half, 0.0, 1.0)
        self.source_privacy_, self.privacy_ = before.privacy_, now.privacy_
        note = "the report of rows without labels; labelled rows pay by themselves"
        self.privacy_ = replace(now.privacy_, notes=(*now.privacy_.notes, note))
        return self

    def _checked(self):
        """The fitted model and the classes, or an error."""
        Budget(self.epsilon, self.delta)
        check_confidence(self.confidence)
        model = self.estimator
        if type(model).__name__ == "FrozenEstimator":
            model = model.estimator
        if not is_classifier(model):
            raise TypeError(
                f"estimator must be a classifier, and {type(model).__name__} is none. "
                "Give one that is fitted."
            )
        check_is_fitted(model)
        if self.classes is None and not hasattr(model, "classes_"):
            raise ValueError("The estimator knows no classes. List them in classes=...")
        known = model.classes_ if self.classes is None else self.classes
        classes = sorted_classes(known)
        if len(classes) < 2:
            raise ValueError(
                "There must be two classes or more. List all of them in classes=..."
            )
        lost = set(np.asarray(getattr(model, "classes_", classes)).tolist())
        if not lost <= set(np.asarray(classes).tolist()):
            raise ValueError(
                "classes lacks a class that the estimator knows. List all of them."
            )
        private = Budget(self.epsilon, self.delta).private
        if private and self.random_state is None:  # else it claims no privacy
            leaks = fitted_before(model, Walk({}, above=(self,)), "estimator").leaks
            if leaks:
                raise TypeError(
                    "The model that is fitted already is not private: "
                    f"{leaks[0].what}. {leaks[0].remedy}"
                )
        return model, classes

    def correct(self, proba: ArrayLike) -> np.ndarray:
        """Probabilities of a classifier, put right for the new shares of classes.

        Parameters
        ----------
        proba : array-like of shape (n_samples, n_classes)
            As of ``predict_proba``, in the order of ``classes_``.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            ``proba`` times ``prior_ / source_prior_``, made to add up to one.
        """
        check_is_fitted(self)
        proba = np.asarray(proba, dtype=np.float64)
        if proba.ndim != 2 or proba.shape[1] != len(self.classes_):
            raise ValueError(
                f"proba must have {len(self.classes_)} columns, one for each class. "
                "Pass what predict_proba returns."
            )
        weighted = proba * (self.prior_ / np.maximum(self.source_prior_, 1e-12))
        total = weighted.sum(axis=1, keepdims=True)
        # Where all that is likely does not occur any more, priors are left.
        shares = weighted / np.where(total > 0, total, 1.0)
        return np.where(total > 0, shares, self.prior_)

    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probabilities of the classes, put right.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self)
        return self.correct(responses(self.estimator, "predict_proba", X))

    def predict(self, X: TableLike) -> np.ndarray:
        """Predicted classes of rows: those of the largest probability.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def report(self) -> str:
        """What was found, as text.

        Returns
        -------
        str
        """
        check_is_fitted(self)
        rows = tuple(
            (str(label), f"{before:.3f}", f"{now:.3f}", f"{low:.3f} to {high:.3f}")
            for label, before, now, low, high in zip(
                self.classes_.tolist(), self.source_prior_, self.prior_, self.low_,
                self.high_, strict=True,
            )
        )  # fmt: skip
        head = ("class", "before", "now", f"{100 * self.confidence:.4g}%")
        words = (
            "shares of classes, if rows of each class look as they did",
            f"each table pays by itself: {price_of(self.source_privacy_)}; "
            f"{price_of(self.privacy_)}",
        )
        section = Section("", (Table(head, rows, head[1:]),))
        return Card("Label shift", (), words, (section,)).text()

    def _privacy_cost(self, walk):
        """What a fit costs both tables, and a model that was fitted before."""
        budget = Budget(self.epsilon, self.delta)
        leaks = tuple(leaks_of_noise(budget, self.random_state, walk))
        parts = [
            (name, PrivacyCost.of_budget(name, budget, leaks=leaks))
            for name in ("labelled rows", "rows without labels")
        ]
        parts.append(("estimator", fitted_before(self.estimator, walk, "estimator")))
        return PrivacyCost.sum_of(type(self).__name__, parts)


def _given(X, y, groups):
    """What is public of a table, of which only what a model says is looked at."""
    return lambda to_pay: Given.of(X, y, None, groups, to_pay).with_table(
        np.empty((0, 1))
    )


def _said(measurement, model, X, y, groups):
    """The arguments of a measurement: what the model says of rows, once it is paid."""

    def arguments():
        said = responses(model, "predict", X)
        codes, target, _ = measurement.question.read(y, said)
        given = {"X": codes, "groups": groups}
        return given if target is None else given | {"y": target}

    return arguments
