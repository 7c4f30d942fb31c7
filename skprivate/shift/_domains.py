"""A private classifier between two tables: whether they differ, and weights if so."""

from numbers import Real
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.base._confidence import check_confidence, quantile_of
from skprivate.calibration import DPCalibratedClassifier
from skprivate.calibration._tables import centers_of
from skprivate.metrics import DPScore
from skprivate.pipeline._labels import place_of_classes
from skprivate.rows import refused
from skprivate.shift._separation import (
    area_under_curve,
    effective_share,
    relative_weights,
)
from skprivate.shift._stacked import stacked

_SURE = 30.0  # log-odds, beyond which a weight is zero or the largest


class DPDomainClassifier(DPCalibratedClassifier):
    """Tell rows of a source from rows of a target, with a private classifier.

    The area under its curve says whether the tables differ in any way that the
    classifier can see, columns together; 0.5 is no difference. Its odds are weights
    that make rows of the source stand for the target.

    **Weights are no cure by default.** They ask for a second private fit, and most rows
    then count for little, while the noise stays as it is. A model that fits well does
    not need them (Shimodaira 2000). So :meth:`weights` refuses where the tables cannot
    be told apart, and where too few rows would be left.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one row of
    either table: it is a fit of :class:`~skprivate.calibration.DPCalibratedClassifier`,
    whose target says which table a row is of. A secret coin sends a row to the model or
    to the table of counts, so each has the whole budget. All else is made of these.

    Parameters
    ----------
    estimator : estimator
        Private classifier with ``epsilon`` and ``delta``, which are set here.
    method : {"sigmoid", "isotonic"}, default="sigmoid"
        How its probabilities are put right; see `DPCalibratedClassifier`.
    cv : int or "prefit", default=3
        One of so many parts of the rows is held out, for the counts.
    n_bins : int, default=32
        Number of public bins of a score.
    mix : float, default=0.1
        Weights are relative: no row counts more than ``1 / mix`` times as much as it
        does by itself.
    least_effective : float, default=0.1
        Share of the source rows that weights must leave, in effect.
    confidence : float, default=0.95
        Of the interval of the area.
    n_jobs : int, default=None
        Number of workers that fit.
    epsilon : float, default=1.0
        Budget of a fit of the whole, for either table.
    delta : float, default=1e-6
        Budget of a fit of the whole. Zero asks for pure differential privacy.
    random_state : int, RandomState instance or None, default=None
        A seed makes a fit repeatable, and not private.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        What says source, and what says target.
    counts_ : ndarray of shape (2, n_bins)
        Noisy counts of held-out rows of the source and of the target, by rising score.
    noise_ : float
        Standard deviation of the noise of each.
    privacy_ : PrivacyReport
        All releases, and the price of the whole.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> from skprivate.shift import DPDomainClassifier
    >>> rng = np.random.default_rng(0)
    >>> before = rng.uniform(-1, 1, (6000, 2))
    >>> now = np.clip(rng.normal(0.5, 0.4, (3000, 2)), -1, 1)
    >>> model = DPDomainClassifier(DPLogisticRegression(bounds=(-1, 1)))
    >>> model = model.fit_tables(before, now)
    >>> bool(model.auc_ > 0.7)
    True
    >>> weights = model.weights(before)
    >>> bool(0 <= weights.min() and weights.max() <= 1)
    True
    """

    ensemble = False

    def __init__(
        self,
        estimator: Estimator,
        *,
        method: Literal["sigmoid", "isotonic"] = "sigmoid",
        cv: int | Literal["prefit"] = 3,
        n_bins: int = 32,
        mix: float = 0.1,
        least_effective: float = 0.1,
        confidence: float = 0.95,
        n_jobs: int | None = None,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        random_state: SeedLike = None,
    ) -> None:
        self.estimator = estimator
        self.method = method
        self.cv = cv
        self.n_bins = n_bins
        self.mix = mix
        self.least_effective = least_effective
        self.confidence = confidence
        self.n_jobs = n_jobs
        self.epsilon = epsilon
        self.delta = delta
        self.random_state = random_state

    def fit_tables(self, X_source: TableLike, X_target: TableLike) -> Self:
        """Fit to two tables; ``fit(X, y)`` takes one, and which rows are of the target.

        Parameters
        ----------
        X_source, X_target : array-like, sparse matrix or data frame
            Rows of both, in memory, with the same columns.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        X, y = stacked(X_source, X_target)
        given = self.estimator
        name, step = place_of_classes(given)
        if not self._is_prefit and name and step.classes is None:
            # Which table a row is of has two values: that is no fact of the rows.
            self.estimator = clone(given).set_params(**{name: [0, 1]})
        try:
            return self.fit(X, y)
        finally:
            self.estimator = given

    def _check(self):
        for name in ("mix", "least_effective"):
            value = getattr(self, name)
            if not (isinstance(value, Real) and 0 < value < 1):
                raise ValueError(
                    f"{name} must be a number between 0 and 1. Give 0.1, say."
                )
        check_confidence(self.confidence)
        super()._check()

    def _measurement(self, classes, budget):
        if len(classes) != 2:
            raise refused(
                ValueError,
                "Rows must be of two tables, a source and a target: y has two labels, "
                "of which the last in sorted order is the target.",
            )
        return super()._measurement(classes, budget)

    def _put_right(self, model, measurement):
        counts, self.noise_ = measurement.answer_
        self.counts_ = counts[0]
        return super()._put_right(model, measurement)

    @property
    def auc_(self) -> DPScore:
        """Area under the ROC curve of held-out rows, with its interval.

        Returns
        -------
        DPScore
        """
        check_is_fitted(self, "counts_")
        area, deviation = area_under_curve(self.counts_, self.noise_)
        half = quantile_of(self.confidence) * deviation
        ends = max(area - half, 0.0), min(area + half, 1.0)
        return DPScore(area, ends, self.confidence, getattr(self, "privacy_", None))

    @property
    def effective_share_(self) -> Any:
        """Share of the source rows that weights leave, in effect."""
        check_is_fitted(self, "counts_")
        calibrator = self.calibrated_classifiers_[0].calibrators[0]
        chance = calibrator(centers_of(self.n_bins))
        return effective_share(self.counts_[0], self._weights_of(chance))

    def weights(self, X: TableLike) -> np.ndarray:
        """Weights of rows of the source, from zero to one.

        Of each row by itself; so they may be given to any private fit, as
        ``sample_weight``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of the source.

        Returns
        -------
        ndarray of shape (n_samples,)

        Raises
        ------
        ValueError
            If they would do harm: where the tables cannot be told apart, or too few
            rows would be left. Released numbers say so, not these rows.
        """
        low = self.auc_.interval[0]
        if not low > 0.5:
            raise ValueError(
                "The two tables cannot be told apart, as far as noise and the number "
                "of rows let tell: weights would add noise, and nothing else. Fit "
                "without weights."
            )
        if not self.effective_share_ >= self.least_effective:
            raise ValueError(
                "Weights would leave too few rows of the source, in effect: fewer than "
                "least_effective of them. Fit without weights; or raise mix, and keep "
                "weights nearer to each other."
            )
        return self._weights_of(self.predict_proba(X)[:, 1])

    def _weights_of(self, chance):
        """Weights, of probabilities that a row is of the target."""
        sizes = np.maximum(self.counts_.sum(axis=1), 1.0)
        with np.errstate(divide="ignore"):
            log_odds = np.log(chance) - np.log1p(-chance) + np.log(sizes[0] / sizes[1])
        log_odds = np.clip(log_odds, -_SURE, _SURE)
        return relative_weights(np.exp(log_odds), float(self.mix))
