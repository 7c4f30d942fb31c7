"""The door of a compound object: what only a later step would refuse.

Each step has a door of its own. But that a later one refuses a target, after earlier
ones have released something, would depend on the rows; so targets are looked at first.
"""

import numpy as np
from sklearn.utils import get_tags

from skprivate.base import DPEstimator
from skprivate.pipeline._steps import does_nothing
from skprivate.rows import Rows
from skprivate.rows._labels import encode
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._target import checked_target

_WEIGHTED = "sample_weight"


def check_target(steps, X, y, params):
    """Refuse a target that one of the steps would refuse.

    Parameters
    ----------
    steps : list of tuple (name, step)
        Compound ones included.
    X, y : array-like
        What ``fit`` was given. A source of rows checks its target as it is read.
    params : dict
        Parameters of the steps, by name and by method.
    """
    if y is None or isinstance(X, Rows):
        return
    shape = sealed(lambda: np.asarray(y).shape, "y")
    if len(shape) != 1:
        return
    if hasattr(X, "shape") and X.shape[:1] != shape:
        raise refused(
            ValueError,
            "Found input variables with inconsistent numbers of samples: X and y must "
            "have the same number of rows.",
        )
    for name, step in steps:
        if hasattr(step, "_children"):
            check_target(step._children(), X, y, {})
        elif isinstance(step, DPEstimator):
            labels = checked_target(y, step._target_kind(), type(step).__name__)
            classes = getattr(step, "classes", None)
            given = [part.get(_WEIGHTED) for part in params.get(name, {}).values()]
            # A row of weight zero may have any label.
            if (
                step._target_kind() == "class"
                and classes is not None
                and not any(weight is not None for weight in given)
            ):
                encode(labels, classes)


def needs_finite_numbers(step):
    """Whether the rows that arrive at a step must be finite numbers already.

    Those that first meet an encoder or an imputer need not.
    """
    if hasattr(step, "steps"):
        working = [part for _, part in step.steps if not does_nothing(part)]
        return bool(working) and needs_finite_numbers(working[0])
    if not isinstance(step, DPEstimator):
        return False
    tags = get_tags(step).input_tags
    return not (tags.allow_nan or tags.string or tags.categorical)
