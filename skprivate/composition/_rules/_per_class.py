"""One model for each class, or pair of classes."""

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._leaves import CLASSES_FROM_Y
from skprivate.composition._rules._models import price_of_model

# A constant target is not fitted: its constant is published instead.
_BOTH_SIDES = "assumed: there are rows with and without each of them"


@built_in("sklearn", "OneVsRestClassifier")
def _one_vs_rest(estimator, walk):
    """A model for each class, or one if there are two; one for each label."""
    if walk.known("n_classes") is None and walk.known("n_outputs") is not None:
        number = walk.known("n_outputs")
    else:
        n_classes = walk.need("n_classes")
        number = 1 if n_classes == 2 else n_classes
    return _models(estimator, walk, number)


@built_in("sklearn", "OneVsOneClassifier")
def _one_vs_one(estimator, walk):
    """All pairs. A row is in ``n_classes - 1`` of them, but a ledger sees all."""
    n_classes = walk.need("n_classes")
    return _models(estimator, walk, n_classes * (n_classes - 1) // 2)


@built_in("sklearn", "OutputCodeClassifier")
def _output_code(estimator, walk):
    """Random halves of the classes; a half that is all or nothing is not fitted."""
    return _models(estimator, walk, int(walk.need("n_classes") * estimator.code_size))


def _models(estimator, walk, number):
    model = price_of_model(estimator.estimator, walk, n_classes=2, n_outputs=1)
    return PrivacyCost.sum_of(
        type(estimator).__name__,
        [("estimator", model.times(number))],
        note=f"{CLASSES_FROM_Y}; {_BOTH_SIDES}",
    )
