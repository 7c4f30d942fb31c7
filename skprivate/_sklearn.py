"""The only door to names of scikit-learn that are private or differ by version."""

from contextlib import nullcontext
from dataclasses import fields

from sklearn.base import _fit_context as fit_context
from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils._indexing import _get_column_indices as column_indices
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    Options,
    StrOptions,
)
from sklearn.utils._user_interface import _print_elapsed_time as print_elapsed_time

try:  # scikit-learn >= 1.9
    from sklearn.callback import CallbackSupportMixin
except ImportError:

    class CallbackSupportMixin:
        """Callbacks that never run: scikit-learn < 1.9 has none.

        There is deliberately no ``set_callbacks``: ``hasattr`` is the feature test.
        """

        def _init_callback_context(self, *args, **kwargs):
            return _NoCallbacks()


class _NoCallbacks:
    """The callback context of a scikit-learn that has no callbacks."""

    def subcontext(self, *args, **kwargs):
        return self

    def call_on_fit_task_begin(self, **kwargs):
        return self

    def call_on_fit_task_end(self, **kwargs):
        return False

    def propagate_callback_context(self, sub_estimator):
        return nullcontext()


def sampler_tags(tags):
    """Tags of a scikit-learn estimator as those of a sampler of imbalanced-learn."""
    from imblearn.utils._tags import InputTags, SamplerTags, Tags

    known = {field.name: getattr(tags, field.name) for field in fields(tags)}
    known["estimator_type"] = "sampler"
    known["target_tags"].required = True
    inputs = {f.name: getattr(tags.input_tags, f.name) for f in fields(tags.input_tags)}
    known["input_tags"] = InputTags(**{**inputs, "dataframe": True})
    return Tags(**known, sampler_tags=SamplerTags())


__all__ = [
    "CallbackSupportMixin",
    "HasMethods",
    "Interval",
    "Options",
    "StrOptions",
    "column_indices",
    "fit_context",
    "print_elapsed_time",
    "safe_indexing",
    "sampler_tags",
]
