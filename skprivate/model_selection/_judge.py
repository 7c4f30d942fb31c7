"""The part that scores: which model is best, and how good it is."""

from dataclasses import dataclass, replace

import numpy as np

from skprivate.base import Curator
from skprivate.ledger import prepaid
from skprivate.model_selection._groups import last_step
from skprivate.model_selection._parts import SourceRows
from skprivate.model_selection._row_scores import RowScore, RowScores, ScoredRows
from skprivate.model_selection._table import LabelledRows
from skprivate.pipeline._shares import alone, parts_of
from skprivate.rows import bound_groups


def judges_itself(estimator):
    """Whether its fit releases enough to say how good it is."""
    return getattr(last_step(estimator), "_estimates_its_error", False)


class OwnErrors:
    """Judges models by what they say of themselves, so that no row need be set aside.

    **Guarantee.** No row is looked at: ``validation_error_`` of a model is a function
    of what its fit has released.
    """

    def best(self, models, budget, entropy):
        """Index of the model with the least error; it takes no release."""
        return int(np.argmin(_own_errors(models))), ()

    def best_and_score(self, models, budget, entropy, name):
        """Index of that model, and its error, negated."""
        errors = _own_errors(models)
        index = int(np.argmin(errors))
        return index, -errors[index], ()


def _own_errors(models):
    """Of each model; of several targets the mean."""
    return [float(np.mean(last_step(model).validation_error_)) for model in models]


@dataclass(frozen=True, eq=False)
class Judge:
    """Rows that no model was fitted to, and how they score.

    **Guarantee.** For models that do not depend on these rows, each call is within the
    budget it is given: it asks a curator, or a scorer that asks one.

    Parameters
    ----------
    rows : LabelledRows or SourceRows
    scorer : DPScorer
    max_weight : float
        Largest weight of a row.
    max_rows : int
        Rows of one group that count, if there are groups.
    """

    rows: LabelledRows | SourceRows
    scorer: object
    max_weight: float = 1.0
    max_rows: int = 1

    def best(self, models, budget, entropy):
        """Index of a good model, for the whole budget; and the releases."""
        if len(models) == 1:
            return 0, ()
        table = self._scored(models, entropy)
        if table is None:
            scores, releases = self._scores(models, budget, entropy, "choice")
            return int(np.argmax(scores)), releases
        curator = self._curator(table, budget, entropy, "choice")
        index = curator.choose(RowScores(len(models)), share=1.0)
        return index, tuple(curator.releases)

    def best_and_score(self, models, budget, entropy, name):
        """Index and score of a good model, for the whole budget; and the releases."""
        table = self._scored(models, entropy)
        if table is None:
            scores, releases = self._scores(models, budget, entropy, name)
            index = int(np.argmax(scores))
            return index, scores[index], releases
        curator = self._curator(table, budget, entropy, name)
        index = 0
        if len(models) > 1:
            index = curator.choose(RowScores(len(models)), share=0.5)
        score = curator.release(RowScore(index), share=curator.remaining)
        return index, float(score[0]), tuple(curator.releases)

    def _scored(self, models, entropy):
        """Rows that say how models score; None if the metric is no mean over rows."""
        if not self.scorer.adds_up:
            return None
        counted = self.max_weight, self.max_rows, entropy
        rows_of = self.rows.scores_by(self.scorer.row_score, *counted)
        return ScoredRows(models, rows_of)

    def _curator(self, table, budget, entropy, name):
        grouped = self.rows.groups is not None
        return Curator(
            table,
            budget,
            entropy,
            context=name.encode(),
            max_weight=self.max_weight if self.rows.weighted else 1.0,
            max_rows=self.max_rows if grouped else 1,
        )

    def _scores(self, models, budget, entropy, name):
        """A noisy score of each model, from scorers that share the budget."""
        rows = one_row_of_each_group(self.rows, entropy)
        given = rows.X, rows.y, rows.sample_weight
        parts = parts_of(budget, [1.0] * len(models))
        scores = []
        for i, (model, part) in enumerate(zip(models, parts, strict=True)):
            scorer = scorer_with(self.scorer, part, entropy, f"{name} {i}")
            with prepaid(scorer):
                scores.append(scorer(model, *given))
        releases = [
            replace(release, share=release.share / len(models))
            for score in scores
            for release in score.privacy.releases
        ]
        return [float(score) for score in scores], tuple(releases)


def one_row_of_each_group(rows, entropy):
    """The rows without groups: scorers know rows only, so of each group one is left.

    Which one is left does not depend on other groups, so what is private for a row is
    private for a group.
    """
    if rows.groups is None:
        return rows
    kept = bound_groups(rows.groups, 1, lambda n: entropy.words(n, b"rows of groups"))
    return replace(rows.rows(kept), groups=None)


def scorer_with(scorer, budget, entropy, name):
    """The scorer with the noise of another budget, seeded if the entropy is.

    A score finds no categories: it keeps no part of delta for that, as a fit may.
    """
    seed = None
    if entropy.seeded:
        seed = int(entropy.words(1, f"seed of the score {name}".encode())[0]) >> 33
    return scorer.with_budget(alone(budget), random_state=seed)
