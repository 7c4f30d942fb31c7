"""A threshold for each group of people, all read off one noisy table."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Literal

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.inspection._columns import as_table, names_of
from skprivate.metrics._group_keys import GroupKeys
from skprivate.metrics._question import code_of
from skprivate.metrics._said import scores_of
from skprivate.model_selection._group_table import RATES, GroupThresholds
from skprivate.model_selection._threshold import DPTunedThresholdClassifier
from skprivate.rows import Rows
from skprivate.rows._kinds import is_pandas
from skprivate.rows._refusal import refused

_NO_COLUMN = (
    "by names a column that X does not have. Give names of columns, or numbers where X "
    "is an array."
)


class DPGroupThresholdClassifier(DPTunedThresholdClassifier):
    """Binary classifier with a threshold for each group, under differential privacy.

    One threshold is chosen for all, as by :class:`DPTunedThresholdClassifier`. Then
    each group gets the threshold at which its ``rate`` is what that of all rows is. A
    group that is too small to tell, and rows of no listed group, keep the threshold of
    all.

    **Guarantee.** That of :class:`DPTunedThresholdClassifier`: the table of scores has
    a part for each group, and a row is in one cell of one part, so the table of all
    groups costs what that of one does. All thresholds are read off it.

    Parameters
    ----------
    estimator : estimator
        Private classifier of two classes with ``epsilon`` and ``delta``, which are set
        here; a pipeline from ``make_dp_pipeline`` is one. It sees all columns, that of
        the groups as well.
    by : str, int, or list of them
        Column of ``X`` that tells the group of a row: a name, or a number where ``X``
        is an array. Of several, a group is one key of each.
    categories : list, or list of lists
        Public keys of the groups: a list, or one for each column.
    rate : {"selection_rate", "tpr", "fpr"}, default="selection_rate"
        What is to be alike in all groups: the share of rows that are called positive,
        of all rows, of the positive ones, or of the others.
    scoring : str or dict, default="balanced_accuracy"
        What is best for all rows together.
    pos_label : label, default=None
        The positive class; None means the last in sorted order.
    validation_fraction : float, default=None
        Probability that a unit goes to the part that chooses the thresholds. None: all
        units are in both, and the thresholds have a fifth of the budget; see
        :class:`DPTunedThresholdClassifier` for when that is 0.2 instead.
    epsilon : float, default=1.0
        Budget of a fit.
    delta : float, default=1e-6
        Budget of a fit.
    random_state : int, RandomState instance or None, default=None
        A seed makes a fit repeatable, and not private.

    Attributes
    ----------
    estimator_ : estimator
        The fitted model.
    best_threshold_ : float
        The threshold of all rows together.
    thresholds_ : dict
        That of each group.
    too_few_ : tuple
        Groups that keep the threshold of all, since too little is known of them: the
        95 % interval of their rate, which counts noise and sampling, is wider than 0.2.
    best_score_ : float
        What the noisy table promises at the threshold of all.
    classes_ : ndarray of shape (2,)
        Class labels.
    privacy_ : PrivacyReport
        All releases, and the price of the whole.

    See Also
    --------
    skprivate.metrics.dp_metric_by_group : What came of it, on other rows.

    Notes
    -----
    To treat groups by different thresholds may be what the law forbids, or what it
    demands. And equal rates are one idea of what is fair, of several that exclude each
    other (Kleinberg, Mullainathan and Raghavan 2016). These thresholds are those of
    Hardt, Price and Srebro (2016), without the ones that they draw at random.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> from skprivate.model_selection import DPGroupThresholdClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (8000, 2))
    >>> X[:, 1] = X[:, 0] + rng.normal(size=8000) > 0  # more of the one group are able
    >>> y = (X[:, 0] + rng.normal(size=8000) > 0).astype(int)
    >>> model = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1])
    >>> fair = DPGroupThresholdClassifier(model, by=1, categories=[0, 1], epsilon=3.0)
    >>> called = fair.fit(X, y).predict(X)
    >>> bool(abs(called[X[:, 1] == 0].mean() - called[X[:, 1] == 1].mean()) < 0.1)
    True
    """

    _share = 0.2  # of the budget: parts of rows need more than the whole does

    def __init__(
        self,
        estimator: Estimator,
        *,
        by: str | int | Sequence[Any],
        categories: list[Any] | Sequence[Any],
        rate: Literal["selection_rate", "tpr", "fpr"] = "selection_rate",
        scoring: str | dict[Any, Any] = "balanced_accuracy",
        pos_label: Any = None,
        validation_fraction: float | None = None,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        random_state: SeedLike = None,
    ) -> None:
        super().__init__(
            estimator,
            scoring=scoring,
            pos_label=pos_label,
            validation_fraction=validation_fraction,
            epsilon=epsilon,
            delta=delta,
            random_state=random_state,
        )
        self.by = by
        self.categories = categories
        self.rate = rate

    def _check(self):
        super()._check()
        if not isinstance(self.rate, str) or self.rate not in RATES:
            raise ValueError(
                f"rate must be one of {', '.join(RATES)}. Give 'selection_rate', say."
            )
        keys, columns = self._keys(), self._columns()
        fine = all(isinstance(c, (str, Integral)) for c in columns) and columns
        if not fine or any(isinstance(column, bool) for column in columns):
            raise TypeError(
                "by must be the name or the number of a column of X, or a list of "
                "them. Give by='sex', for example."
            )
        if len(keys.lists) != len(columns):
            raise ValueError(
                "categories has not one list for each column of by. Give as many."
            )

    def _rehearse(self, given):
        """Refuse what public facts reveal to be wrong, before anything is paid."""
        super()._rehearse(given)
        X = given.X
        if isinstance(X, Rows):
            if X.width_is_known:
                self._places(list(range(X.n_features)))
        elif X is not None:
            self._keys().check_type(self._keys_in(as_table(X)[:0]))

    def _keys(self):
        """Lists of keys, as a user gave them."""
        return GroupKeys.of(self.categories, "ignore")

    def _columns(self):
        return self.by if isinstance(self.by, list) else [self.by]

    def _places(self, names):
        """Numbers of the columns that tell the group, of all these."""
        columns = self._columns()
        if all(column in names for column in columns):
            return [names.index(column) for column in columns]
        whole = all(isinstance(c, Integral) for c in columns)
        if not whole or not all(0 <= c < len(names) for c in columns):
            raise refused(ValueError, _NO_COLUMN)
        return columns

    def _groups(self, X):
        """Number of the group of each row, by its own keys; -1 for none."""
        return self._keys().codes(self._keys_in(as_table(X)))

    def _keys_in(self, table):
        """The columns that tell the group."""
        places = self._places(names_of(table))
        return table.iloc[:, places] if is_pandas(table) else table[:, places]

    def _question(self, model, classes):
        return GroupThresholds(
            classes,
            pos_label=self.pos_label,
            scoring=self.scoring,
            n_groups=len(self._keys().labels),
            rate=self.rate,
        )

    def _scored(self, model, held):
        """Scores and groups of the held rows."""

        def score(X):
            return np.column_stack(
                [scores_of(model, X, self.pos_label), self._groups(X)]
            )

        return held.scored(score, 2)

    def _keep(self, answer):
        self.best_threshold_, self.best_score_, own, few = answer
        labels = self._keys().labels
        self.thresholds_ = dict(zip(labels, own.tolist(), strict=True))
        self.too_few_ = tuple(g for g, no in zip(labels, few, strict=True) if no)

    def predict(self, X: TableLike) -> np.ndarray:
        """Classes of rows, by the threshold of the group of each.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self, "estimator_")
        positive = code_of(self.pos_label, self.classes_)
        scores = scores_of(self.estimator_, X, self.pos_label)
        own = np.array([*self.thresholds_.values(), self.best_threshold_])
        least = own[self._groups(X).astype(int)]  # the last one is of no group
        said = np.where(scores >= least, positive, 1 - positive)
        return self.classes_[said]
