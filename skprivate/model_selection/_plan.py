"""The plan of a search: groups, runs and price, before any row is read."""

from dataclasses import dataclass
from numbers import Real

from skprivate.accounting import Budget
from skprivate.model_selection._candidates import configured
from skprivate.model_selection._groups import groups_of
from skprivate.model_selection._stopping import LAWS, Law
from skprivate.pipeline._shares import parts_of
from skprivate.pipeline._steps import discovers

_RUNS_PER_GROUP = 4.0


@dataclass(frozen=True, eq=False)
class SearchPlan:
    """What a search does, as far as its parameters decide it.

    Parameters
    ----------
    candidates : tuple of dict
    groups : tuple of tuple of int
        Candidates that share a fit.
    whole : Budget
        Of the search.
    each : Budget
        Of one fit; and of the score of a run, if runs are repeated.
    law : Law or None
        Of the number of runs; None: every group is fitted once.
    judges_itself : bool, default=False
        Whether models say how good they are, so that no row is set aside.
    n_variations : int, default=0
        How often the answers of a fit are varied, to have more models to choose from.
    """

    candidates: tuple
    groups: tuple
    whole: Budget
    each: Budget
    law: Law | None
    judges_itself: bool = False
    n_variations: int = 0

    @property
    def event(self):
        """All that the search may release, as one event."""
        if self.law is None or self.whole.pure:
            return self.whole.event
        return self.law.repeated(self.each.event)

    @property
    def notes(self):
        """How the budget is used, in words."""
        if self.judges_itself:
            yield "candidates are judged by what fits released: no row is set aside"
        else:
            yield (
                "a unit is in the part that is fitted or in the part that is scored, "
                "so a run costs the dearer of both, not their sum"
            )
        n_groups, n_candidates = len(self.groups), len(self.candidates)
        if n_groups < n_candidates:
            fits = "one fit" if n_groups == 1 else f"{n_groups} kinds of fits"
            yield f"{n_candidates} candidates share the releases of {fits}"
        if self.n_variations:
            yield (
                "each candidate is also tried on "
                f"{self.n_variations} variations of what its fit was told, for which "
                "no row is asked"
            )
        if self.law is not None:
            yield (
                f"a secret number of runs ({type(self.law).__name__}, mean "
                f"{self.law.mean:g}), of which the best one is released and shown"
            )
        elif n_groups > 1:
            yield f"{n_groups} fits, one of each group, which compose"


def plan_of(estimator, candidates, whole, stopping, mean_runs):
    """The plan that leaves each fit the largest budget.

    With one group nothing is repeated. With a few, fitting each of them once leaves a
    fit as much as random stopping does, and is sure to try them all. With many, random
    stopping leaves more.

    Parameters
    ----------
    estimator : estimator
    candidates : tuple of dict
    whole : Budget
    stopping : str
        Name of a law.
    mean_runs : float or None
        None lets the number of groups decide.

    Returns
    -------
    SearchPlan
    """
    if not isinstance(stopping, str) or stopping not in LAWS:
        laws = ", ".join(sorted(LAWS))
        raise ValueError(f"stopping must be one of: {laws}. Give one of these words.")
    groups = groups_of(estimator, candidates, whole)
    finding = _some_find(estimator, candidates)
    if finding:
        whole = whole.reserving()
    once, *_ = parts_of(whole, [1.0] * len(groups), [finding] * len(groups))
    law = LAWS[stopping](_checked_mean(mean_runs) or _RUNS_PER_GROUP * len(groups))
    if len(groups) == 1 or not whole.private:
        return SearchPlan(candidates, groups, whole, once, None)
    if finding:  # what fails now and then has no price in random stopping here
        if mean_runs is not None:
            raise ValueError(
                "mean_runs is not for candidates that find categories, or sample rows "
                "in rounds: their fits are composed instead. Leave mean_runs out, or "
                "list the categories, and take all rows."
            )
        return SearchPlan(candidates, groups, whole, once, None)
    run = law.run_of(whole)
    enough = once.epsilon >= run.epsilon if whole.pure else once.mu >= run.mu
    if mean_runs is None and enough:
        return SearchPlan(candidates, groups, whole, once, None)
    return SearchPlan(candidates, groups, whole, run, law)


def _some_find(estimator, candidates):
    """Whether a candidate may have to find categories: then a part of delta is kept."""
    return any(discovers(configured(estimator, params)) for params in candidates)


def _checked_mean(mean_runs):
    if mean_runs is None:
        return None
    if isinstance(mean_runs, bool) or not isinstance(mean_runs, Real):
        raise TypeError("mean_runs must be a number, or None. Give one above 1.")
    if not 1 < mean_runs <= 1e4:  # also refuses NaN
        raise ValueError(
            "mean_runs must be above 1, and at most 10000. Use None, or a few "
            "times the number of candidates."
        )
    return float(mean_runs)
