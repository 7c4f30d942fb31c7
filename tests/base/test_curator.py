"""The curator charges before it reads, adds exactly, and logs what it gave away."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from skprivate.accounting import Budget
from skprivate.base import BudgetExceededError, Count, Curator, DPEstimator, Query
from skprivate.mechanisms import Entropy
from skprivate.rows import ArrayRows, NoRows

X = np.arange(12.0).reshape(6, 2)


def curator_of(budget=None, rows=None, seed=0, **options):
    rows = ArrayRows(X) if rows is None else rows
    return Curator(rows, budget or Budget(1.0, 1e-6), Entropy(seed), **options)


@dataclass(frozen=True)
class Scores(Query):
    """How many values are at least 2, 6 and 20."""

    norm = np.inf
    bound = 2.0
    size = 3
    step = 1.0

    def __call__(self, X, y, weight):
        return np.array([(limit <= X).sum() for limit in (2.0, 6.0, 20.0)], float)


class Unreadable(NoRows):
    def total(self, queries):
        raise AssertionError("rows were read")


def test_without_noise_the_answer_is_exact():
    curator = curator_of(Budget(np.inf, 1e-6))
    assert curator.release(Count(), share=1.0).tolist() == [6.0]


def test_answers_are_spread_as_the_report_says():
    draws = [curator_of(seed=None).release(Count(), share=0.25)[0] for _ in range(4000)]
    deviation = 1 / (Budget(1.0, 1e-6).mu * 0.5)
    # 4000 draws: relative error of a standard deviation is 1.1 %, five of them 5.6 %.
    assert abs(np.std(draws) / deviation - 1) < 0.056
    curator = curator_of()
    curator.release(Count(), share=0.25)
    assert curator.noise_of(Count()) == pytest.approx(deviation)


class Counted(DPEstimator):
    """An estimator that keeps a count as it was released."""

    def _fit(self, curator):
        self.n_ = curator.release(Count(), share=1.0)


def test_the_smallest_budget_does_not_give_the_exact_count_away():
    """Noise of 2**70 steps, which are 2**-20 of a row: most sums leave int64."""
    ends = np.array([-(2.0**43), 2.0**43])  # of int64, in rows
    stopped = 0
    for n_rows in (1000, 1001):
        rows = np.zeros((n_rows, 1))
        for _ in range(40):
            model = Counted(epsilon=1e-12, delta=0.0, max_rows_per_group=1000)
            (count,) = model.fit(rows, groups=range(n_rows)).n_
            assert np.min(np.abs(np.abs(count - ends) - n_rows)) > 0.5
            stopped += count in ends
    assert stopped > 40  # of 80; nearly all do


def test_more_than_the_budget_is_refused_before_rows_are_read():
    curator = curator_of(rows=Unreadable(2))
    with pytest.raises(BudgetExceededError, match=r"curator\.remaining"):
        curator.release(Count(), share=1.01)
    assert curator.releases == []
    assert curator.remaining == 1.0


@pytest.mark.parametrize("delta", [1e-6, 0.0])
@pytest.mark.parametrize(
    "shares",
    [[0.1] * 10, [1 / 49] * 49, [0.7, 0.1, 0.2], [0.5, 0.5 + 9e-10], [1 + 5e-10]],
)
def test_shares_never_add_up_to_more_than_one(shares, delta):
    """Sums of floats may ask for a little more; it is not given, nor paid for."""
    for at_once in (True, False):
        curator = curator_of(Budget(1.0, delta))
        if at_once:
            curator.release(*[Count()] * len(shares), share=shares)
        else:
            for share in shares:
                curator.release(Count(), share=share)
        given = sum(Fraction(release.share) for release in curator.releases)
        assert 1 - Fraction(1, 10**9) < given <= 1
        mechanisms = [release.mechanism for release in curator.releases]
        if delta:
            whole = Fraction(curator.budget.mu) ** 2
            assert sum(Fraction(m.mu) ** 2 for m in mechanisms) <= whole
        else:
            assert sum(Fraction(m.epsilon) for m in mechanisms) <= 1
        if given == 1:
            with pytest.raises(BudgetExceededError, match="only 0 is left"):
                curator.release(Count(), share=1e-10)


def test_a_choice_is_cut_to_what_is_left():
    curator = curator_of()
    curator.release(Count(), share=0.25)
    curator.choose(Scores(), share=0.75 + 1e-10)
    assert [release.share for release in curator.releases] == [0.25, 0.75]


@pytest.mark.parametrize("share", [0.0, -0.5, np.nan, np.inf, (0.5, -0.1), (1.2, -0.3)])
def test_shares_are_positive(share):
    queries = [Count()] * np.size(share)
    with pytest.raises((ValueError, BudgetExceededError)):
        curator_of().release(*queries, share=share)


def test_a_failed_pass_over_the_rows_stays_charged():
    curator = curator_of(rows=Unreadable(2))
    with pytest.raises(AssertionError):
        curator.release(Count(), share=0.5)
    assert curator.remaining == 0.5


def test_several_queries_share_one_pass():
    rows = ArrayRows(X)
    passes = []
    total = rows.total
    rows.total = lambda queries: passes.append(len(queries)) or total(queries)
    curator = curator_of(Budget(np.inf, 1e-6), rows)
    first, second = curator.release(Count(), Count(), share=(0.2, 0.8))
    assert passes == [2]
    assert first == second == [6.0]
    shares = [release.share for release in curator.releases]
    assert shares == pytest.approx([0.2, 0.8], rel=1e-15)


def test_selection_finds_the_large_score():
    curator = curator_of(Budget(np.inf, 1e-6))
    assert curator.choose(Scores(), share=1.0) == 0


def test_scores_and_sums_are_not_confused():
    with pytest.raises(TypeError, match="choose"):
        curator_of().release(Scores(), share=1.0)
    with pytest.raises(TypeError, match="release"):
        curator_of().choose(Count(), share=1.0)


def test_pure_privacy_needs_a_bound_in_the_one_norm():
    @dataclass(frozen=True)
    class NoOneNorm(Count):
        l1_bound = None

    with pytest.raises(ValueError, match="delta > 0"):
        curator_of(Budget(1.0, 0.0)).release(NoOneNorm(), share=1.0)


def test_groups_and_weights_multiply_the_sensitivity():
    curator = curator_of(max_weight=3.0, max_rows=4)
    curator.release(Count(), share=1.0)
    assert curator.releases[0].sensitivity == 12.0


def test_seeded_noise_depends_on_the_data():
    first = curator_of(rows=ArrayRows(X)).release(Count(), share=1.0)
    again = curator_of(rows=ArrayRows(X)).release(Count(), share=1.0)
    fewer = curator_of(rows=ArrayRows(X[1:])).release(Count(), share=1.0)
    assert first == again
    assert first - fewer != 1.0


def test_two_releases_never_share_noise():
    curator = curator_of(seed=0)
    first, second = curator.release(Count(), Count(), share=0.5)
    third = curator.release(Count(), share=0.25)
    assert len({*first, *second, *third}) == 3


def test_private_bounds_hold_the_bulk_of_the_rows():
    rng = np.random.default_rng(0)
    rows = ArrayRows(np.c_[rng.uniform(20, 60, 50_000), rng.uniform(-3, 0, 50_000)])
    low, high = curator_of(rows=rows).bounds("private", share=0.5)
    assert low.tolist() == [16, -4]
    assert high[0] == 64
    assert -(2.0**-6) <= high[1] <= 0  # a cell beyond holds a hundred rows, or fewer


def test_with_too_few_rows_nothing_is_said_of_their_range():
    low, high = curator_of(rows=ArrayRows(X)).bounds("private", share=0.5)
    assert low.tolist() == [-1, -1]
    assert high.tolist() == [1, 1]


def test_declared_bounds_cost_nothing():
    curator = curator_of()
    low, high = curator.bounds((0, 1), share=0.5)
    assert curator.remaining == 1.0
    assert (low.tolist(), high.tolist()) == ([0, 0], [1, 1])
