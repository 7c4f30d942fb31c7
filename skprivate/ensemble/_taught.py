"""Base of what is taught by a private vote of teachers."""

from dataclasses import replace
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import Estimator, TableLike
from skprivate.base import check_bounds, entropy_of
from skprivate.base._coins import in_memory, number_of_rows
from skprivate.base._rehearsal import Given
from skprivate.ensemble._taught_checks import check_parameters, try_student, try_teacher
from skprivate.ensemble._teachers import (
    Questions,
    for_each_part,
    parts_of_units,
    seeds_of,
)
from skprivate.ensemble._vote_rows import (
    MadeUpRows,
    check_alike,
    public_labels,
    public_table,
    rows_within,
    without_gaps,
)
from skprivate.ensemble._vote_student import default_student, default_teacher, taught
from skprivate.ensemble._vote_sum import SoftVotes
from skprivate.pipeline._compound import DPCompound
from skprivate.pipeline._rehearsal import rehearse_step
from skprivate.pipeline._run import fit_child
from skprivate.pipeline._steps import planned
from skprivate.rows._arrow import framed
from skprivate.rows._units import name_of_unit
from skprivate.synthesis import DPTabularSynthesizer

_CLIP, _CLIP_OF_CORRECTIONS = 0.15, 0.05


class DPTaught(DPCompound, MetaEstimatorMixin, BaseEstimator):
    """Base of models that are taught by a private vote.

    It sees rows: it hands each to one teacher, and what teachers say to a noisy sum. So
    it has an interface of its own, and no ``_fit(curator)``; what it may let out is
    listed in :meth:`_work`, and checked by tests of its own.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit: a
    row, or a group of any number of rows. The rows that are voted on, and what is
    expected of votes, are public, or were released by private children, each with a
    part of the budget. With all coins held fixed, a unit more or less changes the rows
    of one teacher, so the votes of this one, as if it were replaced: a
    :class:`VoteSum` moves by at most its ``bound``. It is one Gaussian release, of an
    adaptive composition with the others (see :class:`DPCompound`). The student is a
    function of it, of these rows and of parameters. Teachers are forgotten.

    Subclasses have the parameters, and define ``_target_step``.
    """

    weights = None  # of the budget: as a pipeline shares it out
    _made_of_answers = ("student_",)  # no matter which estimators are in it

    def fit(
        self, X: TableLike, y: ArrayLike, *, groups: ArrayLike | None = None
    ) -> Self:
        """Teach the student.

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
            The fitted model.
        """
        self._check_children()
        X, y, groups = map(in_memory, (X, y, groups))
        X = framed(X)
        number_of_rows(X, y, groups)
        if self.public is not None:
            self._try_out(public_table(self.public)[0], X)
        elif self._within_ranges and len(getattr(X, "shape", ())) == 2:
            draw = np.random.Generator(np.random.PCG64(0))
            self._try_out(self._drawn(X, X.shape[1], 60, draw), X)
        work = partial(self._work, X, y, groups)
        children, found = self._fit_paid(work, X, y, groups)
        return self._keep(children, *found)

    def _work(self, X, y, groups, children):
        """What is released, and what follows from that: all that leaves a fit.

        Returns
        -------
        asked : table
            Rows that were voted on.
        votes : ndarray of shape (n_asked, width)
            Noisy.
        student : estimator
        """
        steps = {child.name: child for child in children}
        fit_child(steps["target"], X, y, {}, groups)
        target = steps["target"].step
        asked, n_asked = self._asked(steps, X, groups)
        if self.public is None:
            asked = self._usable(asked, X, target)
        labels = public_labels(self.public, self.public_target)
        known = None if labels is None else target.read(np.asarray(labels))
        questions = Questions(self._teacher(), target, asked, n_asked, known)
        entropy, n_parts = entropy_of(self.random_state), self.n_estimators
        parts = parts_of_units(_n_rows(X), groups, n_parts, entropy)
        seeds = seeds_of(n_parts, entropy)
        said = for_each_part(
            questions.said, X, target.read(y), parts, n_parts, seeds, self.n_jobs
        )
        prior, votes = questions.prior(), steps["votes"]
        votes.step.set_params(
            prior=prior,
            per_question=target.width,
            unit=name_of_unit(None) if groups is None else "group (of any size)",
        )
        votes.step.asked = asked
        votes.step.fit(np.array([prior if vote is None else vote for vote in said]))
        found = votes.step.votes_.reshape(n_asked, target.width)
        return asked, found, self._learned(asked, found, target)

    def _asked(self, steps, X, groups):
        """The rows that are voted on, and how many."""
        if self.public is not None:
            return public_table(self.public)
        if "rows" in steps:
            fit_child(steps["rows"], X, None, {}, groups)
            return steps["rows"].step.sample(self.n_queries), self.n_queries
        words = entropy_of(self.random_state).words(4, b"rows within ranges")
        rng = np.random.Generator(np.random.PCG64(words.tolist()))
        width = steps["target"].step.n_features_in_
        return self._drawn(X, width, self.n_queries, rng), self.n_queries

    def _drawn(self, X, width, n_rows, rng):
        """Rows within the bounds; a function of public facts and of coins."""
        return rows_within(check_bounds(self.bounds, width), X, n_rows, rng)

    def _learned(self, asked, votes, target):
        """A student of the votes, in units of the target."""
        student = self.student
        if student is None:
            student = default_student(asked)
        return taught(
            student, asked, self._in_units(votes, target), self._labels_of(target)
        )

    def _usable(self, asked, X, target):
        """Made-up rows that teachers and student can read."""
        try:
            self._try_out(asked, X, target)
        except ValueError:
            filled = without_gaps(asked)
            if filled is None:
                raise
            asked = filled
            self._try_out(asked, X, target)
        return asked

    def _try_out(self, asked, X, target=None):
        """Refuse parts that do not go together, as made-up targets of ``asked`` tell.

        Only public facts, or released rows, are looked at.
        """
        if self.public is not None:
            check_alike(asked, X)
        values, labels = self._made_up(target)
        try_teacher(self._teacher(), asked, values)
        if self.student is not None:
            try_student(self.student, asked, labels)

    def _keep(self, children, asked, votes, student):
        """Take over what was released, and the student."""
        privacy = self._report_of(children, self._budget())
        steps = {child.name: child.step for child in children}
        target = steps["target"]
        self._keep_target(target)
        self.votes_ = self._in_units(votes, target)
        self.queries_ = asked
        self.vote_noise_ = steps["votes"].noise_ * self._unit_of(target)
        self.student_ = student
        self.n_features_in_ = target.n_features_in_
        vars(self).pop("feature_names_in_", None)
        if hasattr(target, "feature_names_in_"):
            self.feature_names_in_ = target.feature_names_in_
        self.privacy_ = privacy
        return self

    def teach(self, student: Estimator) -> Self:
        """Teach another student by the same votes, at no price.

        Parameters
        ----------
        student : estimator
            Of scikit-learn, or like one.

        Returns
        -------
        self : object
            With the new student.
        """
        check_is_fitted(self, "votes_")
        classes = getattr(self, "classes_", None)
        self.student_ = taught(student, self.queries_, self.votes_, classes)
        self.student = student
        return self

    def _report_of(self, children, budget):
        report = super()._report_of(children, budget)
        note = (
            f"{self.n_estimators} teachers on disjoint parts of the units, by coins; "
            "one unit changes one vote, and no teacher is kept"
        )
        return replace(report, notes=(*report.notes, note))

    def _teacher(self):
        """What each teacher is a clone of."""
        return self._default_teacher() if self.estimator is None else self.estimator

    def _default_teacher(self):
        return default_teacher(self._for_classes)

    def _children(self):
        children = [("target", self._target_step()), ("votes", self._votes_step())]
        if self.public is None and not self._within_ranges:
            children.insert(0, ("rows", self._synthesizer()))
        seed = self.random_state
        if seed is not None:
            for name, step in children:
                word = entropy_of(seed).words(1, f"seed of {name}".encode())
                step.set_params(random_state=int(word[0] >> np.uint64(33)))
        return children

    def _votes_step(self):
        clip = self.clip
        if clip is None:
            known = public_labels(self.public, self.public_target) is not None
            clip = _CLIP_OF_CORRECTIONS if known else _CLIP
        return SoftVotes(clip=clip, n_teachers=self.n_estimators)

    @property
    def _within_ranges(self):
        return isinstance(self.queries, str) and self.queries == "ranges"

    def _synthesizer(self):
        """What makes up rows."""
        if isinstance(self.queries, DPTabularSynthesizer):
            return MadeUpRows(**clone(self.queries).get_params(deep=False))
        most = self.max_rows_per_group
        return MadeUpRows(bounds=self.bounds, max_rows_per_group=most)

    @property
    def _given_shares(self):
        return self.budget_weights

    def _check_structure(self):
        """Refuse parameters that make no sense, whatever the rows are."""
        check_parameters(self)

    def _rehearse_parts(self, children, given):
        if self.public is not None:
            check_alike(public_table(self.public)[0], given.X)
        for child in children:
            if child.name == "votes":
                child.step._rehearse(Given(np.empty((0, 2)), paid=given.paid))
            elif child.name == "rows":
                rehearse_step(child.step, replace(given, y=None, has_type=False))
            else:
                rehearse_step(child.step, given)

    def _planned(self, row, *, classes=(0, 1)):
        """A clone that was fitted on no rows."""
        self._check_children()
        children = self._shared_out(self._budget())
        target, n_asked = None, self.n_queries
        if self.public is not None:
            n_asked = public_table(self.public)[1]
        for child in children:
            if child.name == "votes":
                row = np.zeros((1, n_asked * target.width))
                child.step.set_params(per_question=target.width)
            child.step = planned(child.step, row, classes)
            if child.name == "target":
                target = child.step
        plan = clone(self)
        plan.privacy_ = plan._report_of(children, self._budget())
        return plan

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self.public is not None
        tags.input_tags.string = tags.input_tags.categorical = True
        tags.input_tags.allow_nan = True
        return tags


def _n_rows(X):
    return X.shape[0] if hasattr(X, "shape") else len(X)
