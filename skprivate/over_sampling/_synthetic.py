"""Over-sampling with rows drawn from a noisy model of each class."""

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
from skprivate.over_sampling._components import learn_components
from skprivate.over_sampling._draws import gaussian_rows, generator_of
from skprivate.over_sampling._marginals import learn_marginals
from skprivate.rows import UnitClip
from skprivate.schema import Schema
from skprivate.tables import BinsTables

_BOUNDS_SHARE = 0.2


class DPSyntheticOverSampler(AddsRows, BinsTables, DPSampler):
    """Add synthetic rows to the smaller classes, under differential privacy.

    A synthetic row depends on real ones only through noisy totals of its class; so for
    a private step further down the synthetic rows are public, and its price is
    unchanged. (With SMOTE one row moves many synthetic ones.)

    Parameters
    ----------
    sampling_strategy : {"auto", "minority", "not minority", "not majority", "all"}, \
            float, dict or callable, default="auto"
        Which classes are levelled up to the largest, by noisy counts; ``"auto"`` is
        all. A float is the wanted ratio of the smaller to the larger of two classes. A
        dict gives the number of rows to aim at, by class, or floats up to one: ratios
        to the largest class. A function makes a dict of numbers of rows from one with
        the noisy number of rows of each class.
    method : {"gaussian", "mixture", "marginals"}, default="gaussian"
        What is learned of a class: mean and standard deviation of each feature; those
        of the rows nearest to each of a few centers; or how the values of each column
        are spread over bins, for tables with text, dates, categories and gaps.
    n_components : int, default=4
        Most centers of a class, for ``method="mixture"``; a class that noise nearly
        hides has fewer.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y`` and reports that as assumed public.
    schema : Schema or mapping, default=None
        What is known about columns, for ``method="marginals"``; see
        :class:`~skprivate.schema.Schema`. It need not name all of them.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        ``"private"`` pays for a search.
    categorical_features : "from_dtype", array-like or None, default="from_dtype"
        Columns of categories, for ``method="marginals"``: those whose type says so, or
        these, by number, name, or a truth value each.
    max_bins : int, default=32
        Most bins of a number, for ``method="marginals"``.
    cardinality_threshold : int, default=40
        Most categories of a column to find.
    find_categories : bool, default=True
        Whether ``method="marginals"`` pays for categories that nobody declared; it
        refuses such columns otherwise.
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
    model_ : Components or Marginals
        What was learned of the classes.
    bounds_ : tuple (low, high) of ndarray of shape (n_features,)
        Range of the synthetic rows; not of ``method="marginals"``, whose model has it.
    sampling_strategy_ : dict
        Number of rows that is aimed at, by class.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    imblearn.over_sampling.SMOTE : Interpolates between real rows; not private.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.over_sampling import DPSyntheticOverSampler
    >>> X, y = np.eye(2)[np.repeat([0, 1], [900, 100])], np.repeat([0, 1], [900, 100])
    >>> sampler = DPSyntheticOverSampler(bounds=(0, 1), classes=[0, 1], epsilon=1.0)
    >>> X_more, y_more = sampler.fit_resample(X, y)
    >>> bool(1500 < len(X_more) < 2100)
    True
    """

    def __init__(
        self,
        sampling_strategy: float | dict[Any, Any] | Callable[..., Any] | str = "auto",
        *,
        method: Literal["gaussian", "mixture", "marginals"] = "gaussian",
        n_components: int = 4,
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
        self.method = method
        self.n_components = n_components
        self.classes = classes
        self.schema = schema
        self.bounds = bounds
        self.categorical_features = categorical_features
        self.max_bins = max_bins
        self.cardinality_threshold = cardinality_threshold
        self.find_categories = find_categories

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        **BinsTables._bins_constraints,
        "sampling_strategy": [
            StrOptions({"auto", *UP}),
            Interval(Real, 0, 1, closed="right"),
            dict,
            callable,
        ],
        "method": [StrOptions({"gaussian", "mixture", "marginals"})],
        "n_components": [Interval(Integral, 1, 256, closed="both")],
        "classes": ["array-like", None],
    }

    @property
    def _takes_tables(self):
        return self.method == "marginals"

    def _discovers(self):
        return self.method == "marginals" and super()._discovers()

    def _fit(self, curator):
        n_classes = self._begin(curator)
        if self.method == "marginals":
            self.model_ = learn_marginals(curator, self, n_classes)
        else:
            n_components = self.n_components if self.method == "mixture" else 1
            self.bounds_ = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
            self.model_ = learn_components(
                curator, self.bounds_, n_classes, n_components
            )
        self._aim(curator)

    def _resample(self, labels):
        missing = self._missing()
        codes = np.repeat(np.arange(len(missing)), missing)
        rng = generator_of(self, self.counts_.tobytes())
        if self.method != "marginals":
            rows = gaussian_rows(self.model_, missing, self.bounds_, rng)
            return None, rows, codes
        parts = [self.model_.rows(k, n, rng) for k, n in enumerate(missing)]
        return None, self.model_.columns(np.concatenate(parts)), codes

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self.method == "gaussian"
        marginals = self.method == "marginals"
        tags.input_tags.allow_nan = marginals
        tags.input_tags.categorical = marginals
        tags.input_tags.string = marginals
        return tags
