"""Selection of a number of features."""

from collections.abc import Callable
from numbers import Integral
from typing import Any, Literal

from numpy.typing import ArrayLike

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator
from skprivate.feature_selection._scored import ScoredSelection
from skprivate.rows import UnitClip


class DPSelectKBest(ScoredSelection, DPEstimator):
    """Keep the features with the ``k`` best scores, under differential privacy.

    Features are scored one by one, from sums over rows with known noise: what each has
    to do with the target, and how much it varies. If features are many, and few of them
    are wanted, these are chosen one after another instead, and only they are measured.

    Parameters
    ----------
    score_func : str or callable, default="f_classif"
        ``"f_classif"`` and ``"chi2"`` (of features that are not negative: smaller
        values count as zero) for a target of classes, ``"f_regression"`` and
        ``"r_regression"`` for numbers; or the function of that name of
        ``sklearn.feature_selection``, which is not called. Others cannot be private.
    k : int or "all", default=10
        Number of features to keep; all, if there are not so many.
    method : {"auto", "table", "top_k"}, default="auto"
        ``"table"`` measures all features at once; noise grows with the root of their
        number. ``"top_k"`` chooses features by the exponential mechanism; noise grows
        with the root of the number of choices. ``"auto"`` takes what promises to be
        better, judged by the numbers of features, and of those wanted.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end when scores are computed.
        ``"private"`` pays a tenth of the budget for a search.
    target_bounds : tuple (low, high) or "private", default="private"
        The same for the target, if it is a number.
    classes : array-like of shape (n_classes,), default=None
        The class labels. None reads them from ``y``, which is noted as an assumption.
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
    scores_ : ndarray of shape (n_features,)
        Noisy scores, in which noise counts as variance: it makes a score smaller, not
        larger. NaN for features that were not measured, if ``method_`` is "top_k".
    pvalues_ : ndarray of shape (n_features,) or None
        P-values of the scores, which account for the noise; None for "r_regression",
        and if ``delta=0``, since Laplace noise is large too often for such a test. Of
        features chosen by "top_k" they are not corrected for having been chosen.
    support_ : ndarray of bool of shape (n_features,)
        Which features are kept.
    method_ : {"table", "top_k"}
        How they were found.
    classes_ : ndarray of shape (n_classes,)
        Class labels, where the target has classes.
    output_bounds_ : tuple (low, high) of ndarray
        Bounds of the features that are kept.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.feature_selection.SelectKBest : The same without privacy.

    Notes
    -----
    The sums are Rao's score statistics of a model without coefficients [1]_. Rows are
    standardized by a rough first look, and cut to the norm that an ordinary row has.
    Choosing is equivalent to one-shot noisy top-k with Gumbel noise [2]_.

    References
    ----------
    .. [1] Rao (1948). Large sample tests of statistical hypotheses concerning several
       parameters with applications to problems of estimation. Math. Proc. Cambridge.
    .. [2] Durfee, Rogers (2019). Practical differentially private top-k selection with
       pay-what-you-get composition. NeurIPS.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from skprivate.feature_selection import DPSelectKBest
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> best = DPSelectKBest(k=5, classes=[0, 1], epsilon=2.0).fit(X, y)
    >>> best.transform(X).shape
    (569, 5)
    """

    def __init__(
        self,
        score_func: str | Callable[..., Any] = "f_classif",
        *,
        k: int | Literal["all"] = 10,
        method: Literal["auto", "table", "top_k"] = "auto",
        bounds: BoundsLike | Literal["private"] = "private",
        target_bounds: BoundsLike | Literal["private"] = "private",
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
        self.score_func = score_func
        self.k = k
        self.method = method
        self.bounds = bounds
        self.target_bounds = target_bounds
        self.classes = classes

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        **ScoredSelection._scored_constraints,
        "k": [StrOptions({"all"}), Interval(Integral, 0, None, closed="left")],
    }

    def _n_wanted(self, n_features):
        """Number of features to keep."""
        return n_features if self.k == "all" else int(self.k)
