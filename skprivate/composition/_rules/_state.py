"""What an estimator has learned, beside its parameters."""

import warnings
from numbers import Integral

import numpy as np
from sklearn.base import clone

from skprivate.base import DPEstimator
from skprivate.base._bits import bits_of
from skprivate.composition._registry import is_vouched, rule_of
from skprivate.composition._rules._data_independent import DATA_INDEPENDENT

# What every fit may keep: public facts, and how scikit-learn was told to behave. The
# last is where a vectorizer that reads texts had its parameter in memory.
_PUBLIC = {"feature_names_in_", "n_features_in_", "_fit_dtype", "_stop_words_id"}
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
_CONSTANT = (
    "_ConstantPredictor"  # follows from labels too, or the rule of the whole says
)


def learned(estimator):
    """Attributes that are no parameters, by name."""
    parameters = getattr(estimator, "_get_param_names", tuple)()
    return {
        name: value
        for name, value in getattr(estimator, "__dict__", {}).items()
        if name not in parameters
        and value is not None  # as constructors of scikit-learn's trees leave behind
        and name not in _PUBLIC
        and not name.startswith(_SETTINGS)
    }


def is_fitted(estimator):
    """Whether it holds anything that only a fit sets."""
    return bool(learned(estimator))


def estimators_inside(estimator, into=lambda part: True):
    """The estimator, and all that it holds in attributes, fitted or not, at any depth.

    But not what a class says that it makes of released answers and public rows alone:
    attributes in ``_made_of_answers``.

    Parameters
    ----------
    estimator : object
    into : callable, default=all
        Whether to look into a part.

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
            held = getattr(part, "__dict__", {}) if into(part) else {}
            answers = getattr(type(part), "_made_of_answers", ())
            held = {name: v for name, v in held.items() if name not in answers}
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


def read_off(estimator):
    """Parts, or the estimator itself, that may have learned exact facts about rows.

    What a private estimator holds, it has made of answers; and the author of a privacy
    rule knows what is inside.
    """

    def is_known(part):
        rule = rule_of(type(part))
        return isinstance(part, DPEstimator) or is_vouched(rule)

    if not hasattr(estimator, "get_params"):
        return []
    inside = estimators_inside(estimator, into=lambda part: not is_known(part))
    return [part for part in inside if not is_known(part) and is_read_off(part)]


def is_read_off(estimator):
    """Whether what it has learned, itself, may have been read off rows.

    True of a class without a privacy rule, and of one that learns nothing, where what
    it holds does not follow from its parameters as they are now.
    """
    name, rule = type(estimator).__name__, rule_of(type(estimator))
    if not is_fitted(estimator) or is_vouched(rule):
        return False
    if name in DATA_INDEPENDENT:
        return not _follows_from_parameters(estimator)
    return rule is None and name not in {*_LABELS, _CONSTANT}


def _follows_from_parameters(estimator):
    """Whether a fit on rows that are made up here learns the same, to the last bit.

    Then what it has learned is a function of parameters, and of the number and types of
    columns, whatever rows it was fitted to. Of random weights without a seed, which
    chance alone decides, the shapes are compared.
    """
    found = _bits_learned(estimator)
    for rows in _made_up_rows(estimator):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                again = clone(estimator).fit(rows)
        except Exception:  # such rows do not suit it; others may
            continue
        if _bits_learned(again) == found:
            return True
    return False


def _bits_learned(estimator):
    values = learned(estimator)
    if not isinstance(getattr(estimator, "random_state", 0), Integral):
        for name, value in values.items():
            if hasattr(value, "shape"):
                values[name] = type(value), value.shape, value.dtype
            elif isinstance(value, (list, tuple)):
                values[name] = len(value)
    return bits_of(values)


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
