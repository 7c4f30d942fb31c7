"""Scores on held-out rows, which are releases as well."""

from dataclasses import replace

from skprivate.accounting import Budget
from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in, rule_of

_RAW = "scores on held-out rows are exact, and they choose among candidates"


@built_in("skprivate", "DPScorer")
def _private_scorer(scorer, walk):
    """Each call spends the budget of the scorer; nothing is fitted."""
    options = scorer.options
    budget = Budget(options.get("epsilon", 1.0), options.get("delta", 1e-6))
    leaks = []
    if not budget.private:
        leaks.append(walk.leak("epsilon=inf adds no noise", "Set a finite epsilon."))
    if options.get("random_state") is not None:
        leaks.append(
            walk.leak("the noise of scores is seeded", "Set random_state=None.")
        )
    return replace(PrivacyCost.of_budget("DPScorer", budget, leaks=leaks), fits=0)


def price_of_scores(scoring, walk, remedy):
    """The price of scoring once: a leak, unless every scorer has a privacy rule.

    Parameters
    ----------
    scoring : object
        As scikit-learn takes it.
    walk : Walk
        At the estimator that has it.
    remedy : str
        What to do about raw scores.

    Returns
    -------
    PrivacyCost
    """
    scorers = [(f"scoring {name}".strip(), scorer) for name, scorer in _named(scoring)]
    if scorers and all(rule_of(type(scorer)) is not None for _, scorer in scorers):
        parts = [(label, walk(scorer, label)) for label, scorer in scorers]
        return PrivacyCost.sum_of("private scores", parts)
    return PrivacyCost("raw scores", leaks=(walk.leak(_RAW, remedy),))


def _named(scoring):
    if isinstance(scoring, dict):
        return list(scoring.items())
    if isinstance(scoring, (list, tuple, set)):
        return list(enumerate(scoring))
    return [] if scoring is None else [("", scoring)]
