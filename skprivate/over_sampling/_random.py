"""Random over-sampling: rows of the smaller classes again, up to a public number."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import SeedLike
from skprivate.base import DPEstimator, DPSampler, check_strategy, wanted_counts
from skprivate.base._read_labels import ReadsLabels, codes_of_labels, coins_of_rows
from skprivate.base._strategy import UP, aims_by_class
from skprivate.base._utility import hidden_classes
from skprivate.queries import ClassCounts
from skprivate.rows import UnitClip


class DPRandomOverSampler(ReadsLabels, DPSampler):
    """Repeat rows of the smaller classes, under differential privacy.

    The number of rows of each class is released with noise; then each row comes as
    often as the odds of its class say: a whole number of times for sure, and once more
    by a coin of its own. So no row decides about another one, and a row comes at most
    ``max_copies`` times. (imbalanced-learn's ``RandomOverSampler`` draws as many as
    are lacking to the exact count: one row there moves many others.)

    A row that comes k times moves what follows k times as far. The *stability* of this
    sampler is ``max_copies``, and what follows needs noise for as many rows, for all
    rows: see the notes. Weights of classes (``class_weight="balanced"``) do the same
    for less where a model has them, and synthetic rows cost nothing further.

    Parameters
    ----------
    sampling_strategy : {"auto", "minority", "not minority", "not majority", "all"}, \
            float, dict or callable, default="auto"
        Which classes are levelled up to the largest, by noisy counts; ``"auto"`` is
        all. A float is the wanted ratio of the smaller to the larger of two classes. A
        dict gives the number of rows to aim at, by class, or floats up to one: ratios
        to the largest class. A function makes a dict of numbers of rows from one with
        the noisy number of rows of each class.
    max_copies : int, default=3
        How often a row may come, itself included. Public. If a class would need more,
        it stays smaller than the strategy says.
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
    copies_ : ndarray of shape (n_classes,)
        How often a row of the class comes, on average.
    sampling_strategy_ : dict
        Number of rows that is aimed at, by class.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    imblearn.over_sampling.RandomOverSampler : The same without privacy.
    DPSyntheticOverSampler : Adds rows that nobody has.

    Notes
    -----
    In a :class:`~skprivate.pipeline.DPPipeline` the copies of a row are one privacy
    unit for all steps that follow, so that these add noise for ``max_copies`` rows, and
    the price stays. In a pipeline of imbalanced-learn the model knows nothing of that:
    :func:`~skprivate.composition.check_private` says what it costs for a group of
    ``max_copies`` rows, and where a ledger listens such a fit is refused.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.over_sampling import DPRandomOverSampler
    >>> X, y = np.ones((1000, 2)), np.repeat([0, 1], [900, 100])
    >>> sampler = DPRandomOverSampler(max_copies=4, classes=[0, 1])
    >>> X_more, y_more = sampler.fit_resample(X, y)
    >>> len(X_more), sampler.stability
    (1300, 4)
    """

    def __init__(
        self,
        sampling_strategy: float | dict[Any, Any] | Callable[..., Any] | str = "auto",
        *,
        max_copies: int = 3,
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
        self.max_copies = max_copies
        self.classes = classes

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "sampling_strategy": [
            StrOptions({"auto", *UP}),
            Interval(Real, 0, 1, closed="right"),
            dict,
            callable,
        ],
        "max_copies": [Interval(Integral, 1, 1000, closed="both")],
        "classes": ["array-like", None],
    }

    @property
    def stability(self) -> int:
        """Most rows that one row may add: ``max_copies``."""
        known = isinstance(self.max_copies, Integral)
        return int(self.max_copies) if known else 1  # or no fit comes about

    def _fit(self, curator):
        check_strategy(self.sampling_strategy, None)
        self.classes_ = curator.classes(self.classes)
        check_strategy(self.sampling_strategy, self.classes_)
        query = ClassCounts(len(self.classes_))
        counts = curator.release(query, share=curator.remaining)
        for doubt in hidden_classes(counts, curator.noise_of(query)):
            curator.doubt(doubt)
        self.counts_ = np.maximum(counts, 1.0)
        wanted = wanted_counts(
            self.sampling_strategy, self.classes_, self.counts_, balanced=max
        )
        self.copies_ = np.clip(wanted / self.counts_, 1.0, self.max_copies)
        aims = self.copies_ * self.counts_
        self.sampling_strategy_ = aims_by_class(self.classes_, aims)

    def _resample(self, labels):
        codes = codes_of_labels(labels, self.classes_)
        coins = coins_of_rows(self, len(codes))
        copies = np.append(self.copies_, 1.0)[codes]  # of no class: as it is
        more = np.floor(copies - 1.0 + (1.0 - coins)).astype(np.intp)
        more = np.minimum(more, self.stability - 1)
        rows = np.arange(len(codes))
        return np.concatenate([rows, np.repeat(rows, more)]), None, None
