"""Searches in rounds, of which each keeps the better part of the candidates."""

from math import ceil, floor, log

from skprivate.composition._registry import built_in
from skprivate.composition._rules._candidates import grids_of
from skprivate.composition._rules._searches import (
    any_of,
    price_of_search,
    prices_of_space,
)


@built_in("sklearn", "HalvingGridSearchCV")
def _halving_grid(search, walk):
    spaces = grids_of(search.param_grid, walk)
    prices, leaks = prices_of_space(search.estimator, spaces, walk)
    counts = [count for _, count in prices]
    number = None if None in counts else sum(counts)
    return _price(search, walk, prices, number, "DPGridSearchCV", leaks)


@built_in("sklearn", "HalvingRandomSearchCV")
def _halving_random(search, walk):
    spaces = grids_of(search.param_distributions, walk)
    prices, leaks = prices_of_space(search.estimator, spaces, walk)
    # "exhaust" makes as many candidates as the rows allow.
    number = None if isinstance(search.n_candidates, str) else search.n_candidates
    return _price(search, walk, prices, number, "DPRandomizedSearchCV", leaks)


def _price(search, walk, prices, n_candidates, private_search, leaks):
    if n_candidates is None:
        prices = [(cost, None) for cost, _ in prices]
    else:
        prices = any_of(prices, _n_tried(n_candidates, search.factor))
    sampled = walk.leak(
        "rounds take samples of the rows by position, and their number depends on the "
        "number of rows",
        f"Use skprivate.model_selection.{private_search}.",
    )
    return price_of_search(search, walk, prices, private_search, (sampled, *leaks))


def _n_tried(n_candidates, factor):
    """Candidates of all rounds, at most: few rows allow fewer rounds."""
    n_rounds = 1 + floor(log(n_candidates, factor)) if n_candidates else 0
    tried = 0
    for _ in range(n_rounds):
        tried += n_candidates
        n_candidates = ceil(n_candidates / factor)
    return tried
