"""Fits and scores that share one budget: what cross-validation is made of."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Self

import numpy as np
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from skprivate.base import PrivacyReport, entropy_of
from skprivate.base._utility import unsaid
from skprivate.composition import check_private
from skprivate.ledger import charge, prepaid
from skprivate.ledger._charge import unpaid
from skprivate.metrics import DPScore
from skprivate.model_selection._candidates import (
    check_estimator,
    configured,
    seeded_like,
)
from skprivate.model_selection._classes import refuse_untold, with_classes
from skprivate.model_selection._judge import one_row_of_each_group, scorer_with
from skprivate.model_selection._parts import rows_to_part
from skprivate.model_selection._report import unit_of
from skprivate.model_selection._routing import check_given, routed, router_of
from skprivate.model_selection._scoring import (
    check_picklable,
    check_scorer,
    scorer_for,
)
from skprivate.pipeline._rehearsal import rehearse_step
from skprivate.pipeline._steps import has_seed, is_seeded
from skprivate.rows._parted import is_source


class DPScores(tuple):
    """Private scores, and what they cost together.

    A tuple of :class:`~skprivate.metrics.DPScore`, each with its interval; NumPy reads
    it as an array of floats.

    Parameters
    ----------
    scores : iterable of DPScore
    privacy : PrivacyReport

    Attributes
    ----------
    privacy : PrivacyReport
        All releases, of fits and scores, and their joint price.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.model_selection import DPScores
    >>> scores = DPScores([0.5, 0.7], privacy=None)
    >>> float(np.mean(scores)), float(scores.mean())
    (0.6, 0.6)
    """

    def __new__(cls, scores: Iterable[DPScore], privacy: PrivacyReport | None) -> Self:
        """Make a tuple that carries its price."""
        scores = super().__new__(cls, scores)
        scores.privacy = privacy
        return scores

    def mean(self, *args: Any, **kwargs: Any) -> Any:
        """Mean of the scores, as that of an array: NumPy calls it, too."""
        return np.asarray(self, dtype=np.float64).mean(*args, **kwargs)

    def std(self, *args: Any, **kwargs: Any) -> float:
        """Standard deviation of the scores, that of their noise included."""
        return np.asarray(self, dtype=np.float64).std(*args, **kwargs)

    def __reduce__(self):
        return type(self), (tuple(self), self.privacy)


class Trial:
    """Fits and scores of one estimator, each with the same part of a budget.

    Parameters
    ----------
    name : str
        How reports and ledgers call it.
    estimator : estimator
    scoring : str, DPScorer or None
    n_jobs : int or None
    whole, part : Budget
    random_state : int, RandomState instance or None
    """

    def __init__(self, name, estimator, scoring, n_jobs, whole, part, random_state):
        check_estimator(estimator)
        check_private(estimator)
        self.name, self.estimator = name, estimator
        self.scorer = scorer_for(scoring, estimator)
        check_picklable(n_jobs, estimator, self.scorer)
        self.n_jobs, self.whole, self.part = n_jobs, whole, part
        self.entropy = entropy_of(random_state)
        seeds = self.entropy.seeded, is_seeded(estimator), has_seed(self.scorer)
        self.seeded = any(seeds)

    @property
    def coin_seed(self):
        """A seed for folds, or None for coins of the operating system."""
        if not self.entropy.seeded:
            return None
        return int(self.entropy.words(1, b"seed of folds")[0])

    def get_metadata_routing(self):
        """Metadata that the estimator and the scorer ask for."""
        return router_of(self, self.scorer)

    def rows(self, X, y, sample_weight, groups, params):
        """Rows, with the metadata that goes to fits and scores."""
        given, weight = routed(self, sample_weight, params or {})
        check_given(self.estimator, X, groups, given)
        rows = rows_to_part(X, y, weight, groups, given)
        if is_source(X):
            refuse_untold(self.estimator)
        return rows

    def pay(self, rows):
        """Charge everything; nothing of a row but its existence was looked at."""
        event, owner = self.whole.event, (self.estimator, self.scorer)
        to_pay = unpaid(self.name, owner=owner)
        if to_pay is not None:
            given = {"epsilon": self.part.epsilon, "delta": self.part.delta}
            model = configured(self.estimator, {}, **given)
            public = rows.public(to_pay)
            rehearse_step(model, public)
            check_scorer(self.scorer, model, public)
        return charge(self.name, event, owner=owner, seeded=self.seeded)

    def scores(self, jobs, rows, paid, note):
        """Scores of pairs of rows to fit and rows to score, with one report."""
        self.estimator, known = with_classes(self.estimator, rows.y, paid)
        found = Parallel(n_jobs=self.n_jobs)(
            delayed(_fit_and_score)(self, number, *job)
            for number, job in enumerate(jobs)
        )
        share = 1 / len(jobs)
        releases = [
            replace(
                release, query=f"{kind}: {release.query}", share=share * release.share
            )
            for fit, score in found
            for kind, report in (("fit", fit), ("score", score.privacy))
            for release in report.releases
        ]
        assumed = dict.fromkeys(known)
        for fit, score in found:
            assumed |= dict.fromkeys((*fit.assumed, *score.privacy.assumed))
        report = PrivacyReport(
            estimator=self.name,
            budget=self.whole,
            releases=tuple(releases),
            assumed=tuple(assumed),
            unit=unit_of(self.estimator, rows.groups)[0],
            seeded=self.seeded,
            paid=(self.whole.event,),
            notes=(note,),
        )
        paid.record(report)
        return DPScores([score for _, score in found], report)


def _fit_and_score(trial, number, to_fit, to_score):
    """In a worker: one model, of which the report is left, and its score."""
    name, budget, entropy = f"fit {number}", trial.part, trial.entropy
    model = clone(trial.estimator)
    model.set_params(epsilon=budget.epsilon, delta=budget.delta)
    model = seeded_like(entropy, model, name)
    rows = one_row_of_each_group(to_score, entropy)
    scorer = scorer_with(trial.scorer, budget, entropy, name)
    with prepaid(model, scorer), unsaid():
        model.fit(**to_fit.fit_args)
        score = scorer(model, rows.X, rows.y, rows.sample_weight)
    return model.privacy_, score
