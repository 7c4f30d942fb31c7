"""The only door to names of scikit-learn that are private or differ by version."""

from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from dataclasses import fields
from typing import Any, TypeVar

from sklearn import config_context
from sklearn.base import _fit_context
from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils._indexing import _get_column_indices as column_indices
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    Options,
    StrOptions,
)
from sklearn.utils._set_output import _get_output_config as output_config
from sklearn.utils._user_interface import _print_elapsed_time as print_elapsed_time
from sklearn.utils.validation import _check_feature_names_in as feature_names_in

try:  # scikit-learn >= 1.9
    from sklearn.callback import CallbackSupportMixin
except ImportError:

    class CallbackSupportMixin:
        """Callbacks that never run: scikit-learn < 1.9 has none.

        There is deliberately no ``set_callbacks``: ``hasattr`` is the feature test.
        """

        def _init_callback_context(self, *args, **kwargs):
            return _NoCallbacks()


_Method = TypeVar("_Method", bound=Callable[..., Any])
# A method keeps its hints: those of scikit-learn have none.
fit_context: Callable[..., Callable[[_Method], _Method]] = _fit_context

_OUTPUT = "_sklearn_output_config"


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


@contextmanager
def plain_output(estimator):
    """A block in which an estimator returns what it makes, in no container of choice.

    Yields
    ------
    str
        The container that it has of its own, or of the configuration, elsewhere.
    """
    wanted, mine = output_config("transform", estimator)["dense"], vars(estimator)
    own = mine.pop(_OUTPUT, None)
    try:
        with config_context(transform_output="default"):
            yield wanted
    finally:
        if own is not None:
            mine[_OUTPUT] = own


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
    "feature_names_in",
    "fit_context",
    "plain_output",
    "print_elapsed_time",
    "safe_indexing",
    "sampler_tags",
]
