"""Private search over candidates that are drawn from distributions."""

from collections.abc import Sequence
from functools import partial
from numbers import Integral
from typing import Any, Literal

from sklearn.model_selection import ParameterSampler

from skprivate._typing import Estimator, SeedLike
from skprivate.mechanisms import Entropy
from skprivate.metrics import DPScorer
from skprivate.model_selection._candidates import candidates_of
from skprivate.model_selection._search import DPSearch


class DPRandomizedSearchCV(DPSearch):
    """Choose a setting from some that are drawn at random, under differential privacy.

    ``n_iter`` candidates are drawn, without a look at the rows, and searched as
    :class:`DPGridSearchCV` searches a grid: read there how, and what is covered. They
    are the same at each fit (others with another ``random_state``), so that the price
    is known in advance.

    Parameters
    ----------
    estimator : estimator
        Of skprivate, or a pipeline by :func:`~skprivate.pipeline.make_dp_pipeline`,
        with ``epsilon``, ``delta`` and ``random_state`` at their defaults.
    param_distributions : dict or list of dict
        As in scikit-learn: lists, or distributions with a method ``rvs``.
    n_iter : int, default=10
        Number of candidates.
    scoring : str or DPScorer, default=None
        What decides: the name of a metric, or what
        :func:`~skprivate.metrics.make_dp_scorer` returns (its own budget is not used).
        None is the accuracy of a classifier. A regressor that releases enough to
        estimate its own error (:class:`~skprivate.linear_model.DPRidge` does) is judged
        by that, with no rows set aside; others by the mean absolute error, if they were
        given ``target_bounds``. Metrics that are a mean over rows, such as
        these, choose most precisely.
    n_jobs : int, default=None
        Number of runs at a time, as in scikit-learn. How long they take tells how many
        there were, and is not hidden.
    validation_fraction : float in (0, 1), default=0.2
        Probability of a row (or unit) to be scored instead of fitted. Without effect
        where the estimator is judged by its own estimate of the error.
    stopping : {"geometric", "logarithmic", "poisson"}, default="geometric"
        Law of the number of runs, where there is more than one. ``"logarithmic"``
        leaves each run more budget, but often stops after one; ``"poisson"`` varies
        least, may make no run at all (an error, with probability ``exp(-mean_runs)``),
        and has no pure guarantee.
    mean_runs : float, default=None
        Expected number of runs. None: with few groups, each is fitted once; else four
        times the number of groups.
    n_variations : int, default=None
        How often the answers that a fit was given are varied: fresh noise is added to
        the last of them, every candidate learns from that once more, and all models
        are chosen from. It costs time and no privacy. None: 32 where candidates share
        a fit and the metric is a mean over rows, else 0. Refused where it cannot help:
        with random stopping, other metrics, and estimators that judge themselves.
        Without effect at ``epsilon=inf``.
    epsilon : float, default=1.0
        Budget of the whole search. ``inf`` means no noise, no privacy, and that each
        group is fitted once.
    delta : float, default=1e-6
        Budget of the whole search. Zero asks for pure differential privacy.
    random_state : int, RandomState instance or None, default=None
        A seed makes the search repeatable, and not private.

    Attributes
    ----------
    best_estimator_ : estimator
        The winner, fitted on the rows that were not scored.
    best_params_ : dict
        Its setting.
    privacy_ : PrivacyReport
        The price of the search, and the releases that led to the winner. It is
        ``best_estimator_.privacy_`` as well.
    classes_ : ndarray of shape (n_classes,)
        Class labels, if the estimator is a classifier.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if they have names.

    See Also
    --------
    sklearn.model_selection.RandomizedSearchCV : The same without privacy.
    DPGridSearchCV : Settings from a grid.

    Examples
    --------
    >>> from scipy.stats import loguniform
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.model_selection import DPRandomizedSearchCV
    >>> from skprivate.naive_bayes import DPGaussianNB
    >>> X, y = load_iris(return_X_y=True)
    >>> search = DPRandomizedSearchCV(
    ...     DPGaussianNB(bounds=(0, 8), classes=[0, 1, 2]),
    ...     {"var_smoothing": loguniform(1e-9, 1.0)},
    ...     epsilon=5.0,
    ... ).fit(X, y)
    >>> search.predict(X).shape
    (150,)
    """

    def __init__(
        self,
        estimator: Estimator,
        param_distributions: dict[Any, Any] | Sequence[dict[Any, Any]],
        *,
        n_iter: int = 10,
        scoring: str | DPScorer | None = None,
        n_jobs: int | None = None,
        validation_fraction: float = 0.2,
        stopping: Literal["geometric", "logarithmic", "poisson"] = "geometric",
        mean_runs: float | None = None,
        n_variations: int | None = None,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        random_state: SeedLike = None,
    ) -> None:
        self.estimator = estimator
        self.param_distributions = param_distributions
        self.n_iter = n_iter
        self.scoring = scoring
        self.n_jobs = n_jobs
        self.validation_fraction = validation_fraction
        self.stopping = stopping
        self.mean_runs = mean_runs
        self.n_variations = n_variations
        self.epsilon = epsilon
        self.delta = delta
        self.random_state = random_state

    def _candidates(self, entropy):
        # Always the same, or a price that is asked for in advance might not be the one
        # that is charged. Candidates are no secret, and rows have no part in them.
        known = entropy if entropy.seeded else Entropy(0)
        seed = int(known.words(1, b"candidates")[0]) >> 33
        if not (isinstance(self.n_iter, Integral) and self.n_iter >= 1):
            raise ValueError("n_iter must be a whole number above 0. Give 10, say.")
        given, what = (self.param_distributions, self.n_iter), "param_distributions"
        read = partial(ParameterSampler, *given, random_state=seed)
        return candidates_of(read, what), what
