"""From two arrays to a private answer: pay, read, ask."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from typing import Any, TypeVar

from numpy.typing import ArrayLike

from skprivate._typing import SeedLike
from skprivate.accounting import Budget
from skprivate.base import DPEstimator
from skprivate.base._confidence import check_confidence, quantile_of
from skprivate.base._rehearsal import Given
from skprivate.ledger import charge, prepaid
from skprivate.ledger._charge import unpaid
from skprivate.rows import Rows, UnitClip
from skprivate.rows._features import refuse_no_rows

_Result = TypeVar("_Result")
METRICS = {}  # every public metric by its name


class Measurement(DPEstimator):
    """A question as a private estimator: its ``fit`` asks, and keeps the answer.

    So weights, groups, budgets, reports and tests are those of every estimator.

    Parameters
    ----------
    question : Question
        What is asked.
    name : str, default="Measurement"
        How reports call it.
    confidence : float, default=0.95
        Of the intervals.
    epsilon, delta, max_weight, max_rows_per_group, random_state
        As in :class:`~skprivate.base.DPEstimator`.
    """

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "question": "no_validation",
        "name": [str],
        "confidence": "no_validation",
    }

    def __init__(
        self,
        question=None,
        name="Measurement",
        *,
        confidence=0.95,
        epsilon=1.0,
        delta=1e-6,
        max_weight=1.0,
        max_rows_per_group=1,
        random_state=None,
    ):
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.question = question
        self.name = name
        self.confidence = confidence

    def _fit(self, curator):
        self.question.check_width(curator.n_features)
        if self.question.assumed:
            curator.assume(self.question.assumed)
        self.answer_ = self.question.ask(curator, quantile_of(self.confidence))

    def _target_kind(self):
        return self.question.target

    def _report(self, curator, entropy, max_rows):
        report = super()._report(curator, entropy, max_rows)
        return replace(report, estimator=self.name)


def measure(
    name,
    question,
    y_true,
    y_pred,
    *,
    sample_weight=None,
    groups=None,
    owner=(),
    **settings,
):
    """Answer a question about two arrays, and charge every ledger for it once.

    Ledgers that ``owner``, a model or scorer, carries are charged, too. ``y_pred`` may
    be a function that makes the predictions, to be called once this is paid for; what
    it fits is not.

    **Guarantee.** The result is a function of what one :class:`Curator` released within
    the budget, and of public parameters; ledgers are debited before a row is read.
    """
    measurement = Measurement(question, name, **settings)
    measurement._validate_params()
    budget = Budget(measurement.epsilon, measurement.delta)
    check_confidence(measurement.confidence)
    seeded = measurement.random_state is not None
    owner = (*owner, y_pred) if callable(y_pred) else owner
    to_pay = unpaid(name, owner=owner)
    if to_pay is not None:
        table = question.made() if callable(y_pred) else question.emptied(y_pred)
        given = Given.of(y_pred, y_true, sample_weight, groups, to_pay)
        in_source = y_true is None and callable(y_pred)
        measurement._rehearse(replace(given.with_table(table), in_source=in_source))
    paid = charge(name, budget, owner=owner, seeded=seeded)
    if paid.strict and question.assumed:
        paid.refuse(f"it assumes public {question.assumed}. Declare it.")
    with paid.kept():
        y_pred = y_pred() if callable(y_pred) else y_pred
        X, y = y_pred, None
        if not isinstance(y_pred, Rows):
            X, y, question = question.read(y_true, y_pred)
        measurement.question = question
        refuse_no_rows(X)
        with prepaid(measurement):
            measurement.fit(X, y, sample_weight=sample_weight, groups=groups)
        paid.record(measurement.privacy_)
        return question.result(
            measurement.answer_, measurement.confidence, measurement.privacy_
        )


def metric(ask: Callable[..., _Result]) -> Callable[..., _Result]:
    """Turn a function that returns a :class:`Question` into a private metric.

    The function gets only its public parameters; the common ones are added to its
    signature and to its docstring. Its arrays are a truth and what is said of it, or
    what is said alone. For scorers, the metric has the attributes ``question``, that
    function without its arrays, and ``own``, the names of the parameters it takes.
    """
    own = list(inspect.signature(ask).parameters.values())
    result = inspect.signature(ask).return_annotation  # the metric's, not a question
    signature = inspect.Signature([*own, *_COMMON], return_annotation=result)
    names = [p.name for p in own if p.kind is p.KEYWORD_ONLY]
    n_arrays = len(own) - len(names)

    @wraps(ask)
    def measured(*args, **kwargs):
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        y_true, y_pred = (None, *given.args)[-2:]
        settings = dict(given.kwargs)
        question = measured.question(**{key: settings.pop(key) for key in names})
        return measure(ask.__name__, question, y_true, y_pred, **settings)

    measured.__signature__ = signature
    measured.__doc__ = _documented(inspect.getdoc(ask))
    measured.question = partial(ask, *[None] * n_arrays)
    measured.own = tuple(names)
    METRICS[ask.__name__] = measured
    return measured


def _keyword(name, default, hint):
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=hint)


_COMMON = [
    _keyword("epsilon", 1.0, float),
    _keyword("delta", 1e-6, float),
    _keyword("sample_weight", None, ArrayLike | None),
    _keyword("groups", None, ArrayLike | None),
    _keyword("max_weight", 1.0, float),
    _keyword("max_rows_per_group", 1, int | UnitClip),
    _keyword("confidence", 0.95, float),
    _keyword("random_state", None, SeedLike),
]
COMMON = tuple(parameter.name for parameter in _COMMON)
_COMMON_DOC = """\
epsilon, delta : float, default=1.0, 1e-6
    What this one answer may cost. ``delta=0`` asks for pure differential privacy,
    ``epsilon=inf`` adds no noise and is not private.
sample_weight : array-like of shape (n_samples,), default=None
    Weights, cut to ``max_weight``. The interval is then too wide rather than too
    narrow.
groups : array-like of shape (n_samples,), default=None
    Rows with equal values belong to one privacy unit. The interval takes rows as
    independent all the same.
max_weight : float, default=1.0
    Public; it multiplies the noise where there are weights.
max_rows_per_group : int or UnitClip, default=1
    Rows of one group that count; multiplies the noise where there are groups.
confidence : float, default=0.95
    Of the interval.
random_state : int, RandomState instance or None, default=None
    A seed makes the noise repeatable, for tests only: it is then no protection.
"""


def _documented(text):
    """A docstring with the common parameters put before its ``Returns``."""
    if text is None:  # python -OO
        return None
    head, title, tail = text.partition("\n\nReturns\n")
    return f"{head}\n{_COMMON_DOC.rstrip()}{title}{tail}"


def all_metrics() -> dict[str, Callable[..., Any]]:
    """Every private metric, by its name.

    Returns
    -------
    dict of str to callable

    Examples
    --------
    >>> from skprivate.metrics import all_metrics
    >>> "dp_accuracy_score" in all_metrics()
    True
    """
    return dict(sorted(METRICS.items()))
