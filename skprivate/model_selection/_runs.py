"""Runs of a search, and the one that wins."""

from dataclasses import dataclass, replace

from sklearn.utils.parallel import Parallel, delayed

from skprivate.mechanisms import Entropy
from skprivate.model_selection._fits import fitted_group
from skprivate.model_selection._judge import Judge, OwnErrors
from skprivate.model_selection._plan import SearchPlan
from skprivate.model_selection._table import LabelledRows


@dataclass(frozen=True, eq=False)
class Winner:
    """What a search releases, or what one run would.

    Parameters
    ----------
    index : int
        Of the candidate.
    model : estimator
        Fitted.
    releases : tuple of Release
        That led to it.
    assumed : tuple of str
        Facts that its fit took as public.
    score : float, default=0.0
        Noisy; compared between runs, and then forgotten.
    """

    index: int
    model: object
    releases: tuple
    assumed: tuple
    score: float = 0.0


@dataclass(frozen=True, eq=False)
class Search:
    """What every run is given.

    **Guarantee.** For every outcome of the coins that divide the rows, a run is within
    ``plan.each``, and all runs together within ``plan.event``:

    * A unit that is fitted reaches a run through :func:`fitted_group` alone, within the
      budget; scores are computed from the models and from other units. A unit that is
      scored reaches it through :class:`Judge` alone, within the same budget; models
      were fitted without it. So a run costs the larger of the two, not their sum.
      Where :class:`OwnErrors` judges, no unit is scored, and choosing is free.
    * With a law, runs are independent and alike: group and leader are drawn anew each
      time, with replacement, by coins that do not depend on the rows. So
      :class:`Law` prices their repetition. If two runs tie, the first wins, which has
      the law of a choice among them by fresh coins, for their order is exchangeable.
    * Without a law, groups are fitted once each, and one choice is made among all
      models, those that learned from variations included. A fitted unit pays for fits
      that compose to ``plan.whole`` (see :func:`parts_of`), a scored one pays for a
      choice within ``plan.whole``, however many models there are.

    Coins do not depend on the rows (see :func:`coins`), so the search as a whole, a
    mixture over them, has the same guarantee.

    Parameters
    ----------
    estimator : estimator
    plan : SearchPlan
    to_fit : LabelledRows
    judge : Judge or OwnErrors
    entropy : Entropy
    """

    estimator: object
    plan: SearchPlan
    to_fit: LabelledRows
    judge: Judge | OwnErrors
    entropy: Entropy

    def winner(self, n_jobs, done=None):
        """The best of all runs. How many there were is forgotten here.

        Parameters
        ----------
        n_jobs : int or None
        done : callable, default=None
            Called after each fit, where their number is no secret.
        """
        if self.plan.law is None:
            numbers, fits = range(len(self.plan.groups)), []
            each = Parallel(n_jobs=n_jobs, return_as="generator")
            for fitted in each(delayed(_fits_of)(self, i) for i in numbers):
                fits.append(fitted)
                if done is not None:
                    done()
            return self._chosen(fits)
        parallel = Parallel(n_jobs=n_jobs)
        n_runs = self.plan.law.draw(self.entropy)
        if n_runs == 0:
            raise RuntimeError(
                "The number of runs that was drawn is zero, as a Poisson law allows: "
                "there is no model, and nothing was learned. Fit again, at the same "
                "price; or use stopping='geometric', which has at least one run."
            )
        runs = parallel(delayed(_run)(self, number) for number in range(n_runs))
        return max(runs, key=lambda run: run.score)

    def fits(self, group, name):
        """Models of a group, with a leader by lot."""
        word = int(self.entropy.words(1, f"leader {name}".encode())[0])
        leader = group[word % len(group)]
        parts = self.to_fit, self.entropy, name
        return fitted_group(self.estimator, self.plan, group, leader, *parts)

    def run(self, number):
        """Fit a group that is drawn by lot, choose in it, and score the choice."""
        name = f"run {number}"
        word = int(self.entropy.words(1, f"group {name}".encode())[0])
        models = self.fits(self.plan.groups[word % len(self.plan.groups)], name)
        best, score, releases = self.judge.best_and_score(
            [model for _, model in models], self.plan.each, self.entropy, name
        )
        index, model = models[best]
        fit = model.privacy_
        return Winner(index, model, _of_run(fit, releases), fit.assumed, score)

    def _chosen(self, fits):
        """One choice among the models of all groups, each of which was fitted once."""
        models = [pair for group in fits for pair in group]
        best, releases = self.judge.best(
            [model for _, model in models], self.plan.whole, self.entropy
        )
        index, model = models[best]
        reports = [group[0][1].privacy_ for group in fits]
        listed = _named("fit", [r for report in reports for r in report.releases])
        listed = [replace(r, share=r.share / len(reports)) for r in listed]
        assumed = dict.fromkeys(fact for report in reports for fact in report.assumed)
        releases = (*listed, *_named("score", releases))
        return Winner(index, model, releases, tuple(assumed))


def _fits_of(search, number):
    """In a worker: the fits of one group."""
    return search.fits(search.plan.groups[number], f"group {number}")


def _run(search, number):
    """In a worker: one run."""
    return search.run(number)


def _of_run(fit, scored):
    return (*_named("fit", fit.releases), *_named("score", scored))


def _named(part, releases):
    """Releases that say which part of the rows they are about."""
    return [replace(r, query=f"{part}: {r.query}") for r in releases]
