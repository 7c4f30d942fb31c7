"""Faults that other libraries of differential privacy have had, tried on this one.

One test for each pattern, whether it was found here or not. Each names where it was
reported in public.
"""

import inspect
import math
from fractions import Fraction

import mpmath
import numpy as np
import pandas as pd
import pytest
from dp_accounting import dp_event as dp

import skprivate.accounting._filter
import skprivate.accounting._price
from skprivate.accounting import (
    Budget,
    Filter,
    epsilon_of,
    epsilon_of_events,
    price_of,
)
from skprivate.base import Count, Curator, DPEstimator
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.mechanisms import (
    Entropy,
    Gaussian,
    Laplace,
    PermuteAndFlip,
    ThresholdedRelease,
)
from skprivate.mechanisms._selection import rate_below
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPOneHotEncoder, DPStandardScaler
from skprivate.rows import ArrayRows, schema_of
from skprivate.testing import all_estimators
from skprivate.testing._examples import configured, example_for, with_classes
from skprivate.testing._replay import record, replay


@pytest.mark.parametrize("epsilon", [0.1, 0.5, 1.0])
def test_permute_and_flip_costs_what_its_divergence_says(epsilon):
    """OpenDP #2911: it was charged epsilon**2 / 8, as if its range were bounded.

    Two scores that were equal move apart by one each: the worse one then wins with
    probability exp(-epsilon) / 2.
    """
    apart = math.exp(-epsilon) / 2
    divergence = -0.5 * math.log(2 * apart) - 0.5 * math.log(2 * (1 - apart))
    assert divergence > 1.5 * epsilon**2 / 8
    assert divergence <= PermuteAndFlip(epsilon).rho == epsilon**2 / 2


@pytest.mark.parametrize("delta", [1e-2, 1e-6, 1e-12])
@pytest.mark.parametrize("levels", [1.0, 3.0])
@pytest.mark.parametrize("kind", [Gaussian, Laplace])
def test_delta_counts_the_atom_at_the_threshold(kind, levels, delta):
    """OpenDP #2922: a release at or above the threshold, a delta of those above it."""
    release = ThresholdedRelease(kind(0.7), delta)
    threshold = release.threshold(levels)
    scale = Fraction(release._scale(levels))
    with mpmath.workdps(50):
        # The least noise that lets the count of a single unit be seen.
        least = threshold - int(levels) + 1
        x = (mpmath.mpf(least) - 0.5) * scale.denominator / scale.numerator
        tail = mpmath.exp(-x) / 2 if kind is Laplace else mpmath.erfc(x / 2**0.5) / 2
        assert tail <= delta
    no_noise = ThresholdedRelease(kind(0.7), delta)(
        {"at": 0, "above": 1}, 0.0, Entropy()
    )
    assert no_noise == {"above": 1}


def test_keys_that_become_one_after_the_cap_move_no_further():
    """OpenDP #2949: at most so many rows a key, and then keys were rewritten.

    The cap here is on the rows of a unit, whatever their keys; 3 and 3.0 are one.
    """
    others = [[1], [2.0]] * 40
    unit = [[3], [3.0], [np.int64(3)], [np.float32(3)], [2]]
    groups = [*range(80), *[80] * 5]
    X = pd.DataFrame(others + unit, dtype=object)
    encoder = DPOneHotEncoder(max_rows_per_group=3)
    (told,) = record(encoder, X=X, groups=groups).tape.told
    (less,) = record(encoder, X=X[:80], groups=groups[:80]).tape.told
    moves = [told.total[key] - less.total.get(key, 0) for key in told.total]
    assert 0 < sum(moves) <= 3 == told.levels
    assert np.count_nonzero(moves) <= told.mechanism.max_keys


@pytest.mark.parametrize("epsilon", [1e-3, 0.1, 1.0, 7.0])
@pytest.mark.parametrize("delta", [0.3, 1e-5, 1e-10, 1e-30])
def test_deltas_and_tails_are_rounded_to_the_safe_side(epsilon, delta):
    """OpenDP #2820 and #2802: a tail or a delta was rounded down."""
    budget = Budget(epsilon, delta)
    with mpmath.workdps(60):
        mu, e = mpmath.mpf(budget.mu), mpmath.mpf(epsilon)
        exact = mpmath.ncdf(mu / 2 - e / mu) - mpmath.exp(e) * mpmath.ncdf(
            -mu / 2 - e / mu
        )
        assert exact <= delta
        for noise in (Laplace(epsilon), Gaussian(budget.mu)):
            release = ThresholdedRelease(noise, delta, max_keys=7)
            scale = Fraction(release._scale(1.0))
            x = mpmath.mpf(2 * release.threshold(1.0) - 1) / 2
            x *= mpmath.mpf(scale.denominator) / scale.numerator
            tail = (
                mpmath.ncdf(-x) if isinstance(noise, Gaussian) else mpmath.exp(-x) / 2
            )
            assert 7 * tail <= delta


def test_replacing_a_unit_is_twice_as_far_by_every_way_of_accounting():
    """dp_accounting #378 and PR #464: Renyi divergences were four times too small."""
    one = dp.GaussianDpEvent(10.0)
    twice = epsilon_of(2 / 10.0, 1e-6)
    exact = epsilon_of_events([one], 1e-6, relation="replace_one")
    assert exact == pytest.approx(twice, rel=1e-6)
    by_divergence = [one, dp.ZCDpEvent(1e-12)]  # which only those can compose
    assert epsilon_of_events(by_divergence, 1e-6, relation="replace_one") >= exact
    report = DPStandardScaler(bounds=(0, 1)).fit(np.full((50, 2), 0.5)).privacy_
    alone = epsilon_of(2 * report.budget.mu, 1e-6)
    assert report.epsilon(relation="replace_one") >= alone * (1 - 1e-9)


@pytest.mark.parametrize("delta", [0.0, 1e-6])
def test_answers_of_one_pass_are_paid_for_together(delta):
    """dp_accounting #428: each output of a mechanism was accounted for on its own.

    The same count three times is worth one with a third of the variance.
    """
    budget = Budget(1.0, delta)
    curator = Curator(ArrayRows(np.zeros((9, 1))), budget, Entropy(0))
    curator.release(Count(), Count(), Count(), share=1.0)
    costs = [release.mechanism for release in curator.releases]
    if delta:
        joint = math.sqrt(math.fsum(cost.mu**2 for cost in costs))
        assert joint == pytest.approx(budget.mu, rel=1e-12)
    else:
        joint = math.fsum(cost.epsilon for cost in costs)
        assert joint == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(
    "cls", [DPStandardScaler, DPGaussianNB, DPRidge, DPLogisticRegression]
)
def test_means_are_not_divided_by_the_number_of_rows(cls):
    """Opacus #819, arXiv 2605.15648: a noisy sum over the exact size of a batch.

    With the answers of a fit on n rows, a fit on n - 1 must end in the same model.
    """
    estimator = with_classes(configured(cls()))
    rows = example_for(estimator).fit_args
    fewer = {name: value[:-1] for name, value in rows.items()}
    playback = replay(record(estimator, **rows), **fewer)
    assert playback.findings == []
    assert not playback.refused


def test_a_mean_over_the_number_of_rows_would_be_noticed():
    """The test above can fail."""

    class Divided(DPEstimator):
        def fit(self, X, y=None):
            super().fit(X)
            self.mean_ = self.sum_ / len(X)
            return self

        def _fit(self, curator):
            self.sum_ = curator.release(Count(), share=1.0)

    X = np.zeros((20, 1))
    playback = replay(record(Divided(), X=X), X=X[:-1])
    assert any("mean_" in finding for finding in playback.findings)


def test_samplers_of_unknown_rates_have_no_price():
    """Opacus #813: a weighted sampler was accounted for as a uniform one."""
    noise = dp.GaussianDpEvent(1.0)
    for event in (
        dp.SampledWithoutReplacementDpEvent(1000, 10, noise),
        dp.SampledWithReplacementDpEvent(1000, 10, noise),
        dp.UnsupportedDpEvent(),
    ):
        with pytest.raises(ValueError, match="no theorem here"):
            epsilon_of_events([event], 1e-6)
        price = price_of(event)
        assert price.epsilon(1e-6) == math.inf


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 4.0])
def test_only_scores_that_move_one_way_are_chosen_at_the_full_rate(epsilon):
    """dpsynth: scores that move both ways were chosen at the rate of counts.

    Also there: rho where sigma was due, and a choice without noise.
    """

    def largest_ratio(monotone):
        """Of one of many equal scores that goes down by one while others go up."""
        n, d = rate_below(epsilon, 1.0, monotone)
        rate, others = n / d, 10**7
        after = math.exp(-rate) / (math.exp(-rate) + others * math.exp(rate))
        return math.log(1 / (others + 1) / after)

    assert largest_ratio(monotone=False) <= epsilon < largest_ratio(monotone=True)
    budget = Budget(epsilon, 1e-6)
    assert not budget.selection().monotone
    assert budget.mechanism(0.25).rho == pytest.approx(budget.mu**2 / 8)
    assert budget.mechanism(0.25).deviation(3.0) == pytest.approx(6 / budget.mu)


def test_no_estimator_says_that_its_scores_move_one_way():
    """The same pattern: what says so is compared with how scores move."""
    for _, cls in all_estimators():
        estimator = configured(cls())
        asked = record(estimator, **example_for(estimator).fit_args).tape.asked
        assert not any(getattr(item.mechanism, "monotone", False) for item in asked)


@pytest.mark.parametrize("make", [pd.DataFrame, np.asarray], ids=["table", "array"])
def test_the_largest_value_of_a_column_is_no_public_fact(make):
    """Dpmm #19: the domain of a column was its largest value plus one."""
    rows = np.tile([[0], [1], [2]], (20, 1))
    more = np.vstack([rows, [[10**6]]])
    found = [schema_of(make(data)) for data in (rows, more)]
    assert found[0] == found[1]
    assert all(column.declared is None for column in found[0])


def test_filters_know_nothing_of_loss_distributions():
    """ArXiv 2602.06756: composing distributions is no filter for adaptive choices."""
    for module in (skprivate.accounting._filter, skprivate.accounting._price):
        assert "_pld" not in inspect.getsource(module)
    many = [dp.LaplaceDpEvent(20.0)] * 200
    exact = epsilon_of_events(many, 1e-6)
    price = sum(map(price_of, many[1:]), price_of(many[0]))
    cap = Filter(exact * 1.001, 1e-6)
    assert not cap.admits(price, cap.leader(price_of(many[0])))
