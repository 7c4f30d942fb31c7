"""The price that is known beforehand is what a ledger records for the fit."""

import warnings
from collections import Counter

import pytest
from sklearn.base import clone

from skprivate import PrivacyLedger, privacy_cost
from skprivate.accounting._events import leaves_of
from tests.composition.trees import TREES, rows_for

DELTA = 1e-6
ROUNDING = 1e-9

every_tree = pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.name)


def records_of_fit(tree):
    """What a ledger writes down while a clone is fitted."""
    estimator, (X, y) = clone(tree.estimator), rows_for(tree.target)
    with PrivacyLedger() as ledger, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few rows, and much noise
        if hasattr(estimator, "fit_resample"):
            estimator.fit_resample(X, y)
        else:
            estimator.fit(X, y)
        return ledger.records, ledger.spent(DELTA)


def one_by_one(events):
    """How often each event occurs."""
    counts = Counter()
    for event in events:
        inner, count = event, 1
        while hasattr(inner, "count"):
            inner, count = inner.event, count * inner.count
        counts[inner] += count
    return counts


@every_tree
def test_price_is_what_the_ledger_records(tree):
    cost = privacy_cost(tree.estimator, **tree.facts)
    records, spent = records_of_fit(tree)
    n_scores = sum("score" in record.name for record in records)
    n_fits = len(records) - n_scores
    if tree.tight:
        assert cost.fits == n_fits
        assert one_by_one(cost.events) == one_by_one(r.event for r in records)
        assert cost.spent(DELTA) == pytest.approx(spent, rel=ROUNDING)
    else:
        assert cost.fits >= n_fits > 0
        assert cost.spent(DELTA) >= spent * (1 - ROUNDING)


@every_tree
def test_price_of_a_leak_is_infinite_and_otherwise_what_is_spent(tree):
    cost = privacy_cost(tree.estimator, **tree.facts)
    if cost.leaks:
        assert cost.epsilon(DELTA) == float("inf")
    else:
        assert cost.epsilon(DELTA) == cost.spent(DELTA)


@every_tree
def test_price_does_not_touch_the_estimator(tree):
    before = repr(vars(tree.estimator))
    privacy_cost(tree.estimator, **tree.facts)
    assert repr(vars(tree.estimator)) == before


def test_there_are_many_trees():
    assert len(TREES) >= 40
    assert sum(tree.tight for tree in TREES) >= 40
    assert sum(privacy_cost(t.estimator, **t.facts).private for t in TREES) >= 25


def test_each_event_of_a_repeated_part_counts():
    tree = next(t for t in TREES if t.facts.get("n_classes") == 3)
    cost = privacy_cost(tree.estimator, **tree.facts)
    (event, count), *rest = leaves_of(cost.events)
    assert (count, rest) == (1, [])  # Gaussian ones add up to a single one
    assert (
        event.noise_multiplier < leaves_of(cost.events[0].event)[0][0].noise_multiplier
    )
