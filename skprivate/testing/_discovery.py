"""Find every estimator of the package."""

import inspect
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, Literal

from sklearn.base import BaseEstimator
from sklearn.utils import get_tags

from skprivate.base import DPEstimator, PublicMapMixin

# What sees rows or models as they are is no part of anything private.
_AS_THEY_ARE = {"anonymity", "audit", "robustness", "security"}


def all_estimators(
    kind: Literal["private", "stateless", "map", "other", None] = "private",
) -> list[tuple[str, Any]]:
    """Every public, concrete estimator of skprivate.

    Parameters
    ----------
    kind : {"private", "stateless", "map", "other", None}, default="private"
        ``"private"``: those that spend a budget in ``fit``. ``"stateless"``: those that
        learn nothing and say so by the tag ``requires_fit=False``. ``"map"``: those of
        them that read items, such as texts, and no table. ``"other"``: the rest, made
        of other estimators. None: all.

    Returns
    -------
    list of tuple (name, class)
        Sorted by name.

    Examples
    --------
    >>> from skprivate.testing import all_estimators
    >>> "DPStandardScaler" in dict(all_estimators())
    True
    >>> "RowNormClipper" in dict(all_estimators("stateless"))
    True
    """
    if kind not in ("private", "stateless", "map", "other", None):
        raise ValueError("kind must be 'private', 'stateless', 'map', 'other' or None.")
    found = {}
    for module in _public_modules():
        for name in getattr(module, "__all__", ()):
            cls = getattr(module, name)
            if _is_concrete(cls) and kind in (None, _kind_of(cls)):
                found[name] = cls
    return sorted(found.items())


def _public_modules():
    """Modules of skprivate that are public, and may hold what is private."""
    root = import_module("skprivate")
    for info in walk_packages(root.__path__, "skprivate."):
        parts = info.name.split(".")
        if parts[1] in _AS_THEY_ARE or any(part.startswith("_") for part in parts):
            continue
        yield import_module(info.name)


def _is_concrete(cls):
    """Whether ``cls`` is an estimator, and no base class."""
    if not (inspect.isclass(cls) and issubclass(cls, BaseEstimator)):
        return False
    return not (issubclass(cls, DPEstimator) and cls._fit is DPEstimator._fit)


def _kind_of(cls):
    """What sort of estimator a class is."""
    if issubclass(cls, DPEstimator):
        return "private"
    if issubclass(cls, PublicMapMixin):
        return "map"
    if _needs_arguments(cls):
        return "other"
    return "other" if get_tags(cls()).requires_fit else "stateless"


def _needs_arguments(cls):
    """Whether an instance cannot be made from defaults."""
    parameters = inspect.signature(cls).parameters.values()
    return any(
        p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        for p in parameters
    )
