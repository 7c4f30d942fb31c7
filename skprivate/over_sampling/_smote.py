"""SMOTE among points that were released."""

from collections.abc import Callable
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
from skprivate.over_sampling._draws import (
    between,
    gaussian_rows,
    generator_of,
    points_of,
)
from skprivate.rows import UnitClip

_BOUNDS_SHARE = 0.2


class DPSMOTE(AddsRows, DPSampler):
    """Synthetic rows on the way between released points, under differential privacy.

    A few Gaussians of each class are released; points are drawn from them, and new rows
    lie between such a point and one of its nearest neighbours among these points.

    **Guarantee.** No neighbour is searched among real rows: points are a function of
    what was released, and new rows of points, so they are post-processing, and public
    for a private step further down. (With SMOTE the neighbours are real rows, of which
    one moves many synthetic ones, the more the more features there are.)

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
    n_components : int, default=4
        Most Gaussians of a class; one that noise nearly hides has fewer.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y`` and reports that as assumed public.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        ``"private"`` pays a fifth of the budget for a search.
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
    model_ : Components
        What was learned of the classes.
    bounds_ : tuple (low, high) of ndarray of shape (n_features,)
        Range of the synthetic rows.
    sampling_strategy_ : dict
        Number of rows that is aimed at, by class.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    imblearn.over_sampling.SMOTE : Interpolates between real rows; not private.
    DPSMOTENC : The same for tables with categories.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.over_sampling import DPSMOTE
    >>> X, y = np.eye(2)[np.repeat([0, 1], [900, 100])], np.repeat([0, 1], [900, 100])
    >>> sampler = DPSMOTE(bounds=(0, 1), classes=[0, 1], epsilon=2.0, random_state=0)
    >>> X_more, y_more = sampler.fit_resample(X, y)
    >>> bool(1500 < len(X_more) < 2100)
    True
    """

    def __init__(
        self,
        sampling_strategy: float | dict[Any, Any] | Callable[..., Any] | str = "auto",
        *,
        k_neighbors: int = 5,
        n_components: int = 4,
        classes: ArrayLike | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
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
        self.n_components = n_components
        self.classes = classes
        self.bounds = bounds

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "sampling_strategy": [
            StrOptions({"auto", *UP}),
            Interval(Real, 0, 1, closed="right"),
            dict,
            callable,
        ],
        "k_neighbors": [Interval(Integral, 1, 100, closed="both")],
        "n_components": [Interval(Integral, 1, 256, closed="both")],
        "classes": ["array-like", None],
        "bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        n_classes = self._begin(curator)
        self.bounds_ = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        self.model_ = learn_components(
            curator, self.bounds_, n_classes, self.n_components
        )
        self._aim(curator)

    def _resample(self, labels):
        missing = self._missing()
        codes = np.repeat(np.arange(len(missing)), missing)
        rng = generator_of(self, self.counts_.tobytes())
        sizes = points_of(missing, self.k_neighbors)
        points = gaussian_rows(self.model_, sizes, self.bounds_, rng)
        parts = np.split(points, np.cumsum(sizes)[:-1])
        found = [
            between(part, np.empty((len(part), 0)), n, self.k_neighbors, rng)[0]
            for part, n in zip(parts, missing.tolist(), strict=True)
            if n
        ]
        nothing = np.empty((0, points.shape[1]))
        return None, np.concatenate([*found, nothing]), codes

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
