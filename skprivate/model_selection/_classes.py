"""Class labels that both parts of the rows agree on."""

from sklearn.base import clone, is_classifier

from skprivate.pipeline._labels import place_of_classes
from skprivate.rows._labels import sorted_labels
from skprivate.rows._refusal import refused
from skprivate.rows._target import checked_target

READ = "the class labels, read from y (give classes=... to avoid it)"


def with_classes(estimator, y, paid):
    """The estimator, told the classes of all rows if it was not told any.

    One part of the rows may lack a rare class, which the other part has: a model would
    then be asked about a label that it cannot know.

    Parameters
    ----------
    estimator : estimator
    y : array-like or None
    paid : Charge
        A strict ledger refuses labels that are read from rows.

    Returns
    -------
    estimator : estimator
    assumed : tuple of str
        What was taken as public.
    """
    name, step = place_of_classes(estimator)
    if name is None or not _is_untold(step):
        return estimator, ()
    if paid.strict:
        paid.refuse(f"it assumes public {READ}")
    labels = sorted_labels(checked_target(y, "class", type(step).__name__))
    return clone(estimator).set_params(**{name: labels}), (READ,)


def refuse_untold(estimator):
    """Refuse a classifier that reads labels from ``y``, where ``y`` is in a source."""
    if _is_untold(place_of_classes(estimator)[1]):
        raise refused(
            ValueError,
            "The labels of these rows are not known before they are read. List every "
            "label in classes=...",
        )


def _is_untold(step):
    return step is not None and is_classifier(step) and step.classes is None
