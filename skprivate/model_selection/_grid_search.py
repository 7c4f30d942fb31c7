"""Private search over a grid."""

from collections.abc import Sequence
from typing import Any, Literal

from sklearn.model_selection import ParameterGrid

from skprivate._typing import Estimator, SeedLike
from skprivate.metrics import DPScorer
from skprivate.model_selection._candidates import candidates_of
from skprivate.model_selection._search import DPSearch


class DPGridSearchCV(DPSearch):
    """Choose a setting from a grid, under differential privacy.

    The budget is that of everything: all fits, all scores, and the winner, which needs
    no second fit. Four facts keep the price low.

    * Each row is fitted or scored, never both: its secret coin decides. So fits and
      scores are paid for by different rows, and do not add up.
    * Settings that change what is made of the answers, not what is asked (``alpha`` of
      :class:`~skprivate.linear_model.DPRidge`, ``var_smoothing`` of
      :class:`~skprivate.naive_bayes.DPGaussianNB`), share one fit. They are found by
      trying, and form a *group*. With one group, the search costs each row what one
      fit costs.
    * Answers that were released may be given more noise as often as one likes. So each
      candidate also learns from variations of them (``n_variations``), and one choice
      among all models, which costs no more, finds those where noise happens to cancel.
    * Many groups are drawn at random, a secret and random number of times, and the best
      run alone is released: the price hardly grows with their number [1]_ [2]_.

    There are no ``cv_results_``: scores of the losers would have to be paid for.

    Parameters
    ----------
    estimator : estimator
        Of skprivate, or a pipeline by :func:`~skprivate.pipeline.make_dp_pipeline`,
        with ``epsilon``, ``delta`` and ``random_state`` at their defaults.
    param_grid : dict or list of dict
        As in scikit-learn. All candidates get the same budget.
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
    sklearn.model_selection.GridSearchCV : The same without privacy. Around a private
        estimator it works, too, and each of its fits has the full price.
    DPRandomizedSearchCV : Settings that are drawn from distributions.
    skprivate.linear_model.DPRidgeCV : Chooses ``alpha`` at no price at all.

    Notes
    -----
    Hidden are the number of runs, the scores and the losers. Not hidden is the time
    that a search takes, which grows with the number of runs: where somebody untrusted
    could measure it, answer after a fixed time.

    A winner that learned from a variation has more noise than its releases, and what it
    derives from their noise, state: up to about four times as much.

    If a run fails, the search fails, and that it did is known; see *Errors* in the
    privacy contract.

    References
    ----------
    .. [1] Liu and Talwar (2019). Private selection from private candidates. STOC.
    .. [2] Papernot and Steinke (2022). Hyperparameter tuning with Renyi differential
       privacy. ICLR.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.model_selection import DPGridSearchCV
    >>> from skprivate.naive_bayes import DPGaussianNB
    >>> X, y = load_iris(return_X_y=True)
    >>> search = DPGridSearchCV(
    ...     DPGaussianNB(bounds=(0, 8), classes=[0, 1, 2]),
    ...     {"var_smoothing": [1e-9, 1e-3, 1e-1]},
    ...     epsilon=5.0,
    ... ).fit(X, y)
    >>> sorted(search.best_params_)
    ['var_smoothing']
    >>> round(search.privacy_.epsilon(), 6)
    5.0
    """

    def __init__(
        self,
        estimator: Estimator,
        param_grid: dict[Any, Any] | Sequence[dict[Any, Any]],
        *,
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
        self.param_grid = param_grid
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
        what = "param_grid"
        return candidates_of(lambda: ParameterGrid(self.param_grid), what), what
