"""Explainers of shap and lime: what they hold is published with every explanation.

An explainer keeps a model, and rows to compare with or statistics of them. Nothing of
that is fitted with noise. So the model has to be private, and the rows have to be those
of a background that may be shown, which the user names.
"""

from functools import partial
from types import MethodType

import numpy as np

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._fitted_before import fitted_before

_SHAP = (
    "AdditiveExplainer",
    "CoalitionExplainer",
    "DeepExplainer",
    "ExactExplainer",
    "Explainer",
    "GPUTreeExplainer",
    "GradientExplainer",
    "KernelExplainer",
    "LinearExplainer",
    "PartitionExplainer",
    "PermutationExplainer",
    "SamplingExplainer",
    "TreeExplainer",
)
_LIME = ("LimeImageExplainer", "LimeTabularExplainer", "LimeTextExplainer")
_PACKAGES = ("shap", "lime")
_KNOWN = (*_PACKAGES, "numba", "numpy", "skprivate")
_CODING = "skprivate.inspection."  # of background.asked: it keeps those rows
_DEEPEST = 8  # far below what these objects are nested
_ROUNDING = 1e-6  # relative, of means

_GIVE_BACKGROUND = (
    "Make it with the rows of a DPBackground, or of a PublicBackground, and pass that "
    "as background=..., too."
)
_GIVE_MODEL = (
    "Give it a model that was fitted privately, as model.predict_proba or "
    "background.asked(model.predict_proba)."
)


def is_explainer(thing):
    """Whether it is an explainer that there is a rule for."""
    package = type(thing).__module__.partition(".")[0]
    return type(thing).__name__ in {"shap": _SHAP, "lime": _LIME}.get(package, ())


def models_in(explainer):
    """What it explains: estimators, and functions of which no more is known.

    Returns
    -------
    list of object
        Each once.
    """
    found = {}
    for value in _held(explainer):
        if isinstance(value, MethodType):
            value = value.__self__
        if hasattr(value, "get_params") or _is_function(value):
            found[id(value)] = value
    return list(found.values())


@built_in("shap", *_SHAP)
def _shap(explainer, walk):
    """The model, and all rows that it keeps."""
    leaks = list(_leaks_of_models(explainer, walk))
    tables = [value for value in _held(explainer) if _is_table(value)]
    known = walk.known("background")
    if tables and known is None:
        leaks.append(walk.leak(_whose("rows"), _GIVE_BACKGROUND))
    elif not all(known.holds(table) for table in tables):
        leaks.append(walk.leak(_others("rows"), _GIVE_BACKGROUND))
    return _price(explainer, leaks)


@built_in("lime", *_LIME)
def _lime(explainer, walk):
    """Means, quartiles and shares of rows; the model is told for each explanation."""
    leaks, known = [], walk.known("background")
    if type(explainer).__name__ == "LimeTabularExplainer":
        if known is None:
            leaks.append(walk.leak(_whose("statistics of rows"), _GIVE_BACKGROUND))
        elif not _is_of(explainer, known):
            leaks.append(walk.leak(_others("statistics of rows"), _GIVE_BACKGROUND))
    return _price(explainer, leaks)


def _leaks_of_models(explainer, walk):
    """What gets out with a model that is not private, or is not known."""
    models = models_in(explainer)
    if not models:
        yield walk.leak("the model that it explains is not in it", _GIVE_MODEL)
    for model in models:
        if hasattr(model, "get_params"):
            yield from fitted_before(model, walk, "model").leaks
        else:
            what = "it explains a function, which may know anything"
            yield walk.leak(what, _GIVE_MODEL)


def _price(explainer, leaks):
    note = "explains what was fitted before: its price then is not in here"
    name = type(explainer).__name__
    return PrivacyCost(name, leaks=tuple(dict.fromkeys(leaks)), note=note)


def _whose(what):
    return f"it holds {what}, and nobody says whose"


def _others(what):
    return f"it holds {what} that are not those of the background"


def _held(explainer):
    """All that is in an explainer, but not what is in its models and tables."""
    waiting, seen = [(explainer, 0)], set()
    while waiting:
        value, depth = waiting.pop()
        if id(value) in seen or depth > _DEEPEST:
            continue
        seen.add(id(value))
        yield value
        waiting += [(part, depth + 1) for part in _parts(value)]


def _parts(value):
    """What to look into: objects of these packages, lists, and bound arguments."""
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, type):
        return []
    home = type(value).__module__
    if home.partition(".")[0] in _PACKAGES or home.startswith(_CODING):
        return list(getattr(value, "__dict__", {}).values())
    return []


def _is_function(value):
    """A function that somebody wrote, of none of the packages that are known here."""
    package = getattr(value, "__module__", None) or ""
    return (
        callable(value)
        and hasattr(value, "__code__")
        and package.partition(".")[0] not in _KNOWN
    )


def _is_table(value):
    """Whether it may be rows: any numbers of two or more dimensions."""
    ndim = getattr(value, "ndim", 0)
    return isinstance(ndim, int) and ndim >= 2


def _is_of(explainer, background):
    """Whether statistics that lime keeps are those of the rows of a background."""
    codes = background.to_lime()["categorical_features"]
    rows = background.numbers_
    try:
        return all(
            _shares_agree(explainer, column, j)
            if j in codes
            else _means_agree(explainer, column, j)
            for j, column in enumerate(rows.T)
        )
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False  # of a version that keeps other things, or of other columns


def _means_agree(explainer, column, j):
    """Whether the mean of a column, of its bins if it has some, is that of the rows."""
    size = _ROUNDING * max(np.abs(column).max(), 1e-300)
    bins = getattr(explainer.discretizer, "means", {})
    if j not in bins:
        return abs(explainer.scaler.mean_[j] - column.mean()) <= size
    places = np.asarray(explainer.feature_values[j], dtype=int)
    shares = np.ravel(explainer.feature_frequencies[j])
    mean = float(np.dot(np.asarray(bins[j])[places], shares))
    ends = explainer.discretizer.mins[j][0], explainer.discretizer.maxs[j][-1]
    known = column.mean(), column.min(), column.max()
    return all(abs(a - b) <= size for a, b in zip((mean, *ends), known, strict=True))


def _shares_agree(explainer, column, j):
    """Whether the shares of the values of a column of codes are those of the rows."""
    values, counts = np.unique(column, return_counts=True)
    held = np.ravel(explainer.feature_values[j])
    order = np.argsort(held)
    shares = np.ravel(explainer.feature_frequencies[j])[order]
    same = np.array_equal(held[order], values)
    return same and bool(np.allclose(shares, counts / len(column), atol=_ROUNDING))
