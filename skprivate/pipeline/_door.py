"""The door of a compound object: what only a later step would refuse.

Each step has a door of its own. But that a later one refuses a target, or a missing
value, after earlier ones have released something, would depend on the rows; so targets
are looked at first, and rows before steps that let missing values pass.
"""

import numpy as np
from sklearn.utils import get_tags

from skprivate.base import DPEstimator
from skprivate.composition import DATA_INDEPENDENT
from skprivate.pipeline._labels import kind_of_target
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
            kind = kind_of_target(step, y, steps[-1][1])
            labels = checked_target(y, kind, type(step).__name__)
            classes = getattr(step, "classes", None)
            given = [part.get(_WEIGHTED) for part in params.get(name, {}).values()]
            # A row of weight zero may have any label.
            if (
                kind == "class"
                and classes is not None
                and not any(weight is not None for weight in given)
            ):
                encode(labels, classes)


def needs_finite_numbers(step):
    """Whether the rows that arrive at a step must be finite numbers already.

    Those that first meet an encoder or an imputer need not.
    """
    if hasattr(step, "steps"):
        return _meet_need([part for _, part in step.steps])
    if hasattr(step, "transformer_list"):
        return any(needs_finite_numbers(part) for _, part in step.transformer_list)
    known = isinstance(step, DPEstimator) or type(step).__name__ in DATA_INDEPENDENT
    if not known or get_tags(step).no_validation:
        return False  # what others write may fill gaps
    tags = get_tags(step).input_tags
    numbers = tags.two_d_array and not (tags.string or tags.categorical)
    return numbers and not tags.allow_nan


def _meet_need(steps):
    """Whether missing values come to a step that must have finite numbers."""
    for step in steps:
        if needs_finite_numbers(step):
            return True
        if not keeps_missing(step):
            return False
    return False


def keeps_missing(step):
    """Whether what is missing before a step is missing after it, and that is all."""
    if hasattr(step, "steps"):
        return all(keeps_missing(part) for _, part in step.steps)
    if hasattr(step, "transformer_list"):
        return any(keeps_missing(part) for _, part in step.transformer_list)
    return does_nothing(step) or getattr(step, "_keeps_missing", False)
