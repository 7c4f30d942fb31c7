"""Any regressor, made private by a vote of teachers."""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import BoundsLike, Estimator, SeedLike, TableLike
from skprivate.ensemble._taught import DPTaught
from skprivate.ensemble._vote_student import asked_student, learns_labels
from skprivate.ensemble._vote_targets import TargetScale
from skprivate.rows import UnitClip
from skprivate.synthesis import DPTabularSynthesizer


class DPBaggingRegressor(RegressorMixin, DPTaught):
    """A student of any regressor, under differential privacy.

    As :class:`DPBaggingClassifier`: teachers on disjoint parts of the rows predict rows
    that are no secret, and a student learns the noisy mean of what they say.

    **Guarantee.** See :class:`DPTaught`: a unit is in the part of one teacher, whatever
    the number of its rows, and moves one vote.

    Parameters
    ----------
    estimator : estimator, default=None
        What each teacher is: any regressor. It need not be private. None: ridge
        regression behind what reads any table.
    n_estimators : int, default=200
        Number of teachers; public, so not to be computed from the number of rows.
    student : estimator, default=None
        Regressor that learns the votes. None: ridge regression or boosted trees,
        whichever predicts votes better.
    public : array-like, data frame, sparse matrix or PublicRows, default=None
        Rows that are no secret, with the columns of ``X``, to be voted on.
    public_target : array-like, default=None
        Targets of public rows, where these are no secret either: teachers learn them,
        too, and votes only correct what a model of public rows says. ``PublicRows`` has
        them.
    queries : {"marginals", "ranges"} or DPTabularSynthesizer, default="marginals"
        Without public rows: rows from noisy marginals of the private ones, for a
        quarter of the budget; or drawn evenly within ``bounds``.
    n_queries : int, default=2000
        How many rows to make up.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features, for rows that are made up.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target, to which votes are cut.
    clip : float in (0, 1], default=None
        How far a teacher may be from what is expected, on all rows together, in units
        of the range of the target. None: 0.15, or 0.05 beside public targets.
    epsilon : float, default=1.0
        Budget of a fit of the whole.
    delta : float, default=1e-6
        Budget of a fit of the whole.
    budget_weights : dict, default=None
        Of ``"rows"`` (made up), ``"target"`` (its range and mean) and ``"votes"``; by
        default 5, 1 and 14.
    max_rows_per_group : int or UnitClip, default=1
        Rows of one group that count where rows are made up and the target is measured.
        Teachers see all of them.
    n_jobs : int, default=None
        Teachers that are fitted at a time, by joblib.
    random_state : int, RandomState instance or None, default=None
        A seed makes a fit repeatable, and not private.

    Attributes
    ----------
    student_ : estimator
        The fitted student.
    queries_ : table
        The rows that were voted on.
    votes_ : ndarray of shape (n_queries, 1)
        Noisy mean votes, in units of the target.
    vote_noise_ : float
        Standard deviation of the noise of one of them, before votes that were shortened
        are lengthened again.
    privacy_ : PrivacyReport
        All releases, and the price of the whole.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neighbors import KNeighborsRegressor
    >>> from skprivate.ensemble import DPBaggingRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (5000, 2))
    >>> y = X[:, 0] + X[:, 1]
    >>> model = DPBaggingRegressor(
    ...     KNeighborsRegressor(3), 100, public=X[:500], target_bounds=(-2, 2)
    ... ).fit(X[500:], y[500:])
    >>> model.score(X, y) > 0.7, round(model.privacy_.epsilon(), 3)
    (True, 1.0)
    """

    _for_classes = False

    def __init__(
        self,
        estimator: Estimator = None,
        n_estimators: int = 200,
        *,
        student: Estimator = None,
        public: TableLike = None,
        public_target: ArrayLike | None = None,
        queries: DPTabularSynthesizer | Literal["marginals", "ranges"] = "marginals",
        n_queries: int = 2000,
        bounds: BoundsLike | Literal["private"] = "private",
        target_bounds: BoundsLike | Literal["private"] = "private",
        clip: float | None = None,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        budget_weights: dict[Any, Any] | None = None,
        max_rows_per_group: int | UnitClip = 1,
        n_jobs: int | None = None,
        random_state: SeedLike = None,
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.student = student
        self.public = public
        self.public_target = public_target
        self.queries = queries
        self.n_queries = n_queries
        self.bounds = bounds
        self.target_bounds = target_bounds
        self.clip = clip
        self.epsilon = epsilon
        self.delta = delta
        self.budget_weights = budget_weights
        self.max_rows_per_group = max_rows_per_group
        self.n_jobs = n_jobs
        self.random_state = random_state

    def predict(self, X: TableLike) -> np.ndarray:
        """What the student says.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self, "student_")
        return asked_student(self.student_, X, 1, None)[:, 0]

    def _check_structure(self):
        super()._check_structure()
        if learns_labels(self.student):
            raise TypeError(
                "student is a classifier, and votes are numbers. Give a regressor."
            )

    def _target_step(self):
        most = self.max_rows_per_group
        return TargetScale(self.target_bounds, max_rows_per_group=most)

    def _keep_target(self, target):
        """Nothing of it is shown beside votes."""

    def _labels_of(self, target):
        return None

    def _in_units(self, votes, target):
        return target.unscaled(votes)

    def _unit_of(self, target):
        return target.high_ - target.low_

    def _made_up(self, target):
        """Targets that teachers, and students, are tried on."""
        known = not isinstance(self.target_bounds, str)
        low, high = self.target_bounds if known else (0.0, 1.0)
        if target is not None:
            low, high = target.low_, target.high_
        values = np.linspace(low, high, 7)
        return values, values

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = (
            True  # noise hides what teachers of few rows say
        )
        return tags
