"""Scorers: private scores of a model on rows, as scikit-learn's searches call them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.metadata_routing import MetadataRequest

from skprivate._typing import Estimator, TableLike
from skprivate.accounting import Budget
from skprivate.ledger import LedgerCarrier
from skprivate.metrics._measurement import COMMON, METRICS, Measurement, measure
from skprivate.metrics._question import Question
from skprivate.metrics._said import response, table_of_said
from skprivate.metrics._score import DPScore
from skprivate.rows._labels import encode
from skprivate.rows._parted import is_source, mapped_items
from skprivate.rows._target import checked_target


@dataclass(frozen=True)
class _Kind:
    """How a metric is called: what the model must say, and whether bigger is better."""

    response: str
    sign: int = 1
    part: str | None = None


_KINDS = {
    "dp_accuracy_score": _Kind("predict"),
    "dp_average_precision_score": _Kind("score"),
    "dp_balanced_accuracy_score": _Kind("predict"),
    "dp_brier_score": _Kind("proba", -1),
    "dp_log_likelihood": _Kind("score_samples"),
    "dp_log_loss": _Kind("proba_of_all", -1),
    "dp_mean_absolute_error": _Kind("predict", -1),
    "dp_mean_squared_error": _Kind("predict", -1),
    "dp_precision_recall_f1": _Kind("predict", part="f1"),
    "dp_r2_score": _Kind("predict"),
    "dp_roc_auc_score": _Kind("score"),
    "dp_silhouette_score": _Kind("transform"),
}
_AVERAGES = {
    "": "binary", "_macro": "macro", "_micro": "micro", "_weighted": "weighted",
}  # fmt: skip
# scikit-learn's names, and two more, with the metric, its options, and which part of
# its result.
SCORERS = {
    "accuracy": ("dp_accuracy_score", {}, None),
    "average_precision": ("dp_average_precision_score", {}, None),
    "balanced_accuracy": ("dp_balanced_accuracy_score", {}, None),
    "log_likelihood": ("dp_log_likelihood", {}, None),
    "neg_brier_score": ("dp_brier_score", {}, None),
    "neg_log_loss": ("dp_log_loss", {}, None),
    "neg_mean_absolute_error": ("dp_mean_absolute_error", {}, None),
    "neg_mean_squared_error": ("dp_mean_squared_error", {}, None),
    "r2": ("dp_r2_score", {}, None),
    "roc_auc": ("dp_roc_auc_score", {}, None),
    "roc_auc_ovr": ("dp_roc_auc_score", {}, None),
    "roc_auc_ovr_weighted": ("dp_roc_auc_score", {"average": "weighted"}, None),
    "silhouette": ("dp_silhouette_score", {}, None),
    **{
        part + ending: ("dp_precision_recall_f1", {"average": average}, part)
        for part in ("f1", "precision", "recall")
        for ending, average in _AVERAGES.items()
    },
}


class DPScorer(LedgerCarrier):
    """Callable that scores a fitted model on rows under differential privacy.

    Made by :func:`make_dp_scorer` or :func:`get_dp_scorer`. Every call costs the whole
    ``(epsilon, delta)``, and charges the ledgers that are active, or that the scorer or
    the model carries. Bigger is better: losses are negated.

    Parameters
    ----------
    metric : str
        Name of a metric, such as ``"dp_accuracy_score"``.
    part : str, default=None
        Which of ``"precision"``, ``"recall"``, ``"f1"``, where a metric has all.
    options : dict, default=None
        Keyword arguments of the metric, ``epsilon`` and ``delta`` among them.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> from skprivate.metrics import get_dp_scorer
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (2000, 2))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> model = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1]).fit(X, y)
    >>> get_dp_scorer("accuracy")(model, X, y) > 0.8
    True
    """

    def __init__(
        self, metric: str, part: str | None = None,
        options: dict[Any, Any] | None = None,
    ) -> None:  # fmt: skip
        self.metric, self.part = metric, part
        self.options = dict(options or {})
        self.score_requests = {}

    def __call__(
        self, estimator: Estimator, X: TableLike, y_true: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> DPScore:  # fmt: skip
        """Score of a model on rows.

        Parameters
        ----------
        estimator : estimator
            Fitted on other rows, or on these and for its own price.
        X : array-like of shape (n_samples, n_features), or Rows
            The rows.
        y_true : array-like of shape (n_samples,), default=None
            Their targets; None where a source has them, or the metric needs none.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, cut to ``max_weight``.

        Returns
        -------
        DPScore
        """
        kind = _KINDS[self.metric]
        own, settings = self._split(estimator)
        question = METRICS[self.metric].question(**own)
        said = partial(
            response, estimator, kind=kind.response, pos_label=own.get("pos_label")
        )
        if is_source(X) and y_true is None:
            work = partial(table_of_said, question, said)
            said = partial(mapped_items, width=question.made().shape[1], work=work)
        score = measure(
            self.metric,
            question,
            y_true,
            partial(said, X),
            sample_weight=sample_weight,
            owner=(self, estimator),
            **settings,
        )
        score = getattr(score, self.part) if self.part else score
        return score if kind.sign > 0 else _negated(score)

    def rehearse(self, classes: ArrayLike | None, given: Any) -> None:
        """Refuse what public facts reveal to be wrong, without a row or a model.

        Parameters
        ----------
        classes : array-like or None
            Those of the model.
        given : Given
            What is public about the rows.
        """
        classes = None if classes is None else np.unique(np.asarray(classes))
        own, settings = self._split(SimpleNamespace(classes_=classes))
        question = METRICS[self.metric].question(**own)
        measurement = Measurement(question, self.metric, **settings)
        measurement._rehearse(given.with_table(question.made()))

    def with_budget(self, budget: Budget, *, random_state: int | None = None) -> Self:
        """The same scorer, spending a given budget.

        Parameters
        ----------
        budget : Budget
            A part of a budget is spent as such.
        random_state : int, default=None
            Seed of the noise, for tests.

        Returns
        -------
        DPScorer
        """
        alone = budget.alone()
        changed = {"epsilon": alone.epsilon, "delta": alone.delta}
        if random_state is not None:
            changed["random_state"] = random_state
        scorer = DPScorer(self.metric, self.part, {**self.options, **changed})
        scorer.score_requests = self.score_requests
        return self._hand_on(scorer)

    def set_score_request(self, *, sample_weight: bool | str | None) -> "DPScorer":
        """Say whether weights are wanted where metadata is routed.

        Without it, the weights that the fit gets are used.

        Parameters
        ----------
        sample_weight : bool, str or None
            Whether; or the name under which they are given.

        Returns
        -------
        DPScorer
            Another one; this one is not changed.
        """
        scorer = self._hand_on(DPScorer(self.metric, self.part, self.options))
        scorer.score_requests = {"sample_weight": sample_weight}
        return scorer

    def get_metadata_routing(self) -> MetadataRequest:
        """What :meth:`set_score_request` was told.

        Returns
        -------
        MetadataRequest
        """
        request = MetadataRequest(owner=repr(self))
        for name, alias in self.score_requests.items():
            request.score.add_request(param=name, alias=alias)
        return request

    @property
    def adds_up(self) -> bool:
        """Whether the score is a mean over rows, so that :meth:`row_score` exists."""
        return self.question_for(None).is_mean

    def question_for(self, estimator: Estimator) -> Question:
        """What is asked about a model, with the options of the scorer.

        Parameters
        ----------
        estimator : estimator or None
            Fitted; it tells the classes.

        Returns
        -------
        Question
        """
        own, _ = self._split(estimator)
        return METRICS[self.metric].question(**own)

    def row_score(self, estimator: Any, X: TableLike, y: Any) -> np.ndarray | None:
        """Score of each row in [0, 1], bigger is better; or None if there is none.

        Not private: it is for queries that add it up with noise.

        Parameters
        ----------
        estimator : estimator
            Fitted; it is asked as by :func:`~skprivate.base._tiles.responses`.
        X : array-like of shape (n_samples, n_features)
            The rows.
        y : array-like of shape (n_samples,) or None
            Their targets.

        Returns
        -------
        ndarray of shape (n_samples,) or None
            The mean of these is the score up to a scale; None where the metric is no
            mean over rows.
        """
        own, _ = self._split(estimator)
        question = METRICS[self.metric].question(**own)
        if not question.is_mean:
            return None
        kind = _KINDS[self.metric].response
        said = response(estimator, X, kind, own.get("pos_label"))
        table, y, question = question.read(y, said)
        table = np.asarray(table, dtype=np.float64)
        if question.target == "class":
            y = encode(y, question.classes)
        elif question.target == "number":
            y = checked_target(y, "number", "metric")
        return question.row_scores(table, y)

    def _split(self, estimator):
        """Options of the metric itself, and those that are common to all metrics."""
        own = {k: v for k, v in self.options.items() if k in METRICS[self.metric].own}
        settings = {k: v for k, v in self.options.items() if k not in own}
        if "classes" in METRICS[self.metric].own and own.get("classes") is None:
            own["classes"] = getattr(estimator, "classes_", None)
        return own, settings

    def __sklearn_clone__(self):
        return self  # nothing in it changes

    def __repr__(self):
        options = [f"{key}={value!r}" for key, value in self.options.items()]
        part = [] if self.part is None else [f"part={self.part!r}"]
        return f"make_dp_scorer({', '.join([repr(self.metric), *part, *options])})"


def make_dp_scorer(
    metric: str | Callable[..., Any], *,
    part: Literal["precision", "recall", "f1"] | None = None, epsilon: float = 1.0,
    delta: float = 1e-6, **options: Any,
) -> DPScorer:  # fmt: skip
    """Private scorer from a metric.

    Parameters
    ----------
    metric : str or callable
        A metric such as ``dp_accuracy_score``, its name, or a name that
        :func:`get_dp_scorer` knows.
    part : {"precision", "recall", "f1"}, default=None
        Which score, if the metric is ``dp_precision_recall_f1``; None means F1.
    epsilon, delta : float, default=1.0, 1e-6
        What every call may cost.
    **options
        Other keyword arguments of the metric. ``classes`` are those of the model, if
        not given.

    Returns
    -------
    DPScorer

    Examples
    --------
    >>> from skprivate.metrics import dp_log_loss, make_dp_scorer
    >>> make_dp_scorer(dp_log_loss, epsilon=0.5, least_probability=0.05)
    make_dp_scorer('dp_log_loss', epsilon=0.5, delta=1e-06, least_probability=0.05)
    """
    name = getattr(metric, "__name__", metric)
    named = {}
    if isinstance(name, str) and name in SCORERS:
        name, named, named_part = SCORERS[name]
        part = part or named_part
    if name not in _KINDS:
        raise ValueError(
            "No scorer can be made of this metric. Give one of "
            f"{', '.join(sorted(_KINDS))}; or one of {', '.join(sorted(SCORERS))}."
        )
    part = part or _KINDS[name].part
    if part not in (None, "precision", "recall", "f1") or bool(part) != bool(
        _KINDS[name].part
    ):
        raise ValueError(
            "part must be 'precision', 'recall' or 'f1', and only for "
            "dp_precision_recall_f1. Leave it out."
        )
    known = {*METRICS[name].own, *COMMON} - {"sample_weight", "groups"}
    if not {*options} <= known or options.get("average", "") is None:
        raise TypeError(
            f"{name} has the parameters {', '.join(sorted(known))}, and a scorer needs "
            "one number: average=None is not possible. Give others by name."
        )
    options = {**named, "epsilon": epsilon, "delta": delta, **options}
    return DPScorer(name, part, options)


def get_dp_scorer(scoring: str | DPScorer) -> DPScorer:
    """Private scorer by scikit-learn's name for it, with the default budget.

    Parameters
    ----------
    scoring : str or DPScorer
        One of :func:`get_dp_scorer_names`; a scorer is returned as it is.

    Returns
    -------
    DPScorer

    Examples
    --------
    >>> from skprivate.accounting import Budget
    >>> from skprivate.metrics import get_dp_scorer
    >>> get_dp_scorer("roc_auc").with_budget(Budget(0.5, 1e-6))
    make_dp_scorer('dp_roc_auc_score', epsilon=0.5, delta=1e-06)
    """
    if isinstance(scoring, DPScorer):
        return scoring
    if not isinstance(scoring, str) or scoring not in SCORERS:
        names = ", ".join(get_dp_scorer_names())
        raise ValueError(f"scoring names no private scorer. Give one of {names}.")
    return make_dp_scorer(scoring)


def get_dp_scorer_names() -> list[str]:
    """Names that :func:`get_dp_scorer` knows.

    Returns
    -------
    list of str

    Examples
    --------
    >>> from skprivate.metrics import get_dp_scorer_names
    >>> "roc_auc" in get_dp_scorer_names()
    True
    """
    return sorted(SCORERS)


def _negated(score):
    """A score of which bigger is better, from a loss."""
    low, high = score.interval
    interval = 0.0 - high, 0.0 - low
    return DPScore(0.0 - score, interval, score.confidence, score.privacy)
