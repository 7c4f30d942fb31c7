"""Class labels that both parts of the rows agree on."""

from sklearn.base import clone, is_classifier

from skprivate.model_selection._groups import last_step
from skprivate.rows._labels import sorted_labels
from skprivate.rows._refusal import refused
from skprivate.rows._target import checked_target

_READ = "the class labels, read from y (give classes=... to avoid it)"


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
    step = last_step(estimator)
    if not _is_untold(step):
        return estimator, ()
    if paid.strict:
        paid.refuse(f"it assumes public {_READ}")
    labels = sorted_labels(checked_target(y, "class", type(step).__name__))
    name = "classes" if step is estimator else f"{estimator.steps[-1][0]}__classes"
    return clone(estimator).set_params(**{name: labels}), (_READ,)


def refuse_untold(estimator):
    """Refuse a classifier that reads labels from ``y``, where ``y`` is in a source."""
    if _is_untold(last_step(estimator)):
        raise refused(
            ValueError,
            "The labels of these rows are not known before they are read. List every "
            "label in classes=...",
        )


def _is_untold(step):
    return is_classifier(step) and getattr(step, "classes", ()) is None
