"""The walk over an unfitted tree of estimators."""

from dataclasses import replace
from numbers import Integral
from typing import Any, Literal

from skprivate.composition._callbacks import leaks_to_callbacks
from skprivate.composition._cost import Leak, PrivacyCost
from skprivate.composition._registry import is_vouched, rule_of
from skprivate.composition._rules import price_of_unknown
from skprivate.ledger._foreign import foreign_code, shadows_of, why_foreign

_DEEPEST = 50  # far below what Python's stack allows, far above any real pipeline
_NOTHING = ("passthrough", "drop")
_SMALLEST = {"n_classes": 2, "n_outputs": 1, "n_features": 1}


class NotPrivateError(ValueError):
    """Something in the tree leaks.

    Parameters
    ----------
    cost : PrivacyCost
        What was found; its ``leaks`` say where, what, and what to do.
    """

    def __init__(self, cost: PrivacyCost) -> None:
        super().__init__(cost)
        self.cost = cost
        self.leaks = cost.leaks

    def __str__(self):
        number = len(self.leaks)
        head = f"{self.cost.name} is not private ({number} leak{'s'[: number > 1]}):"
        return "\n".join([head, *(f"- {leak}" for leak in self.leaks)])


class Walk:
    """A place in the tree, and what is known about the rows to come.

    Rules are called with the estimator and the walk that arrived there.

    Parameters
    ----------
    facts : dict
        The public facts ``n_classes``, ``n_outputs`` and ``n_features``; None if they
        are not known here.
    labels : tuple of str, default=()
        The way from the root.
    above : tuple, default=()
        The estimators on that way.
    given : frozenset of str, default=frozenset()
        The facts that are known at the root.

    Examples
    --------
    >>> from skprivate.composition import Walk
    >>> from skprivate.linear_model import DPRidge
    >>> walk = Walk({"n_features": 5})
    >>> walk.need("n_features"), walk(DPRidge(), "model").fits
    (5, 1)
    """

    def __init__(
        self,
        facts: dict[Any, Any],
        labels: tuple[str, ...] = (),
        above: tuple[Any, ...] = (),
        given: frozenset[str] = frozenset(),
    ) -> None:
        self._facts = facts
        self._labels = labels
        self._above = above
        self._given = given

    def __call__(self, child: Any, label: str, **facts: Any) -> PrivacyCost:
        """Price a part.

        Parameters
        ----------
        child : object
            An estimator, or another thing that has a rule: a splitter, a scorer.
        label : str
            What its parent calls it.
        **facts : int or None
            Facts that are different for this part.

        Returns
        -------
        PrivacyCost
        """
        return self.below(child, label, **facts)._price()

    def below(self, child: Any, label: str, **facts: Any) -> "Walk":
        """The place of a part.

        Parameters
        ----------
        child : object
            The part.
        label : str
            What its parent calls it.
        **facts : int or None
            Facts that are different for this part.

        Returns
        -------
        Walk
        """
        return Walk(
            {**self._facts, **facts},
            (*self._labels, str(label)),
            (*self._above, child),
            self._given,
        )

    @property
    def path(self) -> Any:
        """The way from the root, such as ``"clf > estimator"``."""
        if self._labels:
            return " > ".join(self._labels)
        return type(self._above[-1]).__name__ if self._above else "here"

    def leak(self, what: str, remedy: str) -> Leak:
        """A leak at this place.

        Parameters
        ----------
        what : str
            What gets out, without a full stop.
        remedy : str
            A sentence that says what to do.

        Returns
        -------
        Leak
        """
        return Leak(self.path, what, remedy)

    def known(
        self, name: Literal["n_classes", "n_outputs", "n_features"]
    ) -> int | None:
        """A fact, or None.

        Parameters
        ----------
        name : {"n_classes", "n_outputs", "n_features"}
            Which.

        Returns
        -------
        int or None
        """
        return self._facts.get(name)

    def need(self, name: Literal["n_classes", "n_outputs", "n_features"]) -> int:
        """A fact without which there is no price.

        Parameters
        ----------
        name : {"n_classes", "n_outputs", "n_features"}
            Which.

        Returns
        -------
        int
        """
        value = self._facts.get(name)
        if value is not None:
            return value
        if name in self._given:
            raise ValueError(
                f"The number of fits at {self.path!r} depends on {name}, which may "
                "have changed on the way there. Price that part alone, with the "
                f"{name} that reaches it."
            )
        raise ValueError(
            f"The number of fits at {self.path!r} depends on {name}. Pass {name}=... "
            "to privacy_cost or check_private."
        )

    def _price(self):
        child = self._above[-1]
        if child is None or (isinstance(child, str) and child in _NOTHING):
            return PrivacyCost(child or "nothing", note="nothing is fitted")
        leak = self._impossible(child)
        if leak is not None:
            return PrivacyCost(_name_of(child), leaks=(leak,))
        rule = rule_of(type(child))
        if rule is None:
            return price_of_unknown(child, self)
        foreign = self.leaks_to_code(child)
        if foreign:  # the rule itself might be misled
            return PrivacyCost(_name_of(child), leaks=tuple(foreign))
        cost = self._by_rule(rule, child)
        watched = [self.leak(*leak) for leak in leaks_to_callbacks(child)]
        return replace(cost, leaks=(*watched, *cost.leaks)) if watched else cost

    def leaks_to_code(self, child: Any) -> list[Leak]:
        """Leaks to methods that are not those which the rule of its class is about.

        Parameters
        ----------
        child : object
            What is at this place.

        Returns
        -------
        list of Leak
        """
        vouched = is_vouched(rule_of(type(child)))
        names = tuple(shadows_of(child)) if vouched else foreign_code(child)
        if not names:
            return []
        what = why_foreign(child, names)
        remedy = "Define _fit(curator) instead, or a privacy rule for the class."
        return [self.leak(what, remedy)]

    def _by_rule(self, rule, child):
        name = type(child).__name__
        try:
            cost = rule(child, self)
        except (ArithmeticError, AttributeError, TypeError) as error:
            raise ValueError(
                f"{self.path}: {name} has parameters that make no sense, and its fit "
                "would fail, too. Correct them."
            ) from error
        if not isinstance(cost, PrivacyCost):
            raise ValueError(
                f"The privacy rule of {name} returned {type(cost).__name__}; return a "
                "PrivacyCost."
            )
        return cost

    def _impossible(self, child):
        """A leak if this can be no part of a tree."""
        if isinstance(child, type):
            return self.leak(
                f"{child.__name__} is a class", f"Write {child.__name__}()."
            )
        if any(child is other for other in self._above[:-1]):
            return self.leak(
                "an estimator contains itself",
                "Give each place an estimator of its own.",
            )
        if len(self._above) > _DEEPEST:
            return self.leak(
                f"more than {_DEEPEST} estimators lie around each other",
                "Fit them one after the other.",
            )
        return None


def privacy_cost(
    estimator: Any,
    *,
    n_classes: int | None = None,
    n_outputs: int | None = None,
    n_features: int | None = None,
    background: Any = None,
) -> PrivacyCost:
    """What a fit of an unfitted tree of estimators costs, before a row is seen.

    Pipelines, ensembles, searches and all other meta-estimators of scikit-learn and
    imbalanced-learn are understood; what is not known is not private.

    Parameters
    ----------
    estimator : object
        An estimator, fitted or not: the price is that of the next ``fit``. Or an
        explainer of shap or lime, whose price is that of nothing new.
    n_classes : int, default=None
        Number of classes, where the number of fits depends on it (one-vs-rest). With
        several outputs, the largest.
    n_outputs : int, default=None
        Number of columns of ``y``, where the number of fits depends on it.
    n_features : int, default=None
        Number of columns of ``X``, where the number of fits depends on it (recursive
        elimination).
    background : DPBackground or PublicBackground, default=None
        The rows that an explainer of shap or lime was made with, if this is one.

    Returns
    -------
    PrivacyCost
        A tree: its ``repr`` says for each part what it costs, or what it leaks and
        what to do about it.

    Raises
    ------
    ValueError
        If a fact is missing without which there is no price.

    See Also
    --------
    check_private : Raises if anything leaks.

    Examples
    --------
    >>> from sklearn.multiclass import OneVsRestClassifier
    >>> from skprivate import privacy_cost
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> model = OneVsRestClassifier(DPLogisticRegression(epsilon=0.5, classes=[0, 1]))
    >>> cost = privacy_cost(model, n_classes=3)
    >>> cost.fits, cost.private, round(cost.epsilon(), 2)
    (3, True, 0.9)
    """
    _check_root(estimator)
    facts = {"n_classes": n_classes, "n_outputs": n_outputs, "n_features": n_features}
    for name, value in facts.items():
        _check_fact(name, value)
    given = frozenset(name for name, value in facts.items() if value is not None)
    if background is not None and not hasattr(background, "holds"):
        raise TypeError(
            "background must be a DPBackground or a PublicBackground. Pass the one "
            "that the explainer was made with."
        )
    facts["background"] = background
    return Walk(facts, above=(estimator,), given=given)._price()


def check_private(
    estimator: Any,
    *,
    n_classes: int | None = None,
    n_outputs: int | None = None,
    n_features: int | None = None,
    background: Any = None,
) -> PrivacyCost:
    """Raise unless a fit of this tree of estimators is private.

    Parameters
    ----------
    estimator : object
        An estimator, fitted or not.
    n_classes, n_outputs, n_features : int, default=None
        Public facts about the rows; see :func:`privacy_cost`.
    background : DPBackground or PublicBackground, default=None
        The rows that an explainer of shap or lime was made with, if this is one.

    Returns
    -------
    PrivacyCost
        If nothing leaks.

    Raises
    ------
    NotPrivateError
        If anything leaks; the message lists all leaks, and what to do about each.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skprivate import check_private
    >>> from skprivate.linear_model import DPRidge
    >>> check_private(make_pipeline(StandardScaler(), DPRidge()))
    Traceback (most recent call last):
    skprivate.composition._walk.NotPrivateError: Pipeline is not private (1 leak):
    - standardscaler: StandardScaler is fitted on the rows, without noise. Use
      skprivate.preprocessing.DPStandardScaler.
    """
    cost = privacy_cost(
        estimator,
        n_classes=n_classes,
        n_outputs=n_outputs,
        n_features=n_features,
        background=background,
    )
    if not cost.private:
        raise NotPrivateError(cost)
    return cost


def _check_root(estimator):
    if isinstance(estimator, type):
        name = estimator.__name__
        raise TypeError(f"{name} is a class; pass an instance, {name}().")
    if not hasattr(estimator, "fit") and rule_of(type(estimator)) is None:
        raise TypeError(
            f"{type(estimator).__name__} is no estimator: it has no fit. Pass what "
            "you want to fit."
        )


def _check_fact(name, value):
    if value is None:
        return
    smallest = _SMALLEST[name]
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < smallest:
        raise ValueError(f"{name} is no integer of at least {smallest}; pass one.")


def _name_of(child):
    return child.__name__ if isinstance(child, type) else type(child).__name__
