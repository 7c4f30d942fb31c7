"""Teachers that stay where the rows are, and answer one question at a time."""

from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import BoundsLike, Estimator, SeedLike, TableLike
from skprivate.accounting import Budget
from skprivate.base import PrivacyReport, check_bounds, entropy_of
from skprivate.base._coins import in_memory, number_of_rows
from skprivate.base._rehearsal import Given
from skprivate.ensemble._taught_checks import check_clip, check_model, check_whole
from skprivate.ensemble._teachers import (
    Teacher,
    for_each_part,
    parts_of_units,
    seeds_of,
)
from skprivate.ensemble._vote_rows import public_table
from skprivate.ensemble._vote_student import default_teacher, probabilities
from skprivate.ensemble._vote_sum import SoftVotes
from skprivate.ensemble._vote_targets import TargetScale, TargetShares
from skprivate.ledger import charge, prepaid
from skprivate.ledger._charge import unpaid
from skprivate.rows._arrow import framed
from skprivate.rows._labels import sorted_classes
from skprivate.rows._units import name_of_unit

_STAYS = (
    "TeacherVotes holds models of private rows, and stays where these are: it is "
    "neither copied nor stored. Release answers, or a student: DPBaggingClassifier."
)


@dataclass(frozen=True, eq=False)
class NoisyVotes:
    """What teachers say about some rows, with noise.

    Parameters
    ----------
    votes : ndarray of shape (n_rows, n_classes) or (n_rows,)
        Mean votes: probabilities, or numbers of the target.
    noise : float
        Standard deviation of the noise of a single vote before it was cut to a range.
    privacy : PrivacyReport
        What this answer costs.
    """

    votes: np.ndarray
    noise: float
    privacy: PrivacyReport

    def __repr__(self):
        budget = self.privacy.budget
        price = f"epsilon={budget.epsilon:g}, delta={budget.delta:g}"
        return f"NoisyVotes({len(self.votes)} rows, {price})"


class TeacherVotes:
    """Teachers of private rows, for who holds the rows: each answer costs.

    Where :class:`DPBaggingClassifier` releases a student and forgets its teachers, this
    object keeps them, to be asked about rows that are not known yet. So it is a secret
    like the rows: it is no estimator, has no fitted attribute, is neither pickled nor
    copied, and shows nothing but its parameters.

    **Guarantee.** ``fit`` lets nothing out, and costs nothing. An answer is within its
    own ``(epsilon, delta)``, on add or remove one unit, by the argument of
    :class:`DPTaught`; ledgers are debited for it before teachers are asked. Answers
    compose: their prices add up.

    Parameters
    ----------
    estimator : estimator, default=None
        What each teacher is. It need not be private. None: a linear model behind what
        reads any table.
    n_estimators : int, default=200
        Number of teachers; public.
    classes : array-like, default=None
        Public class labels, for classifiers.
    target_bounds : tuple (low, high), default=None
        Public range of the target, for regressors. Give one of the two.
    clip : float in (0, 1], default=0.5
        How far a teacher may be from what is expected, on all rows of a question
        together, in units of the farthest that there is.
    n_jobs : int, default=None
        Teachers that are fitted at a time, by joblib.
    random_state : int, RandomState instance or None, default=None
        A seed makes answers repeatable, and not private.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skprivate import PrivacyLedger
    >>> from skprivate.ensemble import TeacherVotes
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (5000, 2))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> teachers = TeacherVotes(DecisionTreeClassifier(), classes=[0, 1]).fit(X, y)
    >>> teachers
    TeacherVotes(200 teachers)
    >>> with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
    ...     answer = teachers.answer([[0.9, 0.0], [-0.9, 0.0]], epsilon=0.5)
    >>> answer.votes.argmax(axis=1).tolist(), len(ledger.records)
    ([1, 0], 1)
    """

    def __init__(
        self,
        estimator: Estimator = None,
        n_estimators: int = 200,
        *,
        classes: ArrayLike | None = None,
        target_bounds: BoundsLike | None = None,
        clip: float = 0.5,
        n_jobs: int | None = None,
        random_state: SeedLike = None,
    ) -> None:
        check_model("estimator", estimator)
        check_whole("n_estimators", n_estimators, 2, 100_000, "200 are usual.")
        check_clip(clip)
        if (classes is None) == (target_bounds is None):
            raise ValueError(
                "Give classes=..., for classifiers, or target_bounds=(low, high), for "
                "regressors: they are public, and an answer relies on them."
            )
        self._target = _known_target(classes, target_bounds)
        if estimator is None:
            estimator = default_teacher(classes is not None)
        self._estimator, self._n_estimators = estimator, n_estimators
        self._clip, self._n_jobs, self._seed = clip, n_jobs, random_state
        self._teachers, self._width, self._unit = None, None, "row"

    def fit(
        self, X: TableLike, y: ArrayLike, *, groups: ArrayLike | None = None
    ) -> Self:
        """Fit a teacher on each part; nothing is released.

        Parameters
        ----------
        X : array-like, data frame or sparse matrix of shape (n_samples, n_features)
            The private rows, in memory.
        y : array-like of shape (n_samples,)
            Their targets.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit: one teacher sees them.

        Returns
        -------
        self : object
        """
        X, y, groups = map(in_memory, (X, y, groups))
        X = framed(X)
        n_rows, entropy = number_of_rows(X, y, groups), entropy_of(self._seed)
        parts = parts_of_units(n_rows, groups, self._n_estimators, entropy)
        values = self._target.read(y)
        seeds = seeds_of(self._n_estimators, entropy)
        work = partial(_teacher, self._estimator, self._target)
        n_parts = self._n_estimators
        self._teachers = for_each_part(
            work, X, values, parts, n_parts, seeds, self._n_jobs
        )
        shape = getattr(X, "shape", ())
        self._width = shape[1] if len(shape) == 2 else None
        self._unit = name_of_unit(None) if groups is None else "group (of any size)"
        return self

    def answer(
        self,
        rows: TableLike,
        *,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        prior: ArrayLike | None = None,
    ) -> NoisyVotes:
        """What the teachers say about some rows that are no secret, with noise.

        Parameters
        ----------
        rows : array-like, data frame or sparse matrix of shape (n_rows, n_features)
            What is asked about, all of it at one price: it is public.
        epsilon : float, default=1.0
            Budget of this answer.
        delta : float, default=1e-6
            Budget of this answer.
        prior : array-like of shape (n_rows, n_classes) or (n_rows,), default=None
            What is expected, as of an earlier answer; public. With a good one, a
            smaller ``clip`` does.

        Returns
        -------
        NoisyVotes
        """
        if self._teachers is None:
            raise ValueError("There are no teachers yet. Call fit first.")
        asked, n_asked = public_table(rows)
        if self._width is not None and asked.shape[1] != self._width:
            raise ValueError(
                f"rows have {asked.shape[1]} columns, and teachers know {self._width}. "
                "Give the columns of fit."
            )
        expected = self._expected(prior, n_asked)
        votes = SoftVotes(
            expected,
            clip=self._clip,
            n_teachers=self._n_estimators,
            per_question=self._target.width,
            unit=self._unit,
            epsilon=epsilon,
            delta=delta,
            random_state=self._seed,
        )
        said = partial(self._said, asked, n_asked, expected)
        found = _paid_answer(votes, said, len(expected)).reshape(n_asked, -1)
        if isinstance(self._target, TargetScale):
            scale = self._target.high_ - self._target.low_
            found = self._target.unscaled(np.clip(found[:, 0], 0.0, 1.0))
            return NoisyVotes(found, votes.noise_ * scale, votes.privacy_)
        return NoisyVotes(probabilities(found), votes.noise_, votes.privacy_)

    def _expected(self, prior, n_asked):
        """The prior as one list of values in [0, 1]."""
        if prior is None:
            return np.tile(self._target.prior_, n_asked)
        prior = np.asarray(prior, dtype=np.float64)
        prior = prior.reshape(n_asked, -1) if prior.size % n_asked == 0 else prior
        if isinstance(self._target, TargetScale):
            prior = self._target._scaled(prior)
        found = prior[:, -self._target.width :].ravel() if prior.ndim == 2 else prior
        if found.size != n_asked * self._target.width or not np.isfinite(found).all():
            raise ValueError(
                "prior is not one finite value for each row and class. Give votes as "
                "an answer has them."
            )
        return np.clip(found, 0.0, 1.0)

    def _said(self, asked, n_asked, expected):
        """All votes; who abstains says what is expected."""
        votes = (teacher.vote(asked, n_asked) for teacher in self._teachers)
        return np.array([expected if vote is None else vote for vote in votes])

    def __repr__(self):
        return f"TeacherVotes({self._n_estimators} teachers)"

    def __reduce_ex__(self, protocol):
        raise TypeError(_STAYS)

    def __copy__(self):
        raise TypeError(_STAYS)

    def __deepcopy__(self, memo):
        raise TypeError(_STAYS)


def _paid_answer(votes, said, n_values):
    """Debit every ledger that listens, then ask; as other answers of this library."""
    votes._validate_params()
    budget, name = Budget(votes.epsilon, votes.delta), "TeacherVotes"
    to_pay = unpaid(name)
    if to_pay is not None:
        votes._rehearse(Given(np.empty((0, n_values)), paid=to_pay))
    paid = charge(name, budget, seeded=votes.random_state is not None)
    with paid.kept(), prepaid(votes):
        votes.fit(said())
        paid.record(votes.privacy_)
    return votes.votes_


def _known_target(classes, target_bounds):
    """How to read a target of which all is known."""
    if classes is not None:
        target = TargetShares()
        target.classes_ = sorted_classes(classes)
        if len(target.classes_) < 2:
            raise ValueError("There is only one class. List at least two in classes.")
        target.prior_ = np.full(target.width, 1 / len(target.classes_))
        return target
    target = TargetScale()
    (target.low_,), (target.high_,) = check_bounds(target_bounds, 1, "target_bounds")
    target.prior_ = np.array([0.5])
    return target


def _teacher(estimator, target, rows, values, seed):
    return Teacher(estimator, rows, values, target, seed)
