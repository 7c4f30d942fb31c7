"""Selection of features by a model."""

from math import floor
from numbers import Integral

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._fitted_before import fitted_before
from skprivate.composition._rules._folds import classifies, price_of_folds
from skprivate.composition._rules._models import price_of_model
from skprivate.composition._rules._scores import price_of_scores

_RANKED = "what is left out follows from private coefficients"
_INSTEAD = "Use RFE, which needs no scores."


@built_in("sklearn", "SelectFromModel")
def _select_from_model(estimator, walk):
    if estimator.prefit:
        model = fitted_before(estimator.estimator, walk, "estimator")
    else:
        model = price_of_model(estimator.estimator, walk)
    leaks = ()
    if callable(estimator.max_features):
        leaks = (
            walk.leak(
                "max_features is a function that sees all rows",
                "Set max_features to a number.",
            ),
        )
    return PrivacyCost.sum_of(
        "SelectFromModel", [("estimator", model)], leaks=leaks, note=_RANKED
    )


@built_in("sklearn", "RFE")
def _rfe(estimator, walk):
    n_features = walk.need("n_features")
    number = _n_fits(estimator.n_features_to_select, estimator.step, n_features)
    model = price_of_model(estimator.estimator, walk, n_features=None)
    return PrivacyCost.sum_of("RFE", [("estimator", model.times(number))], note=_RANKED)


@built_in("sklearn", "RFECV")
def _rfecv(estimator, walk):
    """Elimination in each fold, once more on all rows, and a last fit."""
    n_features = walk.need("n_features")
    fewest = min(estimator.min_features_to_select, n_features)
    steps = _n_fits(fewest, estimator.step, n_features)
    model = price_of_model(estimator.estimator, walk, n_features=None)
    folds, n_folds = price_of_folds(
        estimator.cv, walk, classifier=classifies(estimator)
    )
    scores = price_of_scores(estimator.scoring, walk, _INSTEAD)
    n_scores = None if n_folds is None else n_folds * steps
    number = None if n_folds is None else n_scores + steps + 1
    parts = [
        ("estimator", model.times(number)),
        ("cv", folds),
        ("scoring", scores.times(n_scores)),
    ]
    return PrivacyCost.sum_of("RFECV", parts)


@built_in("sklearn", "SequentialFeatureSelector")
def _sequential(estimator, walk):
    """One fit for each fold and each feature that may come next; scores decide."""
    n_features = walk.need("n_features")
    n_rounds = _n_rounds(estimator, n_features)
    model = price_of_model(estimator.estimator, walk, n_features=None)
    folds, n_folds = price_of_folds(
        estimator.cv, walk, classifier=classifies(estimator)
    )
    scores = price_of_scores(estimator.scoring, walk, _INSTEAD)
    tried = sum(n_features - done for done in range(n_rounds))
    number = None if n_folds is None else tried * n_folds
    parts = [
        ("estimator", model.times(number)),
        ("cv", folds),
        ("scoring", scores.times(number)),
    ]
    return PrivacyCost.sum_of("SequentialFeatureSelector", parts)


def _n_fits(wanted, step, n_features):
    """Fits of a recursive elimination: one before each step, and a last one."""
    if wanted is None:
        wanted = n_features // 2
    elif not isinstance(wanted, Integral):
        wanted = floor(n_features * wanted)
    step = int(max(1, step * n_features)) if 0 < step < 1 else int(step)
    return -(-max(n_features - wanted, 0) // step) + 1


def _n_rounds(estimator, n_features):
    """Rounds of a sequential selection, at most: a tolerance may stop it early."""
    wanted = estimator.n_features_to_select
    if isinstance(wanted, str):
        return n_features - 1 if estimator.tol is not None else n_features // 2
    if not isinstance(wanted, Integral):
        wanted = floor(n_features * wanted)
    return wanted if estimator.direction == "forward" else n_features - wanted
