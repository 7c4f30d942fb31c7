"""One model for each column of the target."""

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._folds import price_of_folds
from skprivate.composition._rules._leaves import CLASSES_FROM_Y
from skprivate.composition._rules._models import price_of_model


@built_in("sklearn", "MultiOutputClassifier", "MultiOutputRegressor")
def _multi_output(estimator, walk):
    number = walk.need("n_outputs")
    model = price_of_model(estimator.estimator, walk, n_outputs=1)
    parts = [("estimator", model.times(number))]
    return PrivacyCost.sum_of(type(estimator).__name__, parts, note=_note(estimator))


@built_in("sklearn", "ClassifierChain", "RegressorChain")
def _chain(estimator, walk):
    """With folds, all models but the last are fitted in each fold as well."""
    number = walk.need("n_outputs")
    # Each model sees one more column than the one before.
    n_features = walk.known("n_features") if number == 1 else None
    model = price_of_model(
        _model_of(estimator), walk, n_outputs=1, n_features=n_features
    )
    parts = []
    if estimator.cv is not None:
        classifier = type(estimator).__name__ == "ClassifierChain"
        folds, n_folds = price_of_folds(estimator.cv, walk, classifier=classifier)
        parts.append(("cv", folds))
        number = None if n_folds is None else number + (number - 1) * n_folds
    parts.insert(0, ("estimator", model.times(number)))
    return PrivacyCost.sum_of(type(estimator).__name__, parts, note=_note(estimator))


def _model_of(chain):
    """The model: scikit-learn renamed the parameter in 1.7."""
    old = getattr(chain, "base_estimator", "deprecated")
    if old is None or isinstance(old, str):
        return chain.estimator
    return old


def _note(estimator):
    classifier = type(estimator).__name__.startswith(("Classifier", "MultiOutputC"))
    return CLASSES_FROM_Y if classifier else ""
