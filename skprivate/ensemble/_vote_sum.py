"""Soft votes of teachers, added up: one unit changes one teacher."""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from scipy import sparse

from skprivate.base import DPEstimator, Query
from skprivate.base._query import grid_step
from skprivate.mechanisms import above, root_above

_ROUNDING = 1 + 1e-9  # of a norm that is computed
_OF_LENGTH = 0.7  # of the radius: what the length of a vote may add
_HIDDEN = 2.0  # deviations
_SURE = 0.2  # of the largest length: a larger deviation tells nothing


@dataclass(frozen=True, eq=False)
class VoteSum(Query):
    """Sum over teachers of how far their votes are from what was expected.

    A row holds all that one teacher says, about every question at once. Its distance
    from ``center`` is shortened to ``radius``, as a whole; one value more says how long
    it was, so that a mean of shortened votes can be lengthened again.

    **Guarantee.** One row adds a vector of at most ``radius``, and one value from 0 to
    ``0.7 * radius``; a norm is computed with an error far below one in 10**9, by which
    it is made larger, and entries are rounded towards zero. So two vectors, whatever
    they are, are at most ``2 * radius`` and ``0.7 * radius`` apart. ``bound`` is the
    norm of both: replacing one teacher by another, or by none, moves the total by no
    more. That is what a privacy unit does, which is in the part of one teacher.

    Parameters
    ----------
    center : ndarray of shape (n_values,)
        What is expected, in [0, 1]; public, or released.
    radius : float
    longest : float
        What the value of the length stands for at most.
    asked : table, default=None
        What is voted on: so that a vote about other rows is another question.
    """

    center: np.ndarray
    radius: float
    longest: float
    asked: object = None

    def problems(self):
        """Lengths are positive, and there is something to be voted on."""
        if self.center.ndim != 1 or not self.center.size:
            yield "center is no list of values"
        if not (self.radius > 0 and self.longest > 0):
            yield "a length is not positive"
        elif not 2.0**-500 < self.radius < 2.0**500:
            yield "radius is too small, or too large"

    @property
    def width(self):
        """A column for each value."""
        return len(self.center)

    @property
    def size(self):
        """A sum for each value, and one of lengths."""
        return len(self.center) + 1

    @property
    def bound(self):
        """Norm of the largest difference of two teachers."""
        radius = Fraction(self.radius)
        return root_above((2 * radius) ** 2 + (Fraction(_OF_LENGTH) * radius) ** 2)

    @property
    def step(self):
        """Fine enough for thousands of values."""
        return grid_step(self.radius, bits=23)

    @property
    def l1_bound(self):
        """Of the same difference, by Cauchy-Schwarz."""
        radius = Fraction(self.radius)
        of_votes = 2 * radius * Fraction(root_above(self.width))
        return above(of_votes + Fraction(_OF_LENGTH) * radius)

    def __call__(self, X, y, weight):
        if isinstance(X, tuple):
            X = sparse.csr_array(X[:3], shape=(len(X[2]) - 1, X[3])).toarray()
        far = np.asarray(X, dtype=np.float64)
        far = np.where(np.isfinite(far).all(axis=1, keepdims=True), far, self.center)
        far = np.clip(far - self.center, -self.longest, self.longest)
        far = np.ascontiguousarray(far)
        norm = np.sqrt((far * far).sum(axis=1, keepdims=True)) * _ROUNDING
        shorter = np.minimum(1.0, self.radius / np.maximum(norm, self.radius))
        length = _OF_LENGTH * self.radius * np.minimum(1.0, norm / self.longest)
        each = np.hstack([far * shorter, length]) / self.step
        if len(weight):
            each = each * weight[:, np.newaxis]
        return np.trunc(each).sum(axis=0)


class SoftVotes(DPEstimator):
    """Mean soft vote of teachers, whose votes are the rows of ``fit``.

    Parameters
    ----------
    prior : float or ndarray of shape (n_values,), default=0.5
        What is expected.
    clip : float, default=0.15
        Distance from that to which a vote is shortened, in units of the longest one.
    n_teachers : int, default=1
        How many there are; public.
    per_question : int, default=1
        Values of one question: one for two classes, else one for each.
    unit : str, default="row"
        What one teacher differs by.
    epsilon, delta, max_weight, max_rows_per_group, random_state
        As in :class:`~skprivate.base.DPEstimator`.

    Attributes
    ----------
    votes_ : ndarray of shape (n_values,)
        Mean of the votes, with noise; not cut to any range.
    noise_ : float
        Standard deviation of the noise of each of them, before they are lengthened.
    """

    default_weight = 14.0
    asked = None  # what is voted on; no parameter, of which seeds would make noise
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "prior": "no_validation",
        "clip": "no_validation",
        "n_teachers": "no_validation",
        "per_question": "no_validation",
        "unit": "no_validation",
    }

    def __init__(
        self,
        prior=0.5,
        *,
        clip=0.15,
        n_teachers=1,
        per_question=1,
        unit="row",
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
        self.prior = prior
        self.clip = clip
        self.n_teachers = n_teachers
        self.per_question = per_question
        self.unit = unit

    def _fit(self, curator):
        n_values = curator.n_features
        center = np.array(np.broadcast_to(self.prior, n_values), dtype=np.float64)
        longest = longest_vote(n_values, self.per_question)
        query = VoteSum(center, self.clip * longest, longest, self.asked)
        answer = curator.release(query, share=curator.remaining) / self.n_teachers
        noise = curator.noise_of(query) / self.n_teachers
        self.votes_ = center + answer[:-1] * _lengthening(answer[-1], noise, query)
        self.noise_ = noise
        if answer[-1] < _HIDDEN * noise:  # or none could be fitted
            curator.doubt("noise hides what the teachers say, or they abstain")

    def _report(self, curator, entropy, max_rows):
        return replace(super()._report(curator, entropy, max_rows), unit=self.unit)


def longest_vote(n_values, per_question):
    """Largest distance of two votes: of one value, or of points of a simplex."""
    return float(
        np.sqrt(n_values if per_question == 1 else 2 * n_values / per_question)
    )


def _lengthening(told, noise, query):
    """How much longer votes were, at the least, than what was left of them.

    Where noise would decide that, as public numbers tell, they stay as they are.
    """
    if noise > _SURE * _OF_LENGTH * query.radius:
        return 1.0
    length = (told - noise) / (_OF_LENGTH * query.radius) * query.longest
    return float(np.clip(length, query.radius, query.longest) / query.radius)
