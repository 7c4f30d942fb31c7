"""Any classifier, made private by a vote of teachers."""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import BoundsLike, Estimator, SeedLike, TableLike
from skprivate.base import DPClassifierMixin
from skprivate.ensemble._taught import DPTaught
from skprivate.ensemble._vote_student import (
    asked_student,
    learns_labels,
    probabilities,
)
from skprivate.ensemble._vote_targets import TargetShares
from skprivate.rows import UnitClip
from skprivate.synthesis import DPTabularSynthesizer


class DPBaggingClassifier(DPClassifierMixin, DPTaught):
    """A student of any classifier, under differential privacy.

    Coins deal the rows out to ``n_estimators`` parts. On each part a teacher is fitted,
    which may be any classifier of scikit-learn. All teachers say how likely each class
    is for some rows that are no secret: public ones, or rows that were made up of noisy
    counts. The sum of what they say is released with noise, once, for all rows and
    classes together; a student learns it. Teachers are thrown away: the student is all
    that there is to see.

    **Guarantee.** See :class:`DPTaught`: a unit is in the part of one teacher, whatever
    the number of its rows, and moves one vote.

    Parameters
    ----------
    estimator : estimator, default=None
        What each teacher is: any classifier. It need not be private. None: logistic
        regression behind what reads any table.
    n_estimators : int, default=200
        Number of teachers; public, so not to be computed from the number of rows. More
        of them make noise smaller, and each of them worse.
    student : estimator, default=None
        What learns the votes: a regressor learns them as they are (one for each class,
        if there are more than two), a classifier learns labels with weights. None:
        ridge regression or boosted trees, whichever predicts votes better.
    public : array-like, data frame, sparse matrix or PublicRows, default=None
        Rows that are no secret, with the columns of ``X``, to be voted on.
    public_target : array-like, default=None
        Labels of public rows, where these are no secret either: teachers learn them,
        too, and votes only correct what a model of public rows says. ``PublicRows`` has
        them.
    queries : {"marginals", "ranges"} or DPTabularSynthesizer, default="marginals"
        Without public rows: rows from noisy marginals of the private ones, for a
        quarter of the budget; or drawn evenly within ``bounds``.
    n_queries : int, default=2000
        How many rows to make up. More do not cost more: noise grows as a student
        averages more of it out.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features, for rows that are made up.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y`` and reports that as assumed public.
    clip : float in (0, 1], default=None
        How far a teacher may be from what is expected, on all rows together, in units
        of the farthest that there is. Votes beyond are shortened; noise is in
        proportion. None: 0.15, or 0.05 beside public targets.
    epsilon : float, default=1.0
        Budget of a fit of the whole.
    delta : float, default=1e-6
        Budget of a fit of the whole.
    budget_weights : dict, default=None
        Of ``"rows"`` (made up), ``"target"`` (shares of the classes) and ``"votes"``:
        by default 5, 1 and 14.
    max_rows_per_group : int or UnitClip, default=1
        Rows of one group that count where rows are made up and classes are counted.
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
    votes_ : ndarray of shape (n_queries, 1) or (n_queries, n_classes)
        Noisy mean votes: of the second of two classes, or of each.
    vote_noise_ : float
        Standard deviation of the noise of one of them, before votes that were shortened
        are lengthened again.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    privacy_ : PrivacyReport
        All releases, and the price of the whole.

    See Also
    --------
    TeacherVotes : Keeps teachers, where rows are, and answers one question at a time.
    skprivate.synthesis.DPTabularSynthesizer : Rows that anything can be trained on.

    Notes
    -----
    The number of questions costs nothing [1]_: noise of one answer grows with its root,
    and a student of few degrees of freedom averages as much out. Votes are soft, and
    the student regresses on them: labels of the most votes, as in [2]_, would lose
    what is left of small majorities.

    References
    ----------
    .. [1] Noise of q answers has a deviation of ``sqrt(q) s``; fitted values of d
       parameters have ``sqrt(d / q)`` of that.
    .. [2] Papernot, Song, Mironov, Raghunathan, Talwar and Erlingsson (2018). Scalable
       private learning with PATE. ICLR.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skprivate.ensemble import DPBaggingClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (5000, 2))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> model = DPBaggingClassifier(
    ...     DecisionTreeClassifier(max_depth=3), 100, public=X[:500], classes=[0, 1]
    ... ).fit(X[500:], y[500:])
    >>> model.score(X, y) > 0.9, round(model.privacy_.epsilon(), 3)
    (True, 1.0)
    """

    _for_classes = True

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
        classes: ArrayLike | None = None,
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
        self.classes = classes
        self.clip = clip
        self.epsilon = epsilon
        self.delta = delta
        self.budget_weights = budget_weights
        self.max_rows_per_group = max_rows_per_group
        self.n_jobs = n_jobs
        self.random_state = random_state

    def predict_proba(self, X: TableLike) -> np.ndarray:
        """What the student says: probabilities, cut to [0, 1].

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self, "student_")
        n_classes = len(self.classes_)
        said = asked_student(self.student_, X, n_classes, self.classes_)
        return said if learns_labels(self.student_) else probabilities(said)

    def predict(self, X: TableLike) -> np.ndarray:
        """The most likely class of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        likely = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likely]

    def _target_step(self):
        return TargetShares(self.classes, max_rows_per_group=self.max_rows_per_group)

    def _keep_target(self, target):
        self.classes_ = target.classes_

    def _labels_of(self, target):
        return target.classes_

    def _in_units(self, votes, target):
        return votes

    def _unit_of(self, target):
        return 1.0

    def _made_up(self, target):
        """Targets that teachers, and students, are tried on."""
        known = np.array([0, 1]) if self.classes is None else np.unique(self.classes)
        labels = known if target is None else target.classes_
        soft = np.array([0.2, 0.8, 0.5])
        return labels, labels if learns_labels(self.student) else soft

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = (
            True  # noise hides what teachers of few rows say
        )
        return tags
