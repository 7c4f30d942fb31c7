"""From a table to a private statistic: pay, read, ask."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from math import log1p, sqrt
from numbers import Integral
from typing import TypeVar

from numpy.typing import ArrayLike

from skprivate._parameters import refuse_unknown
from skprivate._typing import SeedLike
from skprivate.base import DPEstimator
from skprivate.base._confidence import check_confidence, quantile_of
from skprivate.base._rehearsal import Given
from skprivate.ledger import charge, prepaid
from skprivate.ledger._charge import unpaid
from skprivate.rows import UnitClip
from skprivate.rows._emptied import emptied_column
from skprivate.rows._features import refuse_no_rows

_Result = TypeVar("_Result")
STATISTICS = {}  # every public statistic by its name


class Statistic(DPEstimator):
    """A question about a table as a private estimator: its ``fit`` asks.

    So weights, groups, budgets, reports and tests are those of every estimator.

    Parameters
    ----------
    question : TableQuestion
        What is asked.
    name : str, default="Statistic"
        How reports call it.
    confidence : float, default=0.95
        Of the intervals.
    epsilon, delta, max_weight, max_rows_per_group, random_state
        As in :class:`~skprivate.base.DPEstimator`.
    """

    _takes_tables = True
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "question": "no_validation",
        "name": [str],
        "confidence": "no_validation",
    }

    def __init__(
        self,
        question=None,
        name="Statistic",
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
        z = quantile_of(self.confidence)
        if curator.budget.pure:  # of Laplace noise, whose tails are longer
            z = max(z, -log1p(-self.confidence) / sqrt(2))
        self.answer_ = self.question.ask(curator, z)
        # No later rows are compared with these, whose names may be those of flags.
        vars(self).pop("feature_names_in_", None)

    def _admitted(self, X, y, sample_weight, groups, **options):
        X = self.question.read(X)
        return super()._admitted(X, y, sample_weight, groups, **options)

    def _planned(self, row, *, classes=(0, 1)):
        return super()._planned(self.question.read(row), classes=classes)

    def _read_as(self, columns):
        return self.question.read_as(columns)

    def _discovers(self):
        return self.question.discovers

    def _report(self, curator, entropy, max_rows):
        report = super()._report(curator, entropy, max_rows)
        return replace(report, estimator=self.name)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags


def measured(name, question, X, beside, *, sample_weight, groups, **settings):
    """Ask a question about a table, and charge every active ledger for it once.

    **Guarantee.** The result is a function of what one :class:`Curator` released within
    the budget, and of public parameters; ledgers are debited before a row is read.
    """
    asked = Statistic(question, name, **settings)
    asked._validate_params()
    check_confidence(asked.confidence)
    budget = asked._budget()
    question.refuse_source(X)
    to_pay = unpaid(name)
    if to_pay is not None:
        given = Given.of(X, None, sample_weight, groups, to_pay)
        known = {key: emptied_column(values) for key, values in beside.items()}
        asked.question, table = question.of_table(given.X, known)
        asked.question.refuse_foreign_keys(known.get("by"))
        asked._rehearse(given.with_table(table))
    paid = charge(name, budget, seeded=asked.random_state is not None)
    with paid.kept():
        asked.question, table = question.of_table(X, beside)
        refuse_no_rows(table)
        with prepaid(asked):
            asked.fit(table, sample_weight=sample_weight, groups=groups)
        paid.record(asked.privacy_)
        known = asked.confidence, asked.privacy_
        return asked.question.result(asked.answer_, name, *known)


def statistic(ask: Callable[..., _Result]) -> Callable[..., _Result]:
    """Turn a function that returns a question into a private statistic.

    The function gets only its public parameters; those that all have are added to its
    signature and to its docstring. Two parameters may be columns: ``by``, where it is
    no name, and ``y``. The question is told which of them are.
    """
    own = list(inspect.signature(ask).parameters.values())
    result = inspect.signature(ask).return_annotation  # not the question's
    signature = inspect.Signature([*own, *_COMMON], return_annotation=result)

    @wraps(ask)
    def asked(*args, **kwargs):
        refuse_unknown(ask.__name__, kwargs, [*signature.parameters])
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        values = dict(given.arguments)
        settings = {parameter.name: values.pop(parameter.name) for parameter in _COMMON}
        X, beside = values.pop(own[0].name), {}
        for name in ("y", "by"):
            if not isinstance(values.get(name), _NO_COLUMN):
                beside[name] = values.pop(name)
        question = ask(None, **values)
        question = replace(question, beside=tuple(beside)).checked()
        return measured(ask.__name__, question, X, beside, **settings)

    asked.__signature__ = signature
    asked.__doc__ = _documented(inspect.getdoc(ask))
    STATISTICS[ask.__name__] = asked
    return asked


def _keyword(name, default, hint):
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=hint)


_NO_COLUMN = (type(None), str, Integral, list, tuple)
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
_COMMON_DOC = """\
by : name, number, list of them, array or series, default=None
    Columns whose values tell groups apart, or one key for each row. Rows without a
    key, or with one that is not listed, are in no group. A list names columns; give
    keys as an array or a series.
categories : "private", or list, default="private"
    Public keys of the groups; one list for each of several columns. ``"private"``
    takes those that a type lists, and finds others for a tenth of the budget, and a
    tenth of ``delta``: groups of a few rows are then left out.
epsilon, delta : float, default=1.0, 1e-6
    What this one answer may cost. ``delta=0`` asks for pure differential privacy,
    ``epsilon=inf`` adds no noise and is not private.
sample_weight : array-like of shape (n_samples,), default=None
    Weights, cut to ``max_weight``.
groups : array-like of shape (n_samples,), default=None
    Rows with equal values belong to one privacy unit. It has nothing to do with ``by``.
max_weight : float, default=1.0
    Public; it multiplies the noise where there are weights.
max_rows_per_group : int or UnitClip, default=1
    Rows of one unit that count; multiplies the noise where there are ``groups``.
confidence : float, default=0.95
    Of each interval.
random_state : int, RandomState instance or None, default=None
    A seed makes the noise repeatable, for tests only: it is then no protection.
"""


def _documented(text):
    """A docstring with the common parameters put before its ``Returns``."""
    if text is None:  # python -OO
        return None
    head, title, tail = text.partition("\n\nReturns\n")
    return f"{head}\n{_COMMON_DOC.rstrip()}{title}{tail}"
