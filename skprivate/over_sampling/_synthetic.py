"""Over-sampling with rows drawn from one noisy Gaussian per class."""

from numbers import Real

import numpy as np

from skprivate._sklearn import Interval, StrOptions
from skprivate.base import Box, DPEstimator, DPSampler, check_strategy, wanted_counts
from skprivate.base._strategy import UP
from skprivate.queries import Moments, means_and_variances
from skprivate.queries._moments import BITS

_BOUNDS_SHARE = 0.2
_MOST_NOISE = 1e6  # in rows


class DPSyntheticOverSampler(DPSampler):
    """Add synthetic rows to the smaller classes, under differential privacy.

    A synthetic row depends on real ones only through noisy counts, means and variances
    of its class; so for a private step further down the synthetic rows are public, and
    its price is unchanged. (With SMOTE one row moves many synthetic ones.)

    Parameters
    ----------
    sampling_strategy : {"auto", "minority", "not minority", "not majority", "all"}, \
            float, dict or callable, default="auto"
        Which classes are levelled up to the largest, by noisy counts; ``"auto"`` is
        all. A float is the wanted ratio of the smaller to the larger of two classes. A
        dict gives the number of rows to aim at, by class; a function makes such a dict
        of one with the noisy number of rows of each class.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        ``"private"`` pays a fifth of the budget for a search.
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
    means_, scales_ : ndarray of shape (n_classes, n_features)
        Noisy mean and standard deviation of each feature in each class.
    bounds_ : tuple (low, high) of ndarray of shape (n_features,)
        Range of the synthetic rows.
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
        sampling_strategy="auto",
        *,
        bounds="private",
        classes=None,
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
        self.sampling_strategy = sampling_strategy
        self.bounds = bounds
        self.classes = classes

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "sampling_strategy": [
            StrOptions({"auto", *UP}),
            Interval(Real, 0, 1, closed="right"),
            dict,
            callable,
        ],
        "bounds": "no_validation",  # the curator checks them
        "classes": ["array-like", None],
    }

    def _fit(self, curator):
        self.classes_ = curator.classes(self.classes)
        check_strategy(self.sampling_strategy, self.classes_)
        self.bounds_ = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        box = Box.between(*self.bounds_, BITS)
        query = Moments(box, len(self.classes_))
        moments = curator.release(query, share=curator.remaining)
        if curator.noise_of(query) > _MOST_NOISE:
            raise ValueError(
                "The budget is too small to count the classes: noise alone would make "
                f"more than {_MOST_NOISE:g} synthetic rows. Give a larger epsilon."
            )
        self.counts_, means, variances = means_and_variances(moments)
        self.means_ = box.center + box.half * means
        self.scales_ = box.half * np.sqrt(variances)
        wanted = wanted_counts(
            self.sampling_strategy, self.classes_, self.counts_, balanced=max
        )
        aims = np.rint(np.maximum(wanted, self.counts_)).astype(int)
        self.sampling_strategy_ = dict(
            zip(self.classes_.tolist(), aims.tolist(), strict=True)
        )

    def _resample(self, labels):
        aims = np.array(list(self.sampling_strategy_.values()))
        missing = np.maximum(aims - np.rint(self.counts_).astype(int), 0)
        codes = np.repeat(np.arange(len(aims)), missing)
        # What follows a release may use any randomness: the rows are not in it.
        seed = self._entropy().words(4, b"rows" + self.means_.tobytes())
        rng = np.random.Generator(np.random.PCG64(seed.tolist()))
        rows = rng.normal(self.means_[codes], self.scales_[codes])
        return None, np.clip(rows, *self.bounds_), codes

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
