"""Tests and indices of two tables: level, power, intervals, price, words."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency

from skprivate import PrivacyLedger
from skprivate.accounting import BudgetExceededError
from skprivate.ledger import StrictLedgerError
from skprivate.shift import (
    DPColumnCounts,
    ShiftReport,
    dp_stability_index,
    dp_two_sample_test,
)
from skprivate.shift._null import Noise, distances, p_value
from skprivate.shift._report import holm
from skprivate.shift._stability import stability
from tests.shift.tables import SCHEMA, mixed_table

NOISE, NONE = (Noise(4.2),) * 2, (Noise(0.0),) * 2
BOTH = [dp_two_sample_test, dp_stability_index]
LAW = np.array([0.02, 0.08, 0.2, 0.3, 0.2, 0.1, 0.08, 0.02])


def counts(law, n, noise, rng):
    return rng.multinomial(n, law) + rng.normal(0.0, noise, len(law))


def test_without_noise_it_is_pearsons_chi_squared():
    rng = np.random.default_rng(0)
    pair = [counts(LAW, n, 0.0, rng) for n in (500, 900)]
    expected = chi2_contingency(np.array(pair), correction=False)
    statistic, p = p_value(*pair, NONE, ordered=False, n_draws=4000)
    assert statistic == pytest.approx(expected[0])
    assert abs(p - expected[1]) < 0.05


@pytest.mark.parametrize("n", [50, 2000])
@pytest.mark.parametrize("ordered", [False, True])
def test_the_level_holds_with_noise(n, ordered):
    """Of 300 tests at 10 %, more than 60 are right with less than 1e-6 in chance."""
    rng = np.random.default_rng(1)
    found = [
        p_value(
            *(counts(LAW, n, 4.2, rng) for _ in range(2)),
            NOISE, ordered=ordered, n_draws=200,
        )[1]
        for _ in range(300)
    ]  # fmt: skip
    assert np.sum(np.array(found) <= 0.1) <= 60


def test_bins_in_order_see_small_moves():
    rng = np.random.default_rng(2)
    moved = LAW * np.exp(0.07 * np.arange(8))
    moved /= moved.sum()
    power = []
    for ordered in (False, True):
        ps = [
            p_value(
                counts(LAW, 2000, 4.2, rng), counts(moved, 2000, 4.2, rng), NOISE,
                ordered=ordered, n_draws=200,
            )[1]
            for _ in range(60)
        ]  # fmt: skip
        power.append(np.mean(np.array(ps) <= 0.05))
    assert power[1] > power[0] > 0.2


def test_variances_of_sums_are_those_of_noise():
    rng = np.random.default_rng(3)
    pair = [rng.normal(1000, 10.0, (4000, 6)) for _ in range(2)]
    # Without sampling in the variances both would be one on average.
    found = distances(*pair, (Noise(10.0),) * 2, True).mean(axis=0)
    sampling, noise = 2 / 6000 / 6, 2 * (10 / 6000) ** 2
    assert found[0] / 6 == pytest.approx(noise * 5 / 6 / (sampling + noise), rel=0.05)


@pytest.mark.parametrize("shift", [0.0, 0.3])
def test_intervals_hold_the_index_of_the_laws(shift):
    """Of 200, fewer than 168 hold it with less than 1e-6 in chance, if 95 % do."""
    rng = np.random.default_rng(4)
    moved = LAW * np.exp(shift * np.arange(8))
    moved /= moved.sum()
    true = float(((LAW - moved) * np.log(LAW / moved)).sum())
    held = 0
    for _ in range(200):
        pair = counts(LAW, 3000, 4.2, rng), counts(moved, 3000, 4.2, rng)
        value, low, high = stability(*pair, NOISE, 0.95)
        assert 0 <= low <= value <= high
        held += low <= true <= high
    assert held >= 168


def test_holms_rule():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5]) == [0.5]


@pytest.mark.parametrize("settings", [{"schema": SCHEMA}, {"epsilon": 4.0}])
def test_it_finds_what_has_moved(settings):
    before, now = mixed_table(4000), mixed_table(4000, seed=1, older=4.0)
    report = dp_two_sample_test(before, now, random_state=0, **settings)
    assert report.shifted == ["age"]
    assert report["age"].p_value < 0.01
    assert report.p_value == report["age"].adjusted
    index = dp_stability_index(before, now, random_state=0, **settings)
    assert index["age"].low > 0.02
    assert index["plan"].low < 0.02


@pytest.mark.parametrize(
    ("column", "change"), [("plan", {"firm": 0.5}), ("age", {"missing": 0.2})]
)
def test_categories_and_missing_values_count(column, change):
    before, now = mixed_table(4000), mixed_table(4000, seed=1, **change)
    report = dp_two_sample_test(before, now, schema=SCHEMA, random_state=0)
    assert report.shifted == [column]


def test_categories_that_nobody_has_seen_count_together():
    before, now = mixed_table(3000), mixed_table(3000, seed=1)
    now.loc[now.index[:900], "plan"] = "NEW"
    report = dp_two_sample_test(before, now, schema=SCHEMA, random_state=0)
    assert report.shifted == ["plan"]
    found = report["plan"]
    assert found.labels[-2:] == ("(others)", "(missing)")
    assert found.current[-2] > 0.2
    assert "NEW" not in repr(report) + report._repr_html_()


@pytest.mark.parametrize("ask", BOTH)
@pytest.mark.parametrize("kind", ["list", "array", "series", "frame", "words"])
def test_one_column_is_a_table(ask, kind):
    rng = np.random.default_rng(0)
    before, now = rng.normal(size=600), rng.normal(size=600)
    known = {"bounds": (-3, 3)}
    if kind == "words":
        before, now, known = list("abc" * 200), list("abb" * 200), {"epsilon": 3.0}
    make = {
        "list": list, "array": np.asarray, "series": pd.Series, "words": pd.Series,
        "frame": lambda x: pd.DataFrame({"a": x}),
    }[kind]  # fmt: skip
    found = ask(make(before), make(now), random_state=0, **known)
    assert len(found.records()) == 1


def test_constant_columns_say_nothing():
    before = pd.DataFrame({"a": np.ones(900), "b": np.arange(900.0)})
    report = dp_two_sample_test(before, before, alpha=1e-3, random_state=0)
    assert report.shifted == []
    assert report["a"].index < 0.1


@pytest.mark.parametrize("ask", BOTH)
def test_ledgers_are_charged_once_for_both(ask):
    tables = mixed_table(200), mixed_table(200, seed=1)
    with PrivacyLedger(epsilon=2.0, delta=1e-5) as ledger:
        ask(*tables, schema=SCHEMA, epsilon=0.5)
    (record,) = ledger.records
    assert record.name == ask.__name__
    assert len(record.releases) == 2
    with PrivacyLedger(epsilon=2.0, delta=1e-5) as ledger:
        first = DPColumnCounts(schema=SCHEMA, epsilon=0.5).fit(tables[0])
        left = ledger.remaining
        ask(first, tables[1], epsilon=0.5)
    assert 0 < left - ledger.remaining < 0.5


@pytest.mark.parametrize("ask", BOTH)
def test_a_ledger_refuses_before_a_row_is_read(ask):
    tables = mixed_table(200), mixed_table(200, seed=1)
    ledger = PrivacyLedger(epsilon=0.6, delta=1e-5)
    with pytest.raises(BudgetExceededError), ledger:
        ask(*tables, schema=SCHEMA, epsilon=0.5)  # one table would do
    assert ledger.records == ()
    ledger = PrivacyLedger(epsilon=9.0, delta=1e-5, strict=True)
    with pytest.raises(StrictLedgerError), ledger:
        ask(*tables, schema=SCHEMA, epsilon=0.5, random_state=0)
    assert ledger.records == ()


WRONG = {
    "same columns": lambda a, b: (a, b.drop(columns="age")),
    "another order": lambda a, b: (a, b[["plan", "age", "member"]]),
}


@pytest.mark.parametrize("ask", BOTH)
def test_pure_privacy_is_less_noise_for_one_column(ask):
    tables = [mixed_table(300, seed=k)[["age"]] for k in range(2)]
    pure, usual = (
        DPColumnCounts(bounds=(18, 90), delta=delta).fit(tables[0])
        for delta in (0.0, 1e-6)
    )
    assert pure.noise.pure
    assert pure.noise.deviation < usual.noise.deviation / 2.5
    found = ask(*tables, bounds=(18, 90), delta=0.0)
    assert "delta=0" in repr(found)


@pytest.mark.parametrize("ask", BOTH)
@pytest.mark.parametrize("words", WRONG)
def test_mistakes_are_free(ask, words):
    tables = WRONG[words](mixed_table(50), mixed_table(50))
    with PrivacyLedger(epsilon=9.0, delta=1e-5) as ledger:
        with pytest.raises(ValueError, match=words):
            ask(*tables, schema=SCHEMA)
        ledger.dismiss_refusals()
    assert ledger.records == ()


@pytest.mark.parametrize("ask", BOTH)
@pytest.mark.parametrize(
    ("name", "value"),
    [("confidence", 1.0), ("epsilon", -1.0), ("max_bins", 1), ("bounds", (1, 0))],
)
def test_parameters_that_make_no_sense(ask, name, value):
    with pytest.raises((ValueError, TypeError), match=name):
        ask(mixed_table(50), mixed_table(50), **{name: value})


@pytest.mark.parametrize("alpha", [0, 1, 0.0, 1.0, "0.05", None, np.nan])
def test_levels_that_make_no_sense(alpha):
    with pytest.raises(ValueError, match="alpha"):
        dp_two_sample_test(mixed_table(50), mixed_table(50), alpha=alpha)


@pytest.mark.parametrize("kind", ["str", "category", "datetime64[s]"])
@pytest.mark.parametrize("ask", BOTH)
def test_another_kind_of_column_is_refused_before_anything_is_paid(ask, kind):
    first = mixed_table(200)
    second = first.assign(age=first["age"].round().fillna(0).astype(int).astype(kind))
    ledger = PrivacyLedger(epsilon=9.0, delta=1e-5)
    with pytest.raises(TypeError, match="'age' is of the kind number"), ledger:
        ask(first, second, bounds=(0, 100))
    counted = DPColumnCounts(schema=SCHEMA).fit(first)
    with pytest.raises(TypeError, match="'age' is of the kind number"), ledger:
        ask(counted, second)
    assert ledger.records == ()


def test_other_bins_are_refused():
    first = DPColumnCounts(schema=SCHEMA).fit(mixed_table(50))
    other = DPColumnCounts(schema=SCHEMA, max_bins=3).fit(mixed_table(50))
    words = DPColumnCounts(schema=SCHEMA | {"plan": ["a", "b", "c"]})
    for second in (other, words.fit(mixed_table(50))):
        with pytest.raises(ValueError, match="different bins"):
            ShiftReport.of(first, second)
    same = DPColumnCounts(schema=SCHEMA).fit(mixed_table(50))
    ShiftReport.of(first, same)
    with pytest.raises(TypeError, match="two fitted"):
        ShiftReport.of(first, mixed_table(50))


def test_two_tables_have_their_own_noise():
    """With one seed for both, the noise would cancel, and nothing be hidden."""
    table = mixed_table(100)
    report = dp_two_sample_test(table, table, schema=SCHEMA, random_state=0)
    assert all((c.reference != c.current).any() for c in report.columns)


def test_the_report_is_shown():
    report = dp_two_sample_test(
        mixed_table(3000), mixed_table(3000, older=5.0), schema=SCHEMA, random_state=0
    )
    text = repr(report)
    assert "1 of 3 columns have shifted" in text
    assert text.index("age") < text.index("plan")  # what has moved comes first
    assert "epsilon=1, delta=1e-06, SEEDED" in text
    assert "<table" in report._repr_html_()
    assert report.to_frame()["name"].tolist() == [*SCHEMA]
    again = pickle.loads(pickle.dumps(report))
    assert again.records() == report.records()
    with pytest.raises(KeyError):
        report["nothing"]


def test_the_report_is_drawn():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    report = dp_two_sample_test(
        mixed_table(300), mixed_table(300), schema=SCHEMA, random_state=0
    )
    axes = report.plot()
    assert [ax.get_title().split(":")[0] for ax in axes] == [*SCHEMA]
    with pytest.raises(ValueError, match="as many axes"):
        report.plot(axes[:1])
    pyplot.close("all")
