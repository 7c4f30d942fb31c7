"""SMOTE for tables with categories, among points that were released."""

from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator, DPSampler
from skprivate.base._strategy import UP
from skprivate.over_sampling._added import AddsRows
from skprivate.over_sampling._draws import between, generator_of, points_of
from skprivate.over_sampling._marginals import learn_marginals
from skprivate.rows import UnitClip
from skprivate.schema import Schema
from skprivate.tables import BinsTables


class DPSMOTENC(AddsRows, BinsTables, DPSampler):
    """Synthetic rows of mixed tables, between released points.

    How the values of each column are spread in each class is released; points are drawn
    from that, and new rows lie between such a point and one of its nearest neighbours
    among these points. A category is that of most neighbours. Columns may be numbers,
    dates, booleans and categories, with gaps.

    **Guarantee.** No neighbour is searched among real rows: points are a function of
    what was released, and new rows of points, so they are post-processing, and public
    for a private step further down.

    Parameters
    ----------
    sampling_strategy : {"auto", "minority", "not minority", "not majority", "all"}, \
            float, dict or callable, default="auto"
        Which classes are levelled up to the largest, by noisy counts; ``"auto"`` is
        all. A float is the wanted ratio of the smaller to the larger of two classes. A
        dict gives the number of rows to aim at, by class, or floats up to one: ratios
        to the largest class. A function makes a dict of numbers of rows from one with
        the noisy number of rows of each class.
    k_neighbors : int, default=5
        Nearest released points among which one is chosen.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y`` and reports that as assumed public.
    schema : Schema or mapping, default=None
        What is known about columns, or makes them something else than their type says;
        see :class:`~skprivate.schema.Schema`. It need not name all of them.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers of which the schema does not tell it: numbers, or
        arrays of one number per column. ``"private"`` searches for it.
    categorical_features : "from_dtype", array-like or None, default="from_dtype"
        Columns of categories: those whose type says so, or these, by number, name, or
        a truth value each.
    max_bins : int, default=32
        Most bins of a number, which are cut at private quantiles.
    cardinality_threshold : int, default=40
        Most categories of a column to find.
    find_categories : bool, default=True
        Whether to pay for categories that neither a type nor the schema tells. False
        refuses such columns.
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
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    counts_ : ndarray of shape (n_classes,)
        Noisy number of rows of each class.
    model_ : Marginals
        What was learned of the classes.
    table_bins_ : TableBins
        How rows are read.
    schema_ : Schema
        What was declared and what was found, for all columns.
    sampling_strategy_ : dict
        Number of rows that is aimed at, by class.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    imblearn.over_sampling.SMOTENC : Interpolates between real rows; not private.
    DPSMOTE : The same for numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.over_sampling import DPSMOTENC
    >>> X, y = np.eye(2)[np.repeat([0, 1], [900, 100])], np.repeat([0, 1], [900, 100])
    >>> sampler = DPSMOTENC(bounds=(0, 1), classes=[0, 1], epsilon=2.0, random_state=0)
    >>> X_more, y_more = sampler.fit_resample(X, y)
    >>> bool(1500 < len(X_more) < 2100)
    True
    """

    def __init__(
        self,
        sampling_strategy: float | dict[Any, Any] | Callable[..., Any] | str = "auto",
        *,
        k_neighbors: int = 5,
        classes: ArrayLike | None = None,
        schema: Schema | Mapping[Any, Any] | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        categorical_features: ArrayLike | Literal["from_dtype"] | None = "from_dtype",
        max_bins: int = 32,
        cardinality_threshold: int = 40,
        find_categories: bool = True,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        max_weight: float = 1.0,
        max_rows_per_group: int | UnitClip = 1,
        random_state: SeedLike = None,
    ) -> None:
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.sampling_strategy = sampling_strategy
        self.k_neighbors = k_neighbors
        self.classes = classes
        self.schema = schema
        self.bounds = bounds
        self.categorical_features = categorical_features
        self.max_bins = max_bins
        self.cardinality_threshold = cardinality_threshold
        self.find_categories = find_categories

    _plan_varies = True  # what bins ask depends on answers before

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        **BinsTables._bins_constraints,
        "sampling_strategy": [
            StrOptions({"auto", *UP}),
            Interval(Real, 0, 1, closed="right"),
            dict,
            callable,
        ],
        "k_neighbors": [Interval(Integral, 1, 100, closed="both")],
        "classes": ["array-like", None],
    }

    def _fit(self, curator):
        self._check_bins(curator)
        self.model_ = learn_marginals(curator, self, self._begin(curator))
        self._aim(curator)

    def _resample(self, labels):
        missing = self._missing()
        codes = np.repeat(np.arange(len(missing)), missing)
        rng = generator_of(self, self.counts_.tobytes())
        kinds = self.model_.categorical
        rows = np.empty((len(codes), len(kinds)))
        start, sizes = 0, points_of(missing, self.k_neighbors)
        for code, n in enumerate(missing.tolist()):
            if not n:
                continue
            points = self.model_.rows(code, int(sizes[code]), rng)
            part = rows[start : start + n]
            part[:, ~kinds], part[:, kinds] = between(
                points[:, ~kinds], points[:, kinds], n, self.k_neighbors, rng
            )
            start += n
        return None, self.model_.columns(rows), codes
