"""What cards of models ask beside privacy: the task, and measured numbers."""

import math
from numbers import Real

from sklearn.base import is_classifier, is_clusterer, is_regressor


def task_of(fitted):
    """What a model is for, in a word; None where it does not say."""
    if not hasattr(fitted, "get_params"):
        return None
    if is_classifier(fitted):
        return "classification"
    if is_regressor(fitted):
        return "regression"
    return "clustering" if is_clusterer(fitted) else None


def numbers_of_metrics(metrics):
    """Names, values and ends of intervals (or None) of what was measured.

    Raises
    ------
    TypeError, ValueError
        If that is no dict of finite numbers.
    """
    if metrics is None:
        return
    if not isinstance(metrics, dict):
        raise TypeError("metrics must be a dict. Give names and private scores.")
    for name, score in metrics.items():
        if not isinstance(name, str) or not name.strip():
            raise TypeError("metrics has a name that is no text. Rename it.")
        interval = getattr(score, "interval", None)
        number = isinstance(score, Real) or hasattr(score, "__float__")
        if isinstance(score, bool) or not number:
            raise TypeError(f"The metric {name!r} is no number. Give a private score.")
        value = float(score)
        low, high = (None, None) if interval is None else map(float, interval)
        if not math.isfinite(value):
            raise ValueError(f"The metric {name!r} is not finite. Leave it out.")
        yield name, value, low, high
