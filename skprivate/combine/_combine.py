"""Synthetic rows for small classes, coins for large ones, from one release."""

from numbers import Real

import numpy as np

from skprivate._sklearn import Interval, StrOptions
from skprivate.base._read_labels import codes_of_labels, coins_of_rows
from skprivate.base._strategy import DOWN, UP, middle
from skprivate.over_sampling import DPSyntheticOverSampler


class DPCombine(DPSyntheticOverSampler):
    """Add synthetic rows to small classes and leave out rows of large ones.

    A noisy model of each class is released, which also tells how many rows it has.
    Small classes get rows drawn from it; a row of a large class stays or not by a coin
    of its own, whose odds depend on its class alone. One release pays for both.

    **Guarantee.** That of :class:`~skprivate.base.DPSampler`: synthetic rows are
    post-processing, and a row that stays is one row.

    Parameters
    ----------
    sampling_strategy : {"auto", "minority", "majority", "not minority", \
            "not majority", "all"}, float, dict or callable, default="auto"
        Which classes are brought to where the smallest and the largest meet, the
        geometric mean of their noisy counts; ``"auto"`` is all. A float is the wanted
        ratio of the smaller to the larger of two classes, which meet each other half
        the way. A dict gives the number of rows to aim at, by class, or floats up to
        one: ratios to the largest class. A function makes a dict of numbers of rows
        from one with the noisy number of rows of each class.
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
    keep_probability_ : ndarray of shape (n_classes,)
        Odds that a row of the class is kept.
    model_ : Components or Marginals
        What was learned of the classes.
    sampling_strategy_ : dict
        Number of rows that is aimed at, by class.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    imblearn.combine.SMOTEENN : Edits by neighbours; not private.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.combine import DPCombine
    >>> X, y = np.eye(2)[np.repeat([0, 1], [900, 100])], np.repeat([0, 1], [900, 100])
    >>> sampler = DPCombine(bounds=(0, 1), classes=[0, 1], epsilon=4.0, random_state=0)
    >>> X_more, y_more = sampler.fit_resample(X, y)
    >>> bool(450 < len(X_more) < 800)
    True
    """

    _parameter_constraints = {
        **DPSyntheticOverSampler._parameter_constraints,
        "sampling_strategy": [
            StrOptions({"auto", *UP, *DOWN}),
            Interval(Real, 0, 1, closed="right"),
            dict,
            callable,
        ],
    }
    _levelled = staticmethod(middle)

    def _reached(self, wanted):
        self.keep_probability_ = np.minimum(wanted / self.counts_, 1.0)
        return wanted

    def _resample(self, labels):
        codes = codes_of_labels(labels, self.classes_)
        odds = np.append(self.keep_probability_, 0.0)[codes]
        kept = np.flatnonzero(coins_of_rows(self, len(codes)) < odds)
        return kept, *super()._resample(labels)[1:]
