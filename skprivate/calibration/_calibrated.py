"""Private classifiers whose probabilities are put right, with one budget."""

from dataclasses import replace
from numbers import Integral
from typing import Literal

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.base import DPClassifierMixin
from skprivate.base._coins import coins, in_memory, refuse_elsewhere
from skprivate.calibration._maps import MAPS, CalibratedModel
from skprivate.calibration._scores import log_odds
from skprivate.calibration._tables import Tables, centers_of, telling
from skprivate.composition import Walk
from skprivate.composition._rules._fitted_before import fitted_before
from skprivate.ledger import prepaid
from skprivate.metrics._measurement import Measurement
from skprivate.model_selection._candidates import seeded_like
from skprivate.model_selection._classes import with_classes
from skprivate.model_selection._of_one import DPOfOne
from skprivate.model_selection._report import counted
from skprivate.pipeline._labels import place_of_classes
from skprivate.pipeline._rehearsal import rehearse_step
from skprivate.pipeline._shares import alone, equal_part
from skprivate.pipeline._steps import spends
from skprivate.rows._labels import sorted_classes
from skprivate.rows._target import checked_target

_PREFIT = "prefit"
_BY_ROW = ("X", "y", "sample_weight", "groups")
_NO_CLASSIFIER = (
    "estimator must be a private classifier, and {} is none. Give one of skprivate, or "
    "a pipeline from make_dp_pipeline that ends with one; or one that is fitted, in "
    "sklearn.frozen.FrozenEstimator."
)


class DPCalibratedClassifier(DPClassifierMixin, DPOfOne):
    """Private classifier whose probabilities are put right by noisy counts.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit. A
    secret coin sends each unit to one of ``cv`` folds, whatever the others do. Of each
    fold that is used, a model is fitted to the rows outside, and a noisy table counts
    rows inside by public bins of what that model says of them. With all coins held
    fixed, a unit is in one fold: its table, and the fits of all other folds, depend on
    it. With an ensemble of ``cv`` models that is ``cv`` releases, each with an equal
    part of the budget in ``mu ** 2``. With one model it is the fit or the table, which
    have the whole budget each (parallel composition, McSherry 2009, Theorem 4). This
    holds for each outcome of the coins, hence for their mixture. All else is made of
    models and tables.

    Parameters
    ----------
    estimator : estimator
        Private classifier with ``epsilon`` and ``delta``, which are set here; a
        pipeline from ``make_dp_pipeline`` is one. Or one that was fitted privately, in
        ``sklearn.frozen.FrozenEstimator``: then all rows, with the whole budget, serve
        to put its probabilities right. They may be others than those of its fit; if
        they are the same, its price comes on top, and a ledger adds it up.
    method : {"sigmoid", "isotonic"}, default="sigmoid"
        Two numbers for each class, or a probability for each bin that rises with the
        score.
    cv : int or "prefit", default=5
        Number of folds, of which each is a part of the rows in expectation.
        ``"prefit"``: the estimator is fitted already.
    ensemble : bool or "auto", default="auto"
        Whether there is a model for each fold, and their probabilities are averaged.
        Else there is one model, whose table is about one of the folds. ``"auto"`` is
        False: an ensemble divides the budget by ``cv``.
    n_bins : int, default=32
        Number of bins of a score. They are public: of log-odds from -20 to 20, half of
        them within 2.
    n_jobs : int, default=None
        Number of workers that fit.
    epsilon : float, default=1.0
        Budget of a fit of the whole.
    delta : float, default=1e-6
        Budget of a fit of the whole. Zero asks for pure differential privacy.
    random_state : int, RandomState instance or None, default=None
        A seed makes a fit repeatable, and not private.

    Attributes
    ----------
    calibrated_classifiers_ : list of CalibratedModel
        Each a fitted model, ``estimator``, and its ``calibrators``.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if they have names.
    privacy_ : PrivacyReport
        All releases, and the price of the whole.

    See Also
    --------
    skprivate.metrics.dp_calibration_curve : Whether that is needed.
    sklearn.calibration.CalibratedClassifierCV : The same without privacy.

    Notes
    -----
    Where the noise is larger than counts, probabilities stay as the model has them:
    each bin, or line, begins with as many rows of that kind as the noise is large.

    Of several classes, each has a table and is put right by itself, and then all are
    made to add up to one. Each of ``k`` tables gets the noise of ``sqrt(k)`` rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.calibration import DPCalibratedClassifier
    >>> from skprivate.naive_bayes import DPGaussianNB
    >>> X = np.random.default_rng(0).uniform(-1, 1, (6000, 1)).repeat(4, axis=1)
    >>> y = (X[:, 0] + np.random.default_rng(1).normal(size=6000) > 0).astype(int)
    >>> sure = DPGaussianNB(bounds=(-1, 1), classes=[0, 1])  # four times too sure
    >>> model = DPCalibratedClassifier(sure, epsilon=2.0).fit(X, y)
    >>> bool(model.predict_proba(X)[:, 1].max() < 0.95)
    True
    """

    def __init__(
        self,
        estimator: Estimator,
        *,
        method: Literal["sigmoid", "isotonic"] = "sigmoid",
        cv: int | Literal["prefit"] = 5,
        ensemble: bool | Literal["auto"] = "auto",
        n_bins: int = 32,
        n_jobs: int | None = None,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        random_state: SeedLike = None,
    ) -> None:
        self.estimator = estimator
        self.method = method
        self.cv = cv
        self.ensemble = ensemble
        self.n_bins = n_bins
        self.n_jobs = n_jobs
        self.epsilon = epsilon
        self.delta = delta
        self.random_state = random_state

    @property
    def _frozen(self):
        return type(self.estimator).__name__ == "FrozenEstimator"

    @property
    def _is_prefit(self):
        """Whether the model is fitted already."""
        return self._frozen or (isinstance(self.cv, str) and self.cv == _PREFIT)

    def _fitted_model(self):
        """The model that is fitted already."""
        return self.estimator.estimator if self._frozen else self.estimator

    @property
    def _n_models(self):
        """How many models there are: each unit is in so many releases."""
        return self.cv if self.ensemble is True and not self._is_prefit else 1

    @property
    def _notes(self):
        if self._is_prefit:
            return ("the model was fitted before: its price is not in here",)
        if self._n_models == 1:
            return (
                "the model and its table are made of disjoint parts of the rows, by "
                "secret coins: the price is that of one of them, not the sum",
            )
        return (
            "each unit is in one fold, chosen by a secret coin, and so in the table of "
            "that fold and in the fits of all others: the price is that of "
            f"{self._n_models} releases, not of all",
        )

    def _check(self):
        if self.method not in MAPS:
            raise ValueError("method must be 'sigmoid' or 'isotonic'. Use one of them.")
        if self.ensemble not in (True, False, "auto"):
            raise ValueError("ensemble must be True, False or 'auto'. Use one of them.")
        _check_whole("n_bins", self.n_bins, 2, 1024)
        if self._is_prefit:
            self._check_fitted()
            return
        _check_whole("cv", self.cv, 2, 1000, " or 'prefit'")
        super()._check()
        if not (spends(self.estimator) and is_classifier(self.estimator)):
            raise TypeError(_NO_CLASSIFIER.format(type(self.estimator).__name__))

    def _check_fitted(self):
        """Refuse what is not fitted, or is no private classifier."""
        model = self._fitted_model()
        if not is_classifier(model):
            raise TypeError(_NO_CLASSIFIER.format(type(model).__name__))
        check_is_fitted(model, "classes_")

    def _discovers(self):
        return not self._is_prefit and super()._discovers()

    def _part(self, budget):
        return equal_part(budget, self._n_models, self._discovers())

    def _routed(self, sample_weight, params):
        if not self._is_prefit:
            return super()._routed(sample_weight, params)
        if params:
            raise ValueError(
                f"{min(params)} is for a fit, and the model is fitted already. Leave "
                "it out."
            )
        return {}, sample_weight

    def _refuse_foreign_code(self):
        if not self._is_prefit:
            super()._refuse_foreign_code()
            return
        walk = Walk({}, above=(self,))
        leaks = fitted_before(self._fitted_model(), walk, "estimator").leaks
        if leaks:
            raise TypeError(
                f"The model that is fitted already is not private: {leaks[0].what}. "
                f"{leaks[0].remedy}"
            )

    def _given(self, rows):
        parts = {name: in_memory(getattr(rows, name)) for name in _BY_ROW}
        given = {name: in_memory(value) for name, value in rows.fit_params.items()}
        rows = replace(rows, **parts, fit_params=given)
        refuse_elsewhere(rows.X, rows.y, rows.groups, rows.sample_weight)
        if rows.y is None:
            checked_target(None, "class", type(self).__name__)  # refuses it
        return rows

    def _measurement(self, classes, budget):
        """What asks for the tables of one model."""
        model = self._fitted_model() if self._is_prefit else self.estimator
        max_weight, max_rows = counted(model)
        budget = alone(budget)
        return Measurement(
            Tables(classes, self.n_bins),
            "calibration",
            epsilon=budget.epsilon,
            delta=budget.delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows,
        )

    def _rehearse(self, given):
        """Refuse what public facts reveal to be wrong, before anything is paid."""
        self._check()
        refuse_elsewhere(given.X)
        part = self._part(self._budget())
        classes = getattr(self._fitted_model(), "classes_", None)
        if not self._is_prefit:
            model = self._model(part)
            rehearse_step(model, given)
            classes = getattr(place_of_classes(model)[1], "classes", None)
        if classes is not None:
            measurement = self._measurement(sorted_classes(classes), part)
            width = len(measurement.question.codes)
            measurement._rehearse(given.with_table(np.empty((0, width))))

    def _learn(self, rows, budget, entropy, paid):
        part, assumed = self._part(budget), ()
        if self._is_prefit:
            models, held, fits = [self._fitted_model()], [rows], []
        else:
            models, held, assumed = self._fits(rows, part, entropy, paid)
            fits = [(f"fit {k}", m.privacy_) for k, m in enumerate(models)]
        found = [
            self._calibrated(model, some, part, entropy, f"calibration {k}")
            for k, (model, some) in enumerate(zip(models, held, strict=True))
        ]
        self._keep([each for each, _ in found])
        tables = [(f"calibration {k}", own) for k, (_, own) in enumerate(found)]
        share = 1 / self._n_models
        return [(name, share, own) for name, own in (*fits, *tables)], assumed

    def _fits(self, rows, part, entropy, paid):
        """Models, the rows that each has not seen, and what was assumed."""
        n_rows, groups = rows.n_rows, rows.groups
        fold = coins(n_rows, groups, entropy, b"folds") % np.uint64(self.cv)
        model, assumed = with_classes(self._model(part), rows.y, paid)
        models = [
            seeded_like(entropy, clone(model), f"fit {k}")
            for k in range(self._n_models)
        ]
        parts = (rows.rows(fold != k).fit_args for k in range(self._n_models))
        models = self._fitted(zip(models, parts, strict=True))
        return models, [rows.rows(fold == k) for k in range(len(models))], assumed

    def _calibrated(self, model, held, part, entropy, name):
        """A model with what puts it right, and the report of that."""
        measurement = self._measurement(np.asarray(model.classes_), part)
        measurement = seeded_like(entropy, measurement, name)
        weight, groups = held.sample_weight, held.groups
        with prepaid(measurement):
            scores = log_odds(model, held.X)
            measurement.fit(scores, held.y, sample_weight=weight, groups=groups)
        return self._put_right(model, measurement), measurement.privacy_

    def _put_right(self, model, measurement):
        """What follows from the tables."""
        (counts, noise), centers = measurement.answer_, centers_of(self.n_bins)
        tables = telling(counts, noise)
        maps = [MAPS[self.method].of(centers, *table, noise) for table in tables]
        return CalibratedModel(model, maps, np.asarray(model.classes_))

    def _keep(self, found):
        """Take over models and what puts them right."""
        self.calibrated_classifiers_ = found
        first = found[0].estimator
        self.classes_ = found[0].classes
        self.n_features_in_ = first.n_features_in_
        if hasattr(first, "feature_names_in_"):
            self.feature_names_in_ = first.feature_names_in_
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _plan_parts(self, row, classes, budget):
        part, parts = self._part(budget), []
        if self._is_prefit:
            model = self._fitted_model()
        else:
            model = self._model(part)._planned(row, classes=classes)
            parts.append(("fit 0", model.privacy_))
        measurement = self._measurement(np.asarray(model.classes_), part)
        width = len(measurement.question.codes)
        measurement = measurement._planned(np.zeros((1, width)), classes=model.classes_)
        self._keep([self._put_right(model, measurement)] * self._n_models)
        parts.append(("calibration 0", measurement.privacy_))
        return [
            (name.replace("0", str(k)), 1 / self._n_models, own)
            for name, own in parts
            for k in range(self._n_models)
        ]

    def _price_of_parts(self, budget, walk):
        if self._is_prefit:
            return fitted_before(self._fitted_model(), walk, "estimator")
        return super()._price_of_parts(budget, walk)

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
        said = [model.predict_proba(X) for model in self.calibrated_classifiers_]
        return sum(said) / len(said)

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
        likely = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likely]

    def __sklearn_tags__(self):
        tags, inner = super().__sklearn_tags__(), get_tags(self._fitted_model())
        tags.input_tags = replace(inner.input_tags)
        tags.classifier_tags = inner.classifier_tags
        tags.classifier_tags.poor_score = True  # noise dominates a few hundred rows
        return tags


def _check_whole(name, value, least, most, more=""):
    """Refuse what is no integer within limits."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not least <= value <= most:
        raise ValueError(
            f"{name} must be an integer from {least} to {most}{more}. Use such a one."
        )
