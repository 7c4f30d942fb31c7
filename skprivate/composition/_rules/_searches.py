"""Searches that fit each candidate in each fold, and the best one again."""

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._candidates import (
    grids_of,
    prices_of_points,
    size_of,
)
from skprivate.composition._rules._distributions import is_drawn, listed
from skprivate.composition._rules._folds import classifies, price_of_folds
from skprivate.composition._rules._scores import price_of_scores
from skprivate.composition._rules._worst import worst_of


@built_in("sklearn", "GridSearchCV")
def _grid_search(estimator, walk):
    prices = []
    for grid in grids_of(estimator.param_grid, walk):
        prices += prices_of_points(estimator.estimator, grid, walk)
    return price_of_search(estimator, walk, prices, "DPGridSearchCV")


@built_in("sklearn", "RandomizedSearchCV")
def _randomized_search(estimator, walk):
    spaces = grids_of(estimator.param_distributions, walk)
    prices, leaks = prices_of_space(estimator.estimator, spaces, walk)
    drawn = any(is_drawn(space) for space in spaces)
    number = None if drawn else sum(size_of(space, walk) for space in spaces)
    if number is None or estimator.n_iter < number:  # else it is the whole grid
        prices = any_of(prices, estimator.n_iter)
    return price_of_search(estimator, walk, prices, "DPRandomizedSearchCV", leaks)


def prices_of_space(model, spaces, walk):
    """Prices of the points of several spaces, and the leaks of those without end."""
    prices, leaks = [], []
    for space in spaces:
        grid, unknown = listed(model, space, walk)
        prices += prices_of_points(model, grid, walk)
        leaks += unknown
    if leaks:
        prices = [(cost, None) for cost, _ in prices]
    return prices, leaks


def any_of(prices, number):
    """``number`` points, of which nobody knows which: each may be the worst."""
    if not prices or any(count is None for _, count in prices):
        return prices
    return [(worst_of([cost for cost, _ in prices]), number)]


def price_of_search(search, walk, prices, private_search, leaks=()):
    """The price of fitting and scoring each candidate in each fold, and of the refit.

    Parameters
    ----------
    search : estimator
        With ``estimator, cv, scoring, refit, return_train_score``.
    walk : Walk
        At the search.
    prices : list of (PrivacyCost, int or None)
        Prices of one fit, and the number of candidates that have them.
    private_search : str
        What to use instead.
    leaks : sequence of Leak, default=()
        Those that were found on the way.

    Returns
    -------
    PrivacyCost
    """
    remedy = f"Use skprivate.model_selection.{private_search}."
    folds, n_folds = price_of_folds(search.cv, walk, classifier=classifies(search))
    scores = price_of_scores(search.scoring, walk, remedy)
    per_fit = 2 if search.return_train_score else 1
    counts = [_product(count, n_folds) for _, count in prices]
    n_scores = None if None in counts else per_fit * sum(counts)
    parts = [
        (_label(count), cost.times(number))
        for (cost, count), number in zip(prices, counts, strict=True)
    ]
    parts += [("cv", folds), ("scoring", scores.times(n_scores))]
    if search.refit and prices:
        worst = worst_of([cost for cost, _ in prices])
        parts.append(("best estimator", worst))
    return PrivacyCost.sum_of(type(search).__name__, parts, leaks=leaks)


def _product(*counts):
    """The number of fits, or None if one of the counts is not known."""
    if None in counts:
        return None
    product = 1
    for count in counts:
        product *= count
    return product


def _label(count):
    if count is None:
        return "candidates"
    return "1 candidate" if count == 1 else f"{count} candidates"
