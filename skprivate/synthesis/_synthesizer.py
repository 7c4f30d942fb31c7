"""Synthetic tables from noisy marginals."""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import Count, DPEstimator, DPSampler
from skprivate.base._sampler import _labels_of, known_kind
from skprivate.rows import Rows, UnitClip
from skprivate.rows._arrow import framed
from skprivate.rows._columns import names_of
from skprivate.rows._kinds import is_pandas
from skprivate.schema import Schema
from skprivate.synthesis._asked import (
    MOST_ROWS,
    check_label,
    check_noise,
    check_number_of_rows,
    check_room,
    checked_rules,
    condition_on_label,
)
from skprivate.synthesis._columns import Layout
from skprivate.synthesis._conditions import (
    check_rule_values,
    conditions_of,
    doubts_of_rules,
    rules_of,
)
from skprivate.synthesis._drawing import Drawing
from skprivate.synthesis._learning import learned_model
from skprivate.synthesis._numeric_target import (
    as_target,
    is_number,
    name_beside,
    with_column,
)
from skprivate.synthesis._tables import (
    as_labels,
    as_table,
    name_of_labels,
    types_beside,
    types_of,
)
from skprivate.synthesis._values import values_of_table
from skprivate.tables import BinsTables, share_of_bins, signal_of

_FEW = 3.0  # deviations of the noise of the number of rows


class DPTabularSynthesizer(BinsTables, DPSampler):
    """Learn a table privately, and draw rows from what was learned.

    Columns of numbers, categories, booleans and dates, with gaps, are put into private
    bins. Rows are counted in the bins of each column, and of some pairs of columns that
    were chosen privately; a graphical model that agrees with these noisy counts is
    what rows are drawn from. They are made up: the real ones were seen by noisy counts
    only. So they may be published, and whatever is learned from them costs nothing.

    Parameters
    ----------
    target : str, int or None, default=None
        Name or number of the column that a model is to predict later. Each count is
        then made by its values, too. It has to hold categories or booleans.
    method : {"swift", "mst", "aim", "independent"}, default="swift"
        Which pairs of columns are counted. ``"mst"``: those of a tree that joins the
        most dependent columns. ``"swift"``: more of them, as long as that seems worth
        the noise and cliques stay small. ``"aim"``: one after another, each the one
        that the model so far is farthest from, which takes longer. ``"independent"``:
        none.
    schema : Schema or mapping, default=None
        What is known about columns, or makes them something else than their type says;
        see :class:`~skprivate.schema.Schema`. It need not name all of them.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers of which the schema tells none.
    categorical_features : array-like, "from_dtype" or None, default="from_dtype"
        Columns of categories, by name, number or mask; by default those whose type
        says so.
    max_bins : int, default=32
        Most bins of a number, but for those of values that many rows share.
    find_categories : bool, default=True
        Whether to pay for categories that neither a type nor the schema tells. False
        refuses such columns.
    rules : sequence of dict, default=()
        What never occurs, as you know without a look at the table: no row meets all
        conditions of a rule, such as ``{"age": (0, 15), "married": "yes"}``. Conditions
        are written as in :meth:`sample`.
    max_cells : int, default=100000
        Public bound on the number of cells of a clique of the model.
    classes : array-like of shape (n_classes,), default=None
        Class labels, where ``y`` is given. None reads them from ``y`` and reports that
        as assumed public.
    epsilon : float, default=1.0
        Budget of a fit; see :class:`~skprivate.base.DPEstimator`.
    delta : float, default=1e-6
        Budget of a fit; zero asks for pure differential privacy.
    max_weight : float, default=1.0
        Larger sample weights are cut to this.
    max_rows_per_group : int or UnitClip, default=1
        Rows of one group that count.
    random_state : int, RandomState instance or None, default=None
        A seed makes the fit repeatable, and not private.

    Attributes
    ----------
    model_ : TableModel
        What rows are drawn from.
    sampling_strategy_ : dict
        Noisy number of rows of each class, if ``y`` was given.
    n_rows_ : float
        Noisy number of rows (of their weights, if there are any).
    pairs_ : list of tuple of str
        Columns that were counted together.
    classes_ : ndarray of shape (n_classes,)
        Class labels, if ``y`` was given.
    table_bins_ : TableBins
        How rows are read.
    schema_ : Schema
        What was declared about columns, and what was found.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    SyntheticReport : How far synthetic rows are from real ones.
    skprivate.over_sampling.DPSyntheticOverSampler : Adds rows to the smaller classes.

    Notes
    -----
    One joint release counts all columns; one tells how far the counts of each pair of
    columns are from what the columns alone explain; and one counts the chosen pairs, in
    coarse cells, so that noise leaves something to be seen. A junction tree of the
    pairs makes the model exact and cheap [1]_, [2]_. How many pairs are chosen follows
    noisy scores; :meth:`plan`, made on no rows, announces fewer, at the same total
    price. ``"aim"`` chooses, counts and fits in rounds, of which there are about four
    for each column at first, and fewer where these teach little [3]_.

    Scores of pairs are no sums over rows, so a ``UnitClip`` is refused. A row of which
    all values are missing is not counted.

    With ``y``, labels are a column more, behind the last one, and the target. In a
    pipeline of ours whose last step is a regressor, and without ``classes``, ``y`` is a
    column of numbers like others, in private bins and drawn within these. Its range is
    found, or that of its name in the schema.

    References
    ----------
    .. [1] McKenna, Sheldon and Miklau (2019). Graphical-model based estimation and
       inference for differential privacy. ICML.
    .. [2] McKenna, Miklau and Sheldon (2021). Winning the NIST contest: a scalable and
       general approach to differentially private synthetic data. Journal of Privacy
       and Confidentiality 11(3).
    .. [3] McKenna, Mullins, Sheldon and Miklau (2022). AIM: an adaptive and iterative
       mechanism for differentially private synthetic data. PVLDB 15(11).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skprivate.synthesis import DPTabularSynthesizer
    >>> rng = np.random.default_rng(0)
    >>> plan = pd.Categorical(rng.choice(["free", "firm"], 5000), ["free", "firm"])
    >>> price = np.where(plan == "firm", 20.0, 0.0) + rng.uniform(0, 5, 5000)
    >>> table = pd.DataFrame({"plan": plan, "price": price})
    >>> model = DPTabularSynthesizer(bounds=(0, 25)).fit(table)
    >>> rows = model.sample(100, given={"plan": "firm"})
    >>> rows.shape, bool(rows["price"].mean() > 15)
    ((100, 2), True)
    """

    def __init__(
        self, target: str | int | None = None, *,
        method: Literal["swift", "mst", "aim", "independent"] = "swift",
        schema: Schema | Mapping[Any, Any] | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        categorical_features: ArrayLike | Literal["from_dtype"] | None = "from_dtype",
        max_bins: int = 32, find_categories: bool = True,
        rules: Sequence[dict[Any, Any]] = (), max_cells: int = 100_000,
        classes: ArrayLike | None = None, epsilon: float = 1.0, delta: float = 1e-6,
        max_weight: float = 1.0, max_rows_per_group: int | UnitClip = 1,
        random_state: SeedLike = None,
    ) -> None:  # fmt: skip
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.target = target
        self.method = method
        self.schema = schema
        self.bounds = bounds
        self.categorical_features = categorical_features
        self.max_bins = max_bins
        self.find_categories = find_categories
        self.rules = rules
        self.max_cells = max_cells
        self.classes = classes

    _plan_varies = True  # how many pairs are chosen follows from noisy scores
    _replaces_rows = True
    _followed_by = None  # in a pipeline: what its last step predicts
    cardinality_threshold = 40  # most categories of a column to find
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        **BinsTables._bins_constraints,
        "target": [str, Interval(Integral, 0, None, closed="left"), None],
        "method": [StrOptions({"swift", "mst", "aim", "independent"})],
        "rules": [list, tuple],
        "max_cells": [Interval(Integral, 4, 2**24, closed="both")],
        "classes": ["array-like", None],
    }

    def fit_resample(
        self,
        X: TableLike,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> tuple[Any, Any]:
        """Learn the table, and return synthetic rows in place of the real ones.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            The rows.
        y : array-like of shape (n_samples,) or one-hot, default=None
            Their classes.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, cut to ``max_weight``.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit.

        Returns
        -------
        X_resampled, y_resampled
            The same kinds of table as ``X`` and ``y``; if there is no ``y``, None.
        """
        return self._traced(X, y, sample_weight, groups)[:2]

    def _traced(self, X, y, sample_weight=None, groups=None):
        """Made-up rows; none of them was a row before."""
        y = known_kind(y)
        labels, n_columns = (None, 0) if y is None else _labels_of(y, self.classes)
        if is_number(y, self.classes, self._followed_by):
            labels = y
        self.fit(X, labels, sample_weight=sample_weight, groups=groups)
        self._label_name = name_of_labels(y)
        drawn, target = self._drawn(None, {}, None)
        table = as_table(types_of(X, exact=True), *drawn)
        if self._n_beside:
            y = as_target(y, target)
        else:
            y = as_labels(y, target, getattr(self, "classes_", None), n_columns)
        return table, y, np.full(len(table), -1)

    def sample(
        self, n: int | None = None, *, given: dict[Any, Any] | None = None
    ) -> TableLike:
        """Draw rows, at no price.

        Parameters
        ----------
        n : int, default=None
            Number of rows. None: about as many as ``fit`` got, by a noisy count.
        given : dict, default=None
            What all rows are to have, by name or number of the column: a category, a
            list of these, a number or date, a tuple ``(low, high)``, or None for a
            missing value. Labels of ``fit`` go by the name of ``y``, or ``"y"``
            where that has none, or that of a column.

        Returns
        -------
        X : data frame or ndarray of shape (n, n_features)
            A table of the kind that ``fit`` got. If ``fit`` got a target, a tuple of
            the table and the target.
        """
        check_is_fitted(self)
        check_number_of_rows(n)
        if not isinstance(given, dict | None):
            raise TypeError("given must be a dict of columns and what they hold.")
        given, label = dict(given or {}), None
        names = names_of(self.table_bins_.columns)
        if hasattr(self, "classes_"):
            called = "y" if self._label_name in names else self._label_name
            if called not in names:
                label = condition_on_label(given, called, self.classes_)
        conditions = conditions_of(self.column_values_, names, given, "given")
        drawn, target = self._drawn(n, conditions, label)
        table = as_table(self.output_types_, *drawn)
        if self._n_beside:
            return table, target
        return (table, self.classes_[target]) if hasattr(self, "classes_") else table

    def _drawn(self, n, conditions, label):
        """Names, what columns hold, and values; and numbers or codes of the target."""
        n = n or int(np.clip(round(self.n_rows_), 1, MOST_ROWS))
        # What follows a release may use any randomness: the rows are not in it.
        words = self._entropy().words(4, b"synthetic rows")
        rng = np.random.Generator(np.random.PCG64(words.tolist()))
        names = names_of(self.table_bins_.columns)
        rules = rules_of(self.column_values_, names, self.rules)
        drawing = Drawing(self.model_, self.column_values_, rules)
        values, codes = drawing(n, conditions, label, rng)
        columns, names = self.column_values_, self._output_names or names
        if self._n_beside:
            columns, (*values, codes) = columns[:-1], values
        return (names[: len(columns)], columns, values), codes

    def _fit(self, curator):
        for name in ("classes_", "sampling_strategy_"):  # of a fit before
            vars(self).pop(name, None)
        labelled = self._target_kind() == "class"
        names = names_of(curator.columns)
        target = check_label(self.target, curator.columns)
        forced = checked_rules(self.rules, names, target)
        check_rule_values(self._fields(curator), names, self.rules)
        self._check_bins(curator)
        check_noise(curator.noise_of(Count(), share=1.0))
        if labelled:
            self.classes_ = curator.classes(self.classes, least=2)
            check_room(self.max_cells, len(self.classes_))
        mu = signal_of(curator.budget, len(names))
        bins = self._learn_bins(curator, share=share_of_bins(mu))
        layout = Layout(bins, target, len(self.classes_) if labelled else None)
        self.output_types_ = types_beside(
            getattr(self, "_types", ("array", ("float64",))), len(names)
        )
        self.column_values_ = values_of_table(
            self.table_bins_, self.output_types_[1], curator.columns
        )
        possible = [column.possible for column in self.column_values_]
        if self._n_beside:  # no target is missing, or else it was refused
            possible[-1] = np.append(possible[-1][:-1], False)
        self.model_ = learned_model(
            curator,
            layout,
            possible,
            method=self.method,
            max_cells=self.max_cells,
            forced=forced,
        )
        self.n_rows_ = self.model_.n_rows
        if labelled:
            counts = np.rint(self.model_.of_labels).astype(int).tolist()
            of_classes = zip(self.classes_.tolist(), counts, strict=True)
            self.sampling_strategy_ = dict(of_classes)
        self.pairs_ = [tuple(names[j] for j in pair) for pair in self.model_.pairs]
        if self._n_beside:
            self.n_features_in_ -= self._n_beside
            if hasattr(self, "feature_names_in_"):
                self.feature_names_in_ = self.feature_names_in_[: self.n_features_in_]
        if self.n_rows_ < _FEW * self.model_.noise:
            curator.doubt("noise hides how many rows there are")
        for doubt in doubts_of_rules(self.column_values_, names, self.rules):
            curator.doubt(doubt)

    def _admitted(self, X, y, sample_weight, groups, *, words=None, min_rows=1):
        # What is public about the arguments decides what is learned, and returned.
        if y is not None and self.target is not None:
            raise ValueError(
                "target names a column, and y is given. Give one of them: y is a "
                "target, too."
            )
        in_source = isinstance(X, Rows) and self.target is None
        self._label_name = name_of_labels(y)
        self._output_names = [*X.columns] if is_pandas(X) else None
        self._n_beside = int(is_number(y, self.classes, self._followed_by))
        if self._n_beside:
            X = with_column(framed(X), y, name_beside(X, self._label_name))
            y = None
        self._labelled, self._types = y is not None or in_source, types_of(X)
        return super()._admitted(
            X, y, sample_weight, groups, words=words, min_rows=min_rows
        )

    def _kind_of(self, y, followed_by):
        """What a target is to it, in front of something else."""
        return "number" if is_number(y, self.classes, followed_by) else "class"

    def _target_kind(self):
        labelled = getattr(self, "_labelled", self.target is None)
        return "class" if labelled else "none"

    def _n_subtasks(self):
        """Unknown before the noisy scores are."""
        return None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        return tags
