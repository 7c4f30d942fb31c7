"""Metrics of a classifier for each group of people, all from one release."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import TableLike
from skprivate.metrics._group_keys import GroupKeys
from skprivate.metrics._group_metrics import DPGroupMetrics
from skprivate.metrics._group_rates import RATES, TOO_WIDE, rates_of, simultaneous
from skprivate.metrics._measurement import metric
from skprivate.metrics._question import LabelQuestion, code_of
from skprivate.metrics._tables import GroupOutcomes, release
from skprivate.rows._refusal import refused


@dataclass(frozen=True, eq=False)
class GroupTable(LabelQuestion):
    """How often predictions come out in which way, in each group.

    Parameters
    ----------
    keys : GroupKeys
        Public lists.
    metrics : tuple of str
    pos_label : label, default=None
    by : array-like, default=None
        Keys of the rows, until they are read.
    """

    keys: GroupKeys | None = None
    metrics: tuple = ()
    pos_label: object = None
    by: object = field(default=None, repr=False)

    def __post_init__(self):
        super().__post_init__()
        if self.classes is not None:
            code_of(self.pos_label, self.classes)

    def check_width(self, n_columns):
        """A prediction and a group."""
        if n_columns != 2:
            raise refused(
                ValueError,
                "Give two numbers for each row of a source: the code of its predicted "
                "class, and that of its group.",
            )

    def read(self, y_true, y_pred):
        """Codes of predicted labels and of groups, and the true labels."""
        said, y_true, known = super().read(y_true, y_pred)
        codes = self.keys.codes(self.by)
        if len(codes) != len(said):
            raise refused(
                ValueError,
                "Found input variables with inconsistent numbers of samples: y_pred "
                "and by must have the same number of rows. Give one key a row.",
            )
        X = np.column_stack([said, codes])
        return X, y_true, replace(known, by=None)

    def emptied(self, y_pred):
        """Two columns of codes."""
        self.keys.check_type(self.by)
        return np.repeat(super().emptied(y_pred), 2, axis=1)

    def made(self):
        """The same for what a model will say."""
        self.keys.check_type(self.by)
        return np.empty((0, 2))

    def ask(self, curator, z):
        """All outcomes of all groups; rates are read off."""
        classes = curator.classes(self.classes, least=2)
        positive = code_of(self.pos_label, classes)
        groups = self.keys.labels
        query = GroupOutcomes(len(classes), positive, len(groups))
        counts, noise = release(curator, query, curator.remaining)
        counts, noise = counts.reshape(len(groups), -1), float(noise[0])
        number = len(self.metrics) * (len(groups) + 1)
        laplace = curator.budget.pure
        each, stretch = simultaneous(z, number, laplace=laplace)
        noise = noise * stretch**2
        whole = counts.sum(axis=0, keepdims=True)
        return (
            rates_of(counts, noise, self.metrics, each),
            rates_of(whole, noise * len(groups), self.metrics, each),
        )

    def result(self, answer, confidence, privacy):
        """Rates, some of which say too little."""
        of_groups, whole = answer
        return DPGroupMetrics(
            self.metrics,
            self.keys.labels,
            *_without_few(of_groups),
            *(part[:, 0] for part in _without_few(whole)),
            confidence,
            privacy,
        )


def _without_few(rates):
    """Values, low and high ends; no value where the interval says next to nothing."""
    few = rates.high - rates.low > TOO_WIDE
    return np.where(few, np.nan, rates.values), rates.low, rates.high


@metric
def dp_metric_by_group(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    by: TableLike,
    categories: list[Any] | Sequence[Any],
    metrics: str | Sequence[str] = ("selection_rate", "tpr", "fpr", "accuracy"),
    classes: ArrayLike | None = None,
    pos_label: Any = None,
    unlisted: Literal["ignore", "other"] = "ignore",
) -> DPGroupMetrics:
    """Metrics of a classifier for each group under differential privacy.

    A row adds one to one of the noisy counts, that of its outcome in its group. So all
    metrics of all groups cost what a single number costs.

    All intervals hold at once with probability ``confidence``: whatever is read from
    them, such as which groups differ, is as sure as that. They count both that the rows
    are a sample and that noise was added. Where an interval is wider than one half,
    there is no value: of a few rows nothing can be said.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        True and predicted labels.
    by : array-like of shape (n_samples,) or (n_samples, n_columns), or data frame
        Keys of the groups. With several columns, a group is one key of each.
    categories : list, or list of lists
        Public keys of the groups: a list, or one for each column of ``by``. List those
        that you know of without a look at the rows; one that does not occur does no
        harm but that of one more interval.
    metrics : str or sequence of str, \
            default=("selection_rate", "tpr", "fpr", "accuracy")
        ``"selection_rate"`` is the share of rows that are called positive, ``"tpr"``,
        ``"fnr"``, ``"fpr"`` and ``"tnr"`` are shares of the positive and of the other
        rows, ``"precision"`` is the share of positives among those called so,
        ``"accuracy"`` the share of right predictions, and ``"base_rate"`` that of
        positives. Each makes all intervals a little wider.
    classes : array-like, default=None
        All labels that may occur. None reads them from the data, which is noted as an
        assumption; a strict ledger refuses it.
    pos_label : label, default=None
        The positive class; None means the last.
    unlisted : {"ignore", "other"}, default="ignore"
        Rows with keys that are missing, or that nobody listed: they do not count, or
        are a group of their own, called ``"other"``.

    Returns
    -------
    DPGroupMetrics

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.metrics import dp_metric_by_group
    >>> team = np.repeat(["red", "blue"], 2000)
    >>> y_true = np.tile([0, 1], 2000)
    >>> y_pred = np.where(team == "red", y_true, 0)
    >>> found = dp_metric_by_group(
    ...     y_true, y_pred, by=team, categories=["red", "blue"], classes=[0, 1]
    ... )
    >>> bool(found.difference("tpr").interval[0] > 0.9)
    True
    """
    return GroupTable(
        classes,
        keys=GroupKeys.of(categories, unlisted),
        metrics=_checked_metrics(metrics),
        pos_label=pos_label,
        by=by,
    )


def _checked_metrics(metrics):
    """Names of rates, each once."""
    names = (metrics,) if isinstance(metrics, str) else metrics
    if not isinstance(names, (list, tuple)) or not names:
        raise TypeError("metrics must be a name, or a list of names. Give 'tpr', say.")
    if not all(isinstance(name, str) and name in RATES for name in names):
        raise ValueError(f"metrics must be among {', '.join(RATES)}. Give some.")
    return tuple(dict.fromkeys(names))
