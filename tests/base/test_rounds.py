"""Rounds: fixed when opened, on fresh secret samples of whole units, told by nobody."""

import math
import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import sparse
from scipy.stats import beta, binom
from sklearn.base import BaseEstimator

from skprivate.accounting import Budget, epsilon_of_events
from skprivate.base import BudgetExceededError, Count, Curator, Query
from skprivate.ledger import PrivacyLedger
from skprivate.mechanisms import Entropy
from skprivate.rows import ArrayRows, ChunkRows, NoRows, Parties, as_rows
from skprivate.rows._coded import CodedRows
from skprivate.rows._sampled import Coins
from skprivate.testing import parametrize_with_dp_checks
from tests.base.sampled_gradient import SampledGradient

WHOLE = Budget(1.0, 1e-6).reserving()
EXACT = Budget(math.inf, 1e-6)
ALPHA = 1e-6
N = 2000
X = np.arange(N, dtype=float).reshape(-1, 1)


def curator_of(rows=None, budget=WHOLE, seed=None, **options):
    rows = ArrayRows(X) if rows is None else rows
    return Curator(rows, budget, Entropy(seed), **options)


def sizes(rows, n_rounds=20, rate=0.2, **options):
    """Exact sizes of samples, which only epsilon=inf tells."""
    rounds = curator_of(rows, EXACT, **options).rounds(n_rounds, rate, share=1.0)
    return [int(rounds.release(Count())[0]) for _ in range(n_rounds)]


@parametrize_with_dp_checks([SampledGradient(rate=0.3, n_rounds=1)])
def test_an_estimator_with_rounds_is_like_others(estimator, check):
    check(estimator)


def test_rounds_are_paid_when_they_are_opened():
    curator = curator_of()
    curator.release(Count(), share=0.25)
    rounds = curator.rounds(3, 0.1, share=curator.remaining)
    assert curator.remaining == 0
    assert curator.reserve == 0
    for left in (3, 2, 1):
        assert rounds.left == left
        rounds.release(Count())
    with pytest.raises(BudgetExceededError, match="all of them are used"):
        rounds.release(Count())
    with pytest.raises(BudgetExceededError):
        curator.release(Count(), share=0.1)


def test_a_share_and_a_reserve_are_spent_once():
    curator = curator_of()
    with pytest.raises(BudgetExceededError):
        curator.rounds(3, 0.1, share=1.5)
    curator.rounds(3, 0.1, share=0.5)
    with pytest.raises(ValueError, match="_discovers"):
        curator.rounds(3, 0.1, share=0.5)
    curator.rounds(3, 1.0, share=0.5)  # of all rows, which needs no reserve
    with pytest.raises(ValueError, match="_discovers"):
        curator_of(budget=Budget(1.0, 1e-6)).rounds(3, 0.1, share=0.5)


@pytest.mark.parametrize("rate", [1.0, 0.5, 0.01])
def test_delta_0_adds_epsilons_of_rounds(rate):
    """Each round costs its part, by basic composition, and is cheaper on a sample."""
    curator = curator_of(budget=Budget(2.0, 0.0))
    curator.release(Count(), share=0.2)
    rounds = curator.rounds(4, rate, share=curator.remaining)
    noise = rounds._mechanism
    assert noise.cost == pytest.approx(0.4, rel=1e-9)
    assert noise.cost <= 0.4
    assert noise.epsilon == pytest.approx(math.log1p(math.expm1(0.4) / rate))
    for _ in range(4):
        rounds.release(Count())
    report = [release.mechanism.event for release in curator.releases]
    assert 1.999 < epsilon_of_events(report, 0.0) <= 2.0
    with pytest.raises(BudgetExceededError):
        rounds.release(Count())
    assert curator.remaining == 0


def test_a_fit_with_delta_0_by_rounds():
    y = np.arange(N) % 2

    class Votes(SampledGradient):
        def _fit(self, curator):
            self.classes_ = curator.classes(self.classes)
            rounds = curator.rounds(self.n_rounds, self.rate, share=1.0)
            self.votes_ = [rounds.release(Count())[0] for _ in range(self.n_rounds)]

    model = Votes(classes=[0, 1], delta=0.0, rate=0.2, n_rounds=3, epsilon=15.0)
    plan = model.plan(1)
    with PrivacyLedger(epsilon=15.0, delta=0.0) as ledger:
        report = model.fit(X, y).privacy_
        assert ledger.spent() == pytest.approx(15.0)
    assert plan.rows() == report.rows()
    assert 14.9 < report.epsilon() <= 15.0
    assert report.epsilon(relation="replace_one") == pytest.approx(30.0)
    assert "SampledLaplace(epsilon=" in repr(report)
    assert abs(np.mean(model.votes_) - 0.2 * N) < 200  # 11 deviations of the samples
    none = curator_of(budget=Budget(math.inf, 0.0)).rounds(1, 1.0, share=1.0)
    assert none.release(Count())[0] == N


@pytest.mark.parametrize("rate", [0, -0.5, 1.0001, math.nan, math.inf, "0.1", None])
def test_odd_rates_cost_nothing(rate):
    """They are refused before the debit, although a release comes first."""
    y = np.arange(N) % 2
    with PrivacyLedger(epsilon=3.0, delta=1e-6) as ledger:
        with pytest.raises((ValueError, TypeError), match="rate"):
            SampledGradient(bounds=(0, N), classes=[0, 1], rate=rate).fit(X, y)
        assert ledger.spent() == 0


def test_a_ledger_is_charged_the_budget_and_admits_a_second_fit():
    y = np.arange(N) % 2
    model = SampledGradient(bounds=(0, N), classes=[0, 1])
    with PrivacyLedger(epsilon=2.5, delta=1e-6) as ledger:
        model.fit(X, y)
        assert ledger.spent() == pytest.approx(1.0, rel=1e-6)
        model.fit(X, y)
        assert ledger.spent() < 2.5


def test_report_and_plan_state_rate_rounds_and_noise():
    model = SampledGradient(bounds=(0, N), classes=[0, 1], rate=0.05, n_rounds=7)
    plan = model.plan(1)
    report = model.fit(X, np.arange(N) % 2).privacy_
    assert plan.rows() == report.rows()
    row = report.rows()[-1]
    assert row["times"] == 7
    assert row["share"] == pytest.approx(0.9 / 7)
    assert "rate=0.05, n_rounds=7" in row["mechanism"]
    assert 0.8 < report.epsilon() <= 1.0
    assert "SampledGaussian(multiplier=" in repr(report)


@pytest.mark.parametrize("rate", [0.001, 0.2, 1.0])
def test_each_row_is_in_by_its_own_coin(rate):
    """Fixed N; every size of a sample within its binomial limits."""
    low, high = binom.ppf([ALPHA / 40, 1 - ALPHA / 40], N, rate)
    found = sizes(ArrayRows(X), rate=rate)
    assert all(low <= size <= high for size in found)
    assert rate == 1 or len(set(found)) > 1


def test_rows_are_refused_before_the_first_sample_or_never():
    """Else coins decide in which round that happens, and it tells of the row."""
    odd = np.vstack([X, [[np.inf]]])
    da = pytest.importorskip("dask.array")
    for source in (
        odd,
        ChunkRows(lambda: iter(np.array_split(odd, 3))),
        da.from_array(odd, chunks=(500, 1)),
    ):
        rows = as_rows(BaseEstimator(), source, target="none", accept_sparse=False)
        curator = curator_of(rows)
        rounds = curator.rounds(30, 0.001, share=1.0)
        with pytest.raises(ValueError, match="infinity"):
            rounds.release(Count())
    curator = curator_of(
        as_rows(BaseEstimator(), X, target="none", accept_sparse=False)
    )
    curator.rounds(2, 0.5, share=0.5).release(Count())
    assert curator._read


def test_coins_are_independent_between_rows_and_rounds():
    coins = [Coins(0.5, Entropy(), b"").drawn(X, None) for _ in range(2)]
    low, high = binom.ppf([ALPHA / 6, 1 - ALPHA / 6], N - 1, 0.5)
    for one, other in ((coins[0][1:], coins[0][:-1]), (coins[0][1:], coins[1][1:])):
        assert low <= np.sum(one == other) <= high


def test_every_source_samples_its_own_rows():
    half = N // 2
    halves = ArrayRows(X[:half]), ArrayRows(X[half:])
    sources = {
        "sparse": ArrayRows(sparse.csr_array(X)),
        "chunks": ChunkRows(lambda: iter(np.array_split(X, 7)), 1),
        "sparse chunks": ChunkRows(
            lambda: iter([sparse.csr_array(X[:half]), sparse.csr_array(X[half:])]), 1
        ),
        "parties": Parties(*halves),
        "codes": CodedRows(ArrayRows(X), []),
    }
    low, high = binom.ppf([ALPHA / 2000, 1 - ALPHA / 2000], N, 0.2)
    for name, source in sources.items():
        assert all(low <= size <= high for size in sizes(source)), name
    assert sizes(NoRows(1)) == [0] * 20


def test_dask_samples_where_the_blocks_are():
    da = pytest.importorskip("dask.array")
    from skprivate.rows import DaskRows

    low, high = binom.ppf([ALPHA / 40, 1 - ALPHA / 40], N, 0.2)
    found = sizes(DaskRows(da.from_array(X, chunks=(500, 1))), n_rounds=3)
    assert all(low <= size <= high for size in found)


def grouped(n_groups, max_rows):
    groups = np.arange(N) % n_groups
    return as_rows(
        BaseEstimator(), X, groups=groups, target="none", accept_sparse=False,
        max_rows_per_group=max_rows,
    )  # fmt: skip


def test_rows_of_a_unit_share_a_coin():
    rows = grouped(50, N // 50)
    found = sizes(rows, max_rows=N // 50)
    assert {size % (N // 50) for size in found} == {0}
    assert len(set(found)) > 1


def test_units_of_several_rows_are_not_torn_apart():
    chunks = ChunkRows(lambda: iter([X]), 1)
    for rows in (ArrayRows(X), chunks, CodedRows(ArrayRows(X), [])):
        with pytest.raises(ValueError, match="group"):
            sizes(rows, max_rows=2)


def test_a_seed_repeats_coins_of_rows_in_memory_whatever_else_is_there():
    one, other = (Coins(0.3, Entropy(3), b"round 1") for _ in range(2))
    kept = one.drawn(X, None)
    np.testing.assert_array_equal(kept, other.drawn(-X, None))
    np.testing.assert_array_equal(kept[:100], other.drawn(X[:100], None))
    again = Coins(0.3, Entropy(3), b"round 2").drawn(X, None)
    assert not np.array_equal(kept, again)
    assert sizes(ArrayRows(X), seed=1) == sizes(ArrayRows(X), seed=1)
    assert len(set(sizes(ArrayRows(X), seed=1))) > 1
    with pytest.raises(ValueError, match="random_state"):
        sizes(ChunkRows(lambda: iter([X]), 1), seed=1)


def test_the_size_of_a_sample_is_kept_nowhere():
    curator = curator_of()
    rounds = curator.rounds(3, 0.5, share=1.0)
    rounds.release(Count())
    public = {"_mechanism", "_share", "_failing", "_is_due", "left"}
    assert set(vars(rounds)) == {"_curator", *public}
    assert repr(rounds) == f"Rounds({rounds._mechanism!r}, left=2)"
    model = SampledGradient(bounds=(0, N), classes=[0, 1]).fit(X, np.arange(N) % 2)
    known = {"privacy_", "classes_", "box_", "coef_", "n_features_in_"}
    assert {name for name in vars(model) if name.endswith("_")} == known
    first, second = (
        pickle.dumps(model.fit(part, np.arange(len(part)) % 2).privacy_)
        for part in (X, X[:100])
    )
    assert first == second


@dataclass(frozen=True)
class OwnCount(Query):
    """How many rows hold each of the first whole numbers."""

    size: int
    bound = 1.0

    def __call__(self, X, y, weight):
        return np.bincount(X[:, 0].astype(int), minlength=self.size) * self.levels


@pytest.mark.parametrize("tossed", [True, False], ids=["as it is", "without coins"])
def test_the_best_attack_finds_no_more_than_is_claimed(tossed, monkeypatch):
    """By the likelihood ratio, on 40000 rows of which every other one is there.

    Each has a count of its own, so all are attacked in one fit. Without coins the same
    attack finds too much: so few rows are enough to see it.
    """
    n, n_rounds, rate, claim = 40_000, 20, 0.1, 1.0
    if not tossed:
        everyone = lambda self, X, *_: np.ones(X.shape[0], bool)  # noqa: E731
        monkeypatch.setattr(Coins, "drawn", everyone)
    there = np.arange(0.0, n, 2).reshape(-1, 1)
    rounds = curator_of(ArrayRows(there)).rounds(n_rounds, rate, share=1.0)
    s, scores = rounds._mechanism.multiplier, np.zeros(n)
    for _ in range(n_rounds):
        x = rounds.release(OwnCount(n))
        scores += np.log1p(rate * np.expm1((2 * x - 1) / (2 * s * s)))
    true, false = (int(np.sum(scores[start::2] > 0.2)) for start in (0, 1))
    least = beta.ppf(ALPHA / 2, true, n // 2 - true + 1)
    most = beta.ppf(1 - ALPHA / 2, false + 1, n // 2 - false)
    found = math.log((least - 1e-6) / most)
    assert (found <= claim) == tossed
    assert found > 0  # it is an attack
