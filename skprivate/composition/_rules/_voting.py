"""Models side by side on the same rows: prices add up."""

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._fitted_before import fitted_before
from skprivate.composition._rules._folds import price_of_folds
from skprivate.composition._rules._leaves import CLASSES_FROM_Y
from skprivate.composition._rules._models import price_of_model
from skprivate.composition._rules._pipelines import pairs


@built_in("sklearn", "VotingClassifier", "VotingRegressor")
def _voting(estimator, walk):
    listed = pairs(estimator.estimators, 2, walk)
    return PrivacyCost.sum_of(
        type(estimator).__name__,
        [(label, walk(model, label)) for label, model in listed],
        note=_note(estimator),
    )


@built_in("sklearn", "StackingClassifier", "StackingRegressor")
def _stacking(estimator, walk):
    """Each model is fitted once on all rows, and once in each fold.

    The last model sees, for each row, what models of other folds predict for it: they
    are private, so for each row this depends on that row and on releases.
    """
    name = type(estimator).__name__
    listed = pairs(estimator.estimators, 2, walk)
    prefit = isinstance(estimator.cv, str) and estimator.cv == "prefit"
    parts, leaks = [], ()
    if prefit:
        parts += [(label, fitted_before(model, walk, label)) for label, model in listed]
    else:
        classifier = name == "StackingClassifier"
        folds, n_folds = price_of_folds(estimator.cv, walk, classifier=classifier)
        number = None if n_folds is None else n_folds + 1
        parts += [(label, walk(model, label).times(number)) for label, model in listed]
        parts.append(("cv", folds))
        leaks = tuple(_seeded_folds(estimator.cv, walk))
    default = "LogisticRegression" if name == "StackingClassifier" else "RidgeCV"
    final = price_of_model(
        estimator.final_estimator, walk, "final_estimator", default, n_features=None
    )
    return PrivacyCost.sum_of(
        name,
        [*parts, ("final_estimator", final)],
        leaks=leaks,
        note=_note(estimator),
    )


def _seeded_folds(cv, walk):
    """Stacking seeds a splitter that can be seeded, and keeps it."""
    if getattr(cv, "random_state", 0) is None:
        yield walk.leak(
            "stacking gives the splitter a random_state, which is kept with it",
            "Use a splitter that has no random_state.",
        )


def _note(estimator):
    classifier = type(estimator).__name__.endswith("Classifier")
    return CLASSES_FROM_Y if classifier else ""
