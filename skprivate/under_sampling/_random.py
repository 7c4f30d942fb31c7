"""Random under-sampling by coins whose odds follow noisy class counts."""

from numbers import Real

import numpy as np

from skprivate._sklearn import Interval, StrOptions
from skprivate.base import DPEstimator, DPSampler, check_strategy, wanted_counts
from skprivate.base._strategy import DOWN
from skprivate.queries import ClassCounts
from skprivate.rows import Rows
from skprivate.rows._features import record_features
from skprivate.rows._kinds import is_sparse
from skprivate.rows._labels import encode
from skprivate.rows._table import opened_table
from skprivate.rows._table_map import TableMap


class DPRandomUnderSampler(DPSampler):
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
        dict gives the number of rows to aim at, by class; a function makes such a dict
        of one with the noisy number of rows of each class.
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
        sampling_strategy="auto",
        *,
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

    _reads_features = False
    _keeps_missing = True  # of the rows that stay

    def _fit(self, curator):
        self.classes_ = curator.classes(self.classes)
        check_strategy(self.sampling_strategy, self.classes_)
        query = ClassCounts(len(self.classes_))
        counts = curator.release(query, share=curator.remaining)
        self.counts_ = np.maximum(counts, 1.0)
        wanted = wanted_counts(
            self.sampling_strategy, self.classes_, self.counts_, balanced=min
        )
        self.keep_probability_ = np.minimum(wanted / self.counts_, 1.0)
        aims = np.rint(np.minimum(wanted, self.counts_)).astype(int)
        self.sampling_strategy_ = dict(
            zip(self.classes_.tolist(), aims.tolist(), strict=True)
        )

    def _admitted(self, X, y, sample_weight, groups, *, words=None, min_rows=1):
        # Only labels are counted: of the table it matters how many rows there are.
        if isinstance(X, Rows):
            counted = X.mapped(TableMap(_no_features, np.zeros((0, 1))))
            if counted is None:
                return super()._admitted(X, y, sample_weight, groups, words=words)
            rows = super()._admitted(counted, y, sample_weight, groups, words=words)
            self.n_features_in_ = X.n_features
            if X.feature_names is not None:
                self.feature_names_in_ = np.array(X.feature_names, dtype=object)
            return rows
        shape = X.shape if is_sparse(X) else opened_table(X, min_rows).shape
        rows = super()._admitted(
            np.zeros((shape[0], 1)), y, sample_weight, groups, words=words,
            min_rows=min_rows,
        )  # fmt: skip
        record_features(self, X, np.empty((0, shape[1])), reset=True)
        return rows

    def _resample(self, labels):
        # A row of weight zero may have another label, and is then left out.
        codes = encode(labels, self.classes_, np.zeros(len(labels), bool))
        words = self._entropy().words(len(codes), b"coins" + self.counts_.tobytes())
        coins = (words >> np.uint64(11)) * 2.0**-53
        kept = np.flatnonzero(coins < np.append(self.keep_probability_, 0.0)[codes])
        return kept, None, None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags


def _no_features(X):
    """As many rows as in a table, with nothing in them."""
    return np.zeros((X.shape[0] if hasattr(X, "shape") else len(X), 1))
