"""Methods of a compound object, whose messages hold no value of the data.

An estimator of skprivate has a door, which sees to that. A part that is not ours has
none: scikit-learn quotes text that it cannot read as a number, and rows of odd shape.
"""

from functools import wraps
from inspect import getattr_static

from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skprivate.pipeline._steps import does_nothing, spends
from skprivate.rows._arrow import framed
from skprivate.rows._refusal import sealed

_METHODS = (
    "transform",
    "inverse_transform",
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "score_samples",
    "score",
)
_UNREADABLE = (
    "One of the parts cannot read {name}. Pass rows with the columns and the types "
    "that it was fitted on, and no gaps where a part reads texts."
)


def with_sealed_methods(cls):
    """Class decorator: no method that takes rows quotes them in an error.

    **Guarantee.** An error that leaves such a method has neither a message from a part
    that is not of skprivate, unless it is known to hold nothing but names and widths,
    nor a cause or context.
    """
    for name in _METHODS:
        found = getattr_static(cls, name, None)
        if found is None:
            continue
        if hasattr(found, "check"):  # there only if a part has it
            method = available_if(found.check)(_sealed(found.fn))
        else:
            method = _sealed(found)
        setattr(cls, name, method)
    return cls


def _sealed(method):
    @wraps(method)
    def call(self, X, *args, **kwargs):
        X = framed(X)

        def work():
            return method(self, X, *args, **kwargs)

        if not _has_foreign_part(self):
            return work()
        if not hasattr(self, "privacy_"):  # parts may be stateless, and not say so
            check_is_fitted(self)  # its message is not about rows
        return sealed(work, unreadable=_UNREADABLE)

    return call


def _has_foreign_part(compound):
    """Whether some part is not of skprivate."""
    try:
        steps = [step for _, step in compound._children()]
    except (TypeError, ValueError):
        return False  # there is no part at all
    return not all(does_nothing(step) or spends(step) for step in steps)
