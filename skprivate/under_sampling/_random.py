"""Random under-sampling by coins whose odds follow noisy class counts."""

from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import SeedLike
from skprivate.base import DPEstimator, DPSampler, check_strategy, wanted_counts
from skprivate.base._read_labels import ReadsLabels, codes_of_labels, coins_of_rows
from skprivate.base._strategy import DOWN, aims_by_class
from skprivate.queries import ClassCounts
from skprivate.rows import UnitClip


class DPRandomUnderSampler(ReadsLabels, DPSampler):
    """Leave out rows of the larger classes, under differential privacy.

    The number of rows of each class is released with noise; then each row is kept or
    not by a coin of its own, whose odds depend on its class alone. So no row decides
    about another one. (imbalanced-learn's ``RandomUnderSampler`` draws exactly as many
    rows as the smallest class has: one row there moves many others.) What a row holds
    beside its class, text, dates or gaps, is not looked at.

    Parameters
    ----------
    sampling_strategy : {"auto", "majority", "not minority", "not majority", "all"}, \
            float, dict or callable, default="auto"
        Which classes are levelled down to the smallest, by noisy counts; ``"auto"`` is
        all. A float is the wanted ratio of the smaller to the larger of two classes. A
        dict gives the number of rows to aim at, by class, or floats up to one: ratios
        of the smallest class to this one. A function makes a dict of numbers of rows
        from one with the noisy number of rows of each class.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y`` and reports that as assumed public.
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
    keep_probability_ : ndarray of shape (n_classes,)
        Odds that a row of the class is kept.
    sampling_strategy_ : dict
        Number of rows that is aimed at, by class.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    imblearn.under_sampling.RandomUnderSampler : The same without privacy.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.under_sampling import DPRandomUnderSampler
    >>> X, y = np.ones((1000, 2)), np.repeat([0, 1], [900, 100])
    >>> sampler = DPRandomUnderSampler(classes=[0, 1], epsilon=1.0)
    >>> X_kept, y_kept = sampler.fit_resample(X, y)
    >>> bool(len(X_kept) == len(y_kept) < 500)
    True
    """

    def __init__(
        self,
        sampling_strategy: float | dict[Any, Any] | Callable[..., Any] | str = "auto",
        *,
        classes: ArrayLike | None = None,
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
        self.classes = classes

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "sampling_strategy": [
            StrOptions({"auto", *DOWN}),
            Interval(Real, 0, 1, closed="right"),
            dict,
            callable,
        ],
        "classes": ["array-like", None],
    }

    def _fit(self, curator):
        check_strategy(self.sampling_strategy, None)
        self.classes_ = curator.classes(self.classes)
        check_strategy(self.sampling_strategy, self.classes_)
        query = ClassCounts(len(self.classes_))
        counts = curator.release(query, share=curator.remaining)
        self.counts_ = np.maximum(counts, 1.0)
        wanted = wanted_counts(
            self.sampling_strategy, self.classes_, self.counts_, balanced=min
        )
        self.keep_probability_ = np.minimum(wanted / self.counts_, 1.0)
        aims = np.minimum(wanted, self.counts_)
        self.sampling_strategy_ = aims_by_class(self.classes_, aims)

    def _resample(self, labels):
        codes = codes_of_labels(labels, self.classes_)
        coins = coins_of_rows(self, len(codes))
        kept = np.flatnonzero(coins < np.append(self.keep_probability_, 0.0)[codes])
        return kept, None, None
