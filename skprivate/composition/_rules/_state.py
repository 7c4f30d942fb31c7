"""What an estimator has learned, beside its parameters."""

import numpy as np
from sklearn.base import clone

from skprivate.base._bits import bits_of

# What every fit may keep: public facts, and how scikit-learn was told to behave.
_PUBLIC = {"feature_names_in_", "n_features_in_", "_fit_dtype"}
_SETTINGS = ("_sklearn_", "_skl_", "_metadata_request", "_skprivate_")
# Of scikit-learn: what they learn lies in their parts, or is the list of class labels.
_CONTAINERS = {
    "FeatureUnion",
    "FixedThresholdClassifier",
    "FrozenEstimator",
    "MultiOutputClassifier",
    "MultiOutputRegressor",
    "OneVsOneClassifier",
    "OneVsRestClassifier",
    "Pipeline",
    "TransformedTargetRegressor",
    "VotingClassifier",
    "VotingRegressor",
}
_LABELS = {"LabelBinarizer", "LabelEncoder"}


def learned(estimator):
    """Attributes that are no parameters, by name."""
    parameters = getattr(estimator, "_get_param_names", tuple)()
    return {
        name: value
        for name, value in getattr(estimator, "__dict__", {}).items()
        if name not in parameters
        and name not in _PUBLIC
        and not name.startswith(_SETTINGS)
    }


def is_fitted(estimator):
    """Whether it holds anything that only a fit sets."""
    return bool(learned(estimator))


def estimators_inside(estimator):
    """The estimator, and all that it holds in attributes, fitted or not, at any depth.

    Returns
    -------
    list of object
        Each once.
    """
    found, waiting = {}, [estimator]
    while waiting:
        part = waiting.pop()
        if id(part) not in found:
            found[id(part)] = part
            held = getattr(part, "__dict__", {})
            waiting += [inner for _, inner in _estimators_in(held.items())]
    return list(found.values())


def parts_of_container(estimator):
    """Pairs of name and part of what learns nothing itself; None if it may.

    Fitted parts lie in attributes, or where there are none, in parameters.
    """
    root = type(estimator).__module__.partition(".")[0]
    if type(estimator).__name__ not in _CONTAINERS or root not in _PACKAGES:
        return None
    held = learned(estimator) or estimator.get_params(deep=False)
    return [(name.strip("_"), part) for name, part in _estimators_in(held.items())]


def follows_from_parameters(estimator):
    """Whether a fit on rows that are made up here learns the same, to the last bit.

    Then what it has learned is a function of parameters, and of the number and types of
    columns, whatever rows it was fitted to.
    """
    found = bits_of(learned(estimator))
    for rows in _made_up_rows(estimator):
        try:
            again = clone(estimator).fit(rows)
        except Exception:  # such rows do not suit it; others may
            continue
        if bits_of(learned(again)) == found:
            return True
    return False


def _made_up_rows(estimator):
    yield np.zeros((2, getattr(estimator, "n_features_in_", 1)))
    yield [""]
    listed = getattr(estimator, "categories_", None)
    if isinstance(listed, list) and all(len(values) for values in listed):
        first = [values[:1] for values in listed]
        yield np.concatenate(first).reshape(1, -1)


def _estimators_in(items):
    """Pairs of name and estimator in the values, and in lists and dicts among them."""
    for name, value in items:
        if isinstance(value, dict):
            yield from _estimators_in(value.items())
        elif isinstance(value, (list, tuple)):
            yield from _estimators_in(_named(name, value))
        elif hasattr(value, "get_params") and type(value).__name__ not in _LABELS:
            yield name, value


def _named(name, values):
    """Entries of a list; those of a step (name, estimator, ...) go by its name."""
    if values and isinstance(values[0], str):
        return [(values[0], value) for value in values[1:]]
    return [(f"{name}{number}", value) for number, value in enumerate(values)]


_PACKAGES = ("sklearn", "imblearn")
