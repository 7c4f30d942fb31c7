"""One model for each class, or pair of classes."""

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._leaves import CLASSES_FROM_Y
from skprivate.composition._rules._models import price_of_model

CONSTANT = (
    "of several labels, one that no row has, or each, is published as a constant "
    "instead of a model"
)


@built_in("sklearn", "OneVsRestClassifier")
def _one_vs_rest(estimator, walk):
    """A model for each class, or one if there are two; one for each label.

    Of a class that was read from the target, there are rows with and without it. Not so
    of a label: one that no row has, or each, is published as a constant, without a fit.
    """
    n_labels = walk.known("n_outputs")
    if n_labels is not None and (n_labels > 1 or walk.known("n_classes") is None):
        remedy = "Use MultiOutputClassifier, around a classifier with classes=[0, 1]."
        constant = walk.leak(CONSTANT, remedy)
        return _models(estimator, walk, n_labels, (constant,))
    n_classes = walk.need("n_classes")
    return _models(estimator, walk, 1 if n_classes == 2 else n_classes)


@built_in("sklearn", "OneVsOneClassifier")
def _one_vs_one(estimator, walk):
    """All pairs. A row is in ``n_classes - 1`` of them, but a ledger sees all."""
    n_classes = walk.need("n_classes")
    return _models(estimator, walk, n_classes * (n_classes - 1) // 2)


@built_in("sklearn", "OutputCodeClassifier")
def _output_code(estimator, walk):
    """Random halves of the classes; a half that is all or nothing is not fitted.

    Which are, chance and the classes decide, which were read from the target.
    """
    return _models(estimator, walk, int(walk.need("n_classes") * estimator.code_size))


def _models(estimator, walk, number, leaks=()):
    model = price_of_model(estimator.estimator, walk, n_classes=2, n_outputs=1)
    return PrivacyCost.sum_of(
        type(estimator).__name__,
        [("estimator", model.times(number))],
        leaks=leaks,
        note=CLASSES_FROM_Y,
    )
