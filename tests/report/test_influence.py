"""Bounds on belief agree with the exact trade-off curve, and give nobody away."""

import json
import math

import numpy as np
import pytest
from dp_accounting import dp_event as dp
from scipy.optimize import brentq
from scipy.stats import norm

from skprivate import PrivacyLedger, privacy_report
from skprivate.accounting import Budget, mu_of
from skprivate.ledger import charge
from skprivate.preprocessing import DPOneHotEncoder, DPStandardScaler
from skprivate.report import deletions_until, influence_statement
from skprivate.report._belief import best_guess, beyond, posterior, ways_of_group

BUDGETS = [(0.1, 1e-2), (0.5, 1e-6), (1.0, 1e-6), (3.0, 1e-5), (8.0, 1e-6)]


def gaussian(mu):
    return [[dp.GaussianDpEvent(1 / mu)]]


@pytest.mark.parametrize(("epsilon", "delta"), BUDGETS)
def test_chance_of_more_is_the_point_of_the_trade_off_curve(epsilon, delta):
    """Where detection is exp(epsilon) times the false alarms, in closed form."""
    mu = mu_of(epsilon, delta)

    def gap(s):
        return norm.logcdf(mu - s) - norm.logcdf(-s) - epsilon

    detected = norm.cdf(mu - brentq(gap, -20, 60))
    expected = detected * (1 + math.exp(-epsilon))
    assert beyond(gaussian(mu), epsilon) == pytest.approx(expected, rel=1e-6)
    assert beyond(gaussian(mu), epsilon) > delta  # which is no such chance


@pytest.mark.parametrize(("epsilon", "delta"), BUDGETS)
def test_chance_of_more_bounds_what_releases_do(epsilon, delta):
    """The exact loss of one draw, and of whether it passed any threshold."""
    mu = mu_of(epsilon, delta)
    bound = beyond(gaussian(mu), epsilon)
    one_draw = norm.cdf(mu / 2 - epsilon / mu) + norm.cdf(-mu / 2 - epsilon / mu)
    assert one_draw <= bound
    for s in np.linspace(-3, 8, 200):  # told is only whether the draw exceeds s
        detected, alarms = norm.sf(s - mu), norm.sf(s)
        chance = detected * (detected > alarms * math.exp(epsilon))
        others, free = norm.cdf(s - mu), norm.cdf(s)
        chance += others * (free > others * math.exp(epsilon))
        assert chance <= bound * (1 + 1e-9)


@pytest.mark.parametrize("prior", [0.001, 0.2, 0.5, 0.7, 0.99])
@pytest.mark.parametrize("mu", [0.1, 1.0, 4.0])
def test_best_guess_is_that_of_the_best_test(prior, mu):
    s = mu / 2 + math.log((1 - prior) / prior) / mu  # Neyman and Pearson
    exact = prior * norm.sf(s - mu) + (1 - prior) * norm.cdf(s)
    assert best_guess(gaussian(mu), prior) == pytest.approx(exact, rel=1e-9)


def test_pure_releases_never_tell_more():
    laplace = [[dp.LaplaceDpEvent(2.0)]]
    assert beyond(laplace, 0.5) == 0
    assert beyond(laplace, 0.4999) > 0.1


def test_distributions_of_several_kinds_are_bounded():
    mixed = [[dp.GaussianDpEvent(8.0), dp.LaplaceDpEvent(4.0)]]
    epsilon = 1.0
    rng = np.random.default_rng(0)
    x, y = rng.normal(1 / 8, 1, 10**6), 0.25 + rng.laplace(size=10**6)
    loss = x / 8 - 1 / 128 + np.abs(y) - np.abs(y - 0.25)
    seen = np.mean(np.abs(loss) > epsilon / 2)
    assert seen <= beyond(mixed, epsilon / 2) + 5e-3
    assert beyond(mixed, epsilon) < 0.01


def test_posterior():
    assert posterior(0.5, 1.0) == pytest.approx(math.e / (1 + math.e))
    assert posterior(0.2, math.log(4)) == pytest.approx(0.5)
    assert posterior(0.5, 800.0) == 1.0
    assert posterior(0.3, math.inf) == 1.0
    assert posterior(0.3, -math.inf) == 0.0


@pytest.fixture(scope="module")
def scaler():
    return DPStandardScaler(bounds=(0, 1)).fit(np.full((100, 1), 0.5))


def test_words_are_the_numbers(scaler):
    text = " ".join(repr(influence_statement(scaler)).split())
    for words in ("2.72-fold", "73.11%", "26.89%", "54.72%", "8.36-fold"):
        assert words in text
    assert "does not say whether your data are in the table" in text
    chinese = influence_statement(scaler, lang="zh")
    assert "73.11%" in repr(chinese)
    assert 'lang="zh-CN"' in chinese.to_html()


def test_a_statement_is_the_same_with_and_without_a_row():
    said = []
    for n_rows in (100, 101):
        scaler = DPStandardScaler(bounds=(0, 1)).fit(np.full((n_rows, 1), 0.5))
        said.append(influence_statement(scaler).to_dict())
    assert said[0] == said[1]


def test_several_rows_of_one_person(scaler):
    one, three = (influence_statement(scaler, rows=n) for n in (1, 3))
    mu = mu_of(1.0, 1e-6)
    assert three.guess == pytest.approx(norm.cdf(3 * mu / 2), rel=1e-6)
    assert three.epsilon > one.epsilon
    assert "3 rows of one person" in repr(three)


def test_no_limit_is_said_where_there_is_none(scaler):
    weak = DPStandardScaler(bounds=(0, 1), epsilon=6.0).fit(np.full((100, 1), 0.5))
    seeded = DPStandardScaler(bounds=(0, 1), random_state=0)
    seeded.fit(np.full((100, 1), 0.5))
    with pytest.warns(UserWarning, match="not private"):
        bare = DPStandardScaler(bounds=(0, 1), epsilon=np.inf).fit([[0.5]] * 9)
    for model in (weak, seeded, bare):
        statement = influence_statement(model)
        assert not statement.limited
        assert "no meaningful limit" in repr(statement)
    assert "Nothing is promised" in repr(influence_statement(bare))
    json.dumps(influence_statement(bare).to_dict(), allow_nan=False)
    assert influence_statement(scaler).limited


def test_of_a_ledger_with_its_releases():
    with PrivacyLedger() as ledger:
        charge("<b>a</b> | mechanism", Budget(0.5, 1e-6))
        DPOneHotEncoder(epsilon=0.5).fit([["a"], ["b"]] * 200)
    statement = influence_statement(ledger)
    assert [name for _, name, _ in statement.releases] == [
        "<b>a</b> | mechanism",
        "DPOneHotEncoder",
    ]
    assert "<b>" not in statement.to_html()
    assert "<b>" not in statement.to_markdown()
    assert statement.epsilon == pytest.approx(privacy_report(ledger).epsilon())


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"prior": 0.0}, ValueError),
        ({"prior": 1}, ValueError),
        ({"prior": np.nan}, ValueError),
        ({"prior": "half"}, TypeError),
        ({"rows": 0}, ValueError),
        ({"rows": 1.5}, TypeError),
        ({"lang": "fr"}, ValueError),
        ({"delta": -1.0}, ValueError),
    ],
)
def test_nonsense(scaler, options, error):
    with pytest.raises(error):
        influence_statement(scaler, **options)


@pytest.mark.parametrize("epsilon", [0.9, 1.0, 3.0, 10.0])
def test_deletions_are_those_of_gaussian_groups(scaler, epsilon):
    terms = deletions_until(scaler, epsilon)
    exact = mu_of(epsilon, 1e-6) / mu_of(1.0, 1e-6)
    assert terms.count == math.floor(exact + 1e-9)


def test_deletions_of_pure_releases():
    scaler = DPStandardScaler(bounds=(0, 1), epsilon=0.5, delta=0.0)
    scaler.fit(np.full((100, 1), 0.5))
    assert deletions_until(scaler, 2.0).count == 4
    assert deletions_until(scaler, 0.4).count == 0


def test_deletions_stand_until_a_date(scaler):
    terms = deletions_until(scaler, 3.0, retention="2030-12-31")
    assert terms.stands(2, "2030-12-31")
    assert not terms.stands(3, "2030-01-01")
    assert not terms.stands(1, "2031-01-01")
    rule = deletions_until(scaler, 3.0, retention="two years after the contract")
    with pytest.raises(ValueError, match="rule in words"):
        rule.stands(1)
    assert "to be answered" in repr(deletions_until(scaler, 3.0))
    assert "待答复" in repr(deletions_until(scaler, 3.0, lang="zh"))
    report = privacy_report(scaler).with_facts(retention="2029-01-01")
    assert deletions_until(report, 3.0).until == "2029-01-01"


def test_nothing_stands_where_nothing_is_promised():
    seeded = DPStandardScaler(bounds=(0, 1), random_state=0)
    with pytest.raises(ValueError, match="promises nothing"):
        deletions_until(seeded.fit(np.full((100, 1), 0.5)), 3.0)


def test_units_in_parts_of_different_kinds_count_together():
    parts = ((dp.LaplaceDpEvent(1.0),), (dp.GaussianDpEvent(1.0),))
    assert len(ways_of_group(parts, 1)) == 2
    assert len(ways_of_group(parts, 2)) == 1
    assert len(ways_of_group((parts[1], parts[1]), 2)) == 2


@pytest.mark.parametrize("deletions", ["1", 1.5, True, None])
def test_a_number_of_deletions_is_a_whole_number(model, deletions):
    with pytest.raises(TypeError, match="deletions must be a whole number"):
        deletions_until(model, 3.0).stands(deletions)
