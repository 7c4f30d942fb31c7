"""Which rule prices which class."""

from collections.abc import Callable
from typing import Any

_RULES = {}
# (package, class name) -> rule. By name, so that nothing of scikit-learn is imported
# that the user has not imported, and names that one version lacks do no harm.
_BUILT_IN = {}


def register_privacy_rule(*classes: type[Any]) -> Callable[..., Any]:
    """Say what a fit of a class costs; a decorator.

    The rule holds for subclasses as well, unless they have a nearer one. Without a
    rule a class is not private: a new transformer of anybody else is a leak until
    its author has said what it learns.

    Parameters
    ----------
    *classes : type
        The classes that the rule is about.

    Returns
    -------
    callable
        Decorator of a function ``rule(estimator, walk)`` that returns a
        :class:`PrivacyCost`. ``walk(child, label)`` prices a part, ``walk.leak(what,
        remedy)`` makes a leak at this place, and ``walk.need("n_classes")`` is a fact
        that the user is asked for if it is missing.

    Examples
    --------
    >>> from sklearn.base import BaseEstimator
    >>> from skprivate.composition import PrivacyCost, register_privacy_rule
    >>> class Twice(BaseEstimator):  # fits the same model two times
    ...     def __init__(self, model):
    ...         self.model = model
    ...
    ...     def fit(self, X, y=None): ...
    >>> @register_privacy_rule(Twice)
    ... def twice(estimator, walk):
    ...     model = walk(estimator.model, "model")
    ...     return PrivacyCost.sum_of("Twice", [("model", model.times(2))])
    >>> from skprivate import privacy_cost
    >>> from skprivate.linear_model import DPRidge
    >>> privacy_cost(Twice(DPRidge())).fits
    2
    """
    if not classes or not all(isinstance(cls, type) for cls in classes):
        raise TypeError(
            "register_privacy_rule needs classes; write "
            "@register_privacy_rule(MyEstimator) above the rule."
        )

    def register(rule):
        if not callable(rule):
            raise TypeError("a privacy rule is a function rule(estimator, walk).")
        _RULES.update(dict.fromkeys(classes, rule))
        return rule

    return register


def built_in(package, *names):
    """Register a rule for classes of a package, by name, and not for subclasses.

    A subclass may override what is fitted, and then the rule would be wrong in
    silence; its author can register it.
    """

    def register(rule):
        _BUILT_IN.update({(package, name): rule for name in names})
        return rule

    return register


def rule_of(cls):
    """The nearest rule of a class, or None.

    Of each class in the order of resolution: one that was registered, and then its
    own method ``_privacy_cost(walk)``, which classes of skprivate have.
    """
    for base in cls.__mro__:
        if base in _RULES:
            return _RULES[base]
        if "_privacy_cost" in vars(base):
            return base._privacy_cost
        if base is cls and _key(cls) in _BUILT_IN:
            return _BUILT_IN[_key(cls)]
    return None


def is_vouched(rule):
    """Whether a rule is from elsewhere: its author knows what the class does."""
    return rule is not None and rule.__module__.partition(".")[0] != "skprivate"


def _key(cls):
    return cls.__module__.partition(".")[0], cls.__name__
