"""Classifiers whose probabilities or thresholds are adjusted afterwards."""

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._fitted_before import fitted_before
from skprivate.composition._rules._folds import price_of_folds
from skprivate.composition._rules._leaves import CLASSES_FROM_Y
from skprivate.composition._rules._models import price_of_model


@built_in("sklearn", "CalibratedClassifierCV")
def _calibrated(estimator, walk):
    """One fit for each fold, and one more if the folds only serve to calibrate."""
    raw = walk.leak(
        "the calibrator is fitted on exact held-out labels",
        "Use skprivate.calibration.DPCalibratedClassifier.",
    )
    frozen = type(estimator.estimator).__name__ == "FrozenEstimator"
    ensemble = not frozen if estimator.ensemble == "auto" else estimator.ensemble
    extra = 0 if ensemble else 1
    return _with_folds(estimator, walk, estimator.cv, extra, raw, default="LinearSVC")


@built_in("sklearn", "TunedThresholdClassifierCV")
def _tuned_threshold(estimator, walk):
    """One fit for each fold, and one on all rows (or again on those of one fold)."""
    raw = walk.leak(
        "the threshold is chosen by exact scores on held-out rows",
        "Use FixedThresholdClassifier with a threshold that is known beforehand.",
    )
    cv = estimator.cv
    if isinstance(cv, float):
        cv = 1  # one split, which deals by position as several do
    return _with_folds(estimator, walk, cv, 1, raw)


@built_in("sklearn", "FixedThresholdClassifier")
def _fixed_threshold(estimator, walk):
    parts = [("estimator", price_of_model(estimator.estimator, walk))]
    return PrivacyCost.sum_of(
        "FixedThresholdClassifier", parts, note="the threshold is a parameter"
    )


def _with_folds(estimator, walk, cv, extra, leak, *, default=None):
    name, model = type(estimator).__name__, estimator.estimator
    if isinstance(cv, str) and cv == "prefit":
        parts = [("estimator", fitted_before(model, walk, "estimator"))]
        return PrivacyCost.sum_of(name, parts, leaks=(leak,), note=CLASSES_FROM_Y)
    folds, n_folds = price_of_folds(cv, walk, classifier=True)
    number = None if n_folds is None else n_folds + extra
    part = price_of_model(model, walk, default=default).times(number)
    parts = [("estimator", part), ("cv", folds)]
    return PrivacyCost.sum_of(name, parts, leaks=(leak,), note=CLASSES_FROM_Y)
