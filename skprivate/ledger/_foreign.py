"""Code of others in objects of this package: what it does with rows, nobody here knows.

A subclass says in ``_fit(curator)`` what it learns, and may say what follows from that:
how to predict, to transform, to be shown. All else that runs while there are rows is to
be the code that was reviewed here.
"""

from inspect import isroutine

# What a subclass may define: it is given a curator or public facts, or runs after fits.
_HOOKS = {
    "_discovers", "_fit", "_more_tags", "_parameter_constraints", "_read_as",
    "_reads_columns", "_reads_features", "_takes_tables", "_target_kind",
    "__sklearn_tags__",
    "__init__", "__eq__", "__hash__", "__repr__", "__str__", "_repr_html_",
    "decision_function", "get_feature_names_out", "inverse_transform", "predict",
    "predict_log_proba", "predict_proba", "sample", "score", "score_samples",
    "transform",
    # facts about a class, which Python, abc and scikit-learn write into each
    "__abstractmethods__", "__annotations__", "__dict__", "__doc__", "__module__",
    "__parameters__", "__slots__", "__weakref__", "_abc_impl",
    "_sklearn_auto_wrap_output_keys",
}  # fmt: skip
_ASKED = {"__copy__", "__deepcopy__", "__getattr__", "__setstate__", "privacy_"}
_CONSTANTS = (type(None), bool, int, float, str, bytes, tuple, list, dict)
_PACKAGE = __name__.partition(".")[0]


def foreign_code(estimator):
    """Names of methods that are not those of this package, though it runs them.

    Parameters
    ----------
    estimator : object
        Of a subclass of something in this package; else only its own attributes are
        looked at.

    Returns
    -------
    tuple of str
    """
    names = [*overrides_of(type(estimator)), *shadows_of(estimator)]
    return tuple(dict.fromkeys(names))


def overrides_of(cls):
    """What a class from elsewhere defines in place of what this package defines."""
    mro = cls.__mro__
    known = {base for ours in mro if _is_ours(ours) for base in ours.__mro__}
    if not known:
        return
    for place, base in enumerate(mro):
        if base not in known and not _is_mixin(base):
            later = {name for other in mro[place + 1 :] for name in vars(other)}
            later.update(_parameters_of(cls))  # a property may say now this, now that
            for name, value in vars(base).items():
                if _is_asked(name, later) and not isinstance(value, _CONSTANTS):
                    yield name


def shadows_of(estimator):
    """Methods that an attribute of the object itself stands in front of."""
    cls = type(estimator)
    for name in getattr(estimator, "__dict__", ()):
        method = getattr(cls, name, None)
        if name not in _parameters_of(cls) and isroutine(method):
            yield name


def why_foreign(estimator, names):
    """What it means that there is such code, in words."""
    listed = ", ".join(names)
    return (
        f"{type(estimator).__name__} overrides {listed}, so it may read rows without a "
        "curator"
    )


def _parameters_of(cls):
    return getattr(cls, "_get_param_names", tuple)()


def _is_asked(name, later):
    if name in _HOOKS or (name.startswith("set_") and name.endswith("_request")):
        return False  # the latter scikit-learn writes into each class
    return name in later or name in _ASKED or name.startswith(("fit", "partial_fit"))


def _is_ours(base):
    return _package_of(base) == _PACKAGE


def _is_mixin(base):
    known = _package_of(base) in ("sklearn", "imblearn")
    return known and base.__name__.endswith("Mixin")


def _package_of(base):
    return str(base.__module__).partition(".")[0]
