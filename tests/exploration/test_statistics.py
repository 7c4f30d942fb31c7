"""Statistics against naive ones, and their intervals against the truth."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.stats import binom

from skprivate.exploration import (
    dp_count,
    dp_histogram,
    dp_histogram2d,
    dp_mean,
    dp_quantile,
    dp_std,
    dp_sum,
    dp_var,
)
from skprivate.testing._replay import record, replay
from tests.exploration.statistics import probe

exact = pytest.mark.filterwarnings("ignore:epsilon=inf")
EXACT = {"epsilon": np.inf}
PLANS = ["team", "free", "firm"]


def mixed_table(n_rows=900, seed=0):
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 90, n_rows).astype(float)
    age[::7] = np.nan
    plan = rng.choice([*PLANS, "odd"], n_rows).astype(object)
    plan[::11] = None
    return pd.DataFrame(
        {
            "age": age,
            "income": rng.normal(-3, 1, n_rows),
            "member": rng.random(n_rows) < 0.3,
            "plan": plan,
            "region": pd.Categorical(
                rng.choice(["n", "s"], n_rows), categories=["n", "s"]
            ),
            "since": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(rng.integers(0, 99, n_rows), unit="D"),
        }
    )


NUMBERS = ["age", "income", "member"]
BOUNDS = {"bounds": ([18, -10, 0], [90, 5, 1])}
NAIVE = {
    dp_sum: lambda frame: frame.sum(),
    dp_mean: lambda frame: frame.mean(),
    dp_var: lambda frame: frame.var(ddof=0),
    dp_std: lambda frame: frame.std(ddof=0),
}


@exact
@pytest.mark.parametrize("ask", NAIVE)
def test_columns(ask):
    table = mixed_table()
    found = ask(table, columns=NUMBERS, **BOUNDS, **EXACT)
    assert found.axes == (("column", tuple(NUMBERS)),)
    np.testing.assert_allclose(found, NAIVE[ask](table[NUMBERS]), rtol=1e-4)
    assert (found.high - found.low <= 2e-3 * np.abs(found.values)).all()


@exact
@pytest.mark.parametrize("ask", NAIVE)
def test_groups(ask):
    table = mixed_table()
    options = {"columns": NUMBERS, "by": "plan", "categories": PLANS}
    found = ask(table, **options, **BOUNDS, **EXACT)
    naive = NAIVE[ask](table.groupby("plan")[NUMBERS]).loc[PLANS]
    np.testing.assert_allclose(found, naive, rtol=1e-4)
    one = found["firm"]["age"]
    assert one.shape == ()
    assert one == found.values[2, 0]


@exact
def test_several_keys_of_which_one_is_declared_and_one_found():
    table = mixed_table()
    by = {"by": ["region", "plan"], "categories": ["private", PLANS]}
    found = dp_mean(table, columns="age", bounds=(18, 90), **by, **EXACT)
    naive = table.groupby(["region", "plan"], observed=True)["age"].mean()
    assert [name for name, _ in found.axes] == ["region", "plan"]
    assert found["s"]["free"] == pytest.approx(naive["s", "free"], rel=1e-4)
    frame = found.to_frame()
    assert frame.columns.tolist()[:2] == ["region", "plan"]
    assert len(frame) == 6


@exact
def test_counts_are_of_rows_or_of_values():
    table = mixed_table()
    assert dp_count(table, **EXACT) == 900
    found = dp_count(table, columns=["age", "plan", "since"], **EXACT)
    assert found.values.tolist() == table[["age", "plan", "since"]].count().tolist()
    found = dp_count(table, by="plan", categories=PLANS, **EXACT)
    assert found.values.tolist() == table["plan"].value_counts()[PLANS].tolist()
    found = dp_count(table, columns="age", by="plan", categories=["odd"], **EXACT)
    assert found["odd"] == table.groupby("plan")["age"].count()["odd"]


@exact
def test_values_are_moved_into_bounds_and_sums_too():
    x = np.array([-5.0, 20.0, 30.0, np.nan, 1e9])
    assert dp_sum(x, bounds=(18, 90), **EXACT) == pytest.approx(158, rel=1e-5)
    assert dp_mean(x, bounds=(18, 90), **EXACT) == pytest.approx(39.5, rel=1e-5)
    assert dp_sum(-x, bounds=(-90, -18), **EXACT) == pytest.approx(-158, rel=1e-5)
    assert dp_sum(x, bounds=(7, 7), **EXACT) == pytest.approx(28)
    assert dp_var(x, bounds=(7, 7), **EXACT) == 0


@exact
def test_weights():
    table, weight = mixed_table(), np.random.default_rng(1).uniform(0, 3, 900)
    there = table["age"].notna()
    known, w = table["age"][there], weight[there]
    options = {"bounds": (18, 90), "sample_weight": weight, "max_weight": 3.0, **EXACT}
    age = table["age"]
    assert dp_sum(age, **options) == pytest.approx(known @ w, rel=1e-4)
    mean = np.average(known, weights=w)
    assert dp_mean(age, **options) == pytest.approx(mean, rel=1e-4)
    spread = np.average((known - mean) ** 2, weights=w)
    assert dp_var(age, **options) == pytest.approx(spread, rel=1e-3)


@exact
def test_quantiles():
    table = mixed_table(3000)
    wanted = [0.75, 0.25, 0.5]
    options = {"columns": ["income"], "by": "plan", "categories": PLANS, **EXACT}
    found = dp_quantile(table, wanted, bounds=(-10, 5), **options)
    naive = table.groupby("plan")["income"].quantile(wanted).loc[PLANS]
    np.testing.assert_allclose(np.ravel(found), naive, atol=0.05)
    assert found.axes[-1] == ("q", (0.75, 0.25, 0.5))
    median = dp_quantile(table["age"], bounds=(18, 90), **EXACT)
    assert abs(median - table["age"].median()) < 0.6


@exact
def test_histograms_are_those_of_numpy():
    table = mixed_table()
    age, income = table["age"].to_numpy(), table["income"].to_numpy()
    known = age[~np.isnan(age)]
    for bins, ends in [(7, (20, 60)), ([18, 30, 31, 90], None)]:
        expected = np.histogram(known, bins, ends)
        found = dp_histogram(age, bins, ends, **EXACT)
        for part, naive in zip(found, expected, strict=True):
            np.testing.assert_allclose(part, naive)
        expected = np.histogram(known, bins, ends, density=True)[0]
        found = dp_histogram(age, bins, ends, density=True, **EXACT)
        np.testing.assert_allclose(found, expected, atol=1e-12)
    there = ~np.isnan(age)
    ends = [(18, 90), (-6, 0)]
    for density in (False, True):
        given = {"range": ends, "bins": [4, 3], "density": density}
        expected = np.histogram2d(known, income[there], **given)
        found = dp_histogram2d(age, income, **given, **EXACT)
        for part, naive in zip(found, expected, strict=True):
            np.testing.assert_allclose(part, naive, atol=1e-12)
    named = dp_histogram2d(table, columns=["age", "income"], **given, **EXACT)
    assert np.array_equal(named.values, found.values)


@exact
def test_histogram_by_group_and_with_a_range_that_is_found():
    table = mixed_table(2000)
    options = {"columns": "income", "by": "region"}
    found = dp_histogram(table, bins=6, **options, **EXACT)
    (edges,) = found.edges
    for region, rows in table.groupby("region", observed=True):
        expected = np.histogram(rows["income"], edges)[0]
        np.testing.assert_allclose(found[region], expected)
    assert found["n"].edges is found.edges


def test_booleans_of_a_frame_and_dates():
    table = mixed_table(5000)
    found = dp_mean(table, columns="member")
    assert {r.query for r in found.privacy.releases} == {"TargetCells"}
    day = dp_quantile(table, columns="since")
    assert pd.Timestamp("2024-01-20") < pd.Timestamp(float(day), unit="s")
    assert pd.Timestamp(float(day), unit="s") < pd.Timestamp("2024-03-20")


def test_no_group_is_found():
    table = pd.DataFrame({"x": [1.0, 2.0], "key": ["a", "b"]})
    for ask in (dp_mean, dp_quantile, dp_count, dp_histogram):
        found = ask(table, by="key", columns="x")
        assert found.axes[0] == ("key", ())
        assert found.values.size == 0
        assert found.to_frame().empty
        assert "epsilon=1" in repr(found)


def test_columns_may_have_the_names_of_numbers():
    table = pd.DataFrame({"x": [1.0, 2.0] * 99, "value": ["a", "b"] * 99})
    keys = {"by": ["value"], "categories": ["a", "b"]}
    found = dp_mean(table, **keys, bounds=(0, 3))
    assert found.to_frame()["value_"].tolist() == ["a", "b"]
    table = table.rename(columns={"value": "column"})
    found = dp_mean(table, **{**keys, "by": "column"}, bounds=(0, 3))
    assert found.to_frame().columns.tolist()[:2] == ["column", "column_"]
    assert "column_" in repr(found)


def test_arithmetic_gives_plain_numbers():
    mean = dp_mean([1.0, 2.0, 3.0] * 900, bounds=(0, 4))
    assert type(mean + 1) is np.float64
    assert type(np.round(mean)) is np.float64
    assert 1.5 < mean < 2.5
    assert float(mean) == mean.values
    by = dp_mean([1.0, 2.0] * 900, by=np.array([0, 1] * 900), bounds=(0, 4))
    assert type(2 * by) is np.ndarray
    assert len(by) == 2
    with pytest.raises(KeyError):
        by[7]


def test_strings_beside_the_rows_name_columns():
    with pytest.raises(ValueError, match="no column of X") as caught:
        dp_mean([1.0, 2.0], by=["SECRET", "b"], bounds=(0, 4))
    assert "SECRET" not in str(caught.value), "it may be a key"


def test_columns_that_nobody_names_must_be_numbers():
    table = mixed_table()
    with pytest.raises(ValueError, match=r"'plan'.*columns="):
        dp_mean(table)
    found = dp_mean(table.drop(columns="since"), by=["plan", "region"], epsilon=5.0)
    assert found.axes[-1] == ("column", ("age", "income", "member"))
    odd = table.assign(span=table["since"] - table["since"].min())
    assert dp_mean(odd, columns="age").shape == ()  # whatever the others are
    assert dp_count(odd).shape == ()
    assert dp_count(odd, by="plan").shape == (4,)


def tables_of(x):
    """The same column in each library."""
    return [x, pd.DataFrame({"x": x}), pl.DataFrame({"x": x})]


@exact
def test_keys_beside_a_table_are_read_one_by_one():
    gaps = [np.nan, None, pd.NA]
    keys = np.array(["free", "team", "free", *gaps, "team"] * 99, dtype=object)
    for first in (keys, np.roll(keys, 4)):  # a gap before all others, too
        for X in tables_of(np.arange(693.0)):
            found = dp_count(X, by=first, **EXACT)
            assert [found["free"], found["team"]] == [198, 198]


@exact
def test_numbers_beside_a_table_may_lack_some():
    x, y = np.arange(6.0), [0, 1, 1, None, 1, 0]
    for given in (
        pd.Series(y, dtype="Int64"),
        pd.Series(y, dtype="int64[pyarrow]"),
        pl.Series(y),
        pa.array(y),
        np.array(y, dtype=object),
    ):
        for X in tables_of(x):
            found = dp_histogram2d(X, given, 2, range=[(0, 6), (0, 1)], **EXACT)
            assert found.values.tolist() == [[1, 2], [1, 1]]


N_DRAWS = 400  # in groups, of which each has noise of its own
ALPHA = 1e-7  # of each of some dozens of tests
MOST_MISSES = int(binom.isf(ALPHA, N_DRAWS, 0.05))
ROWS = {"few": (40, 0.5), "some": (300, 0.3), "many": (900, 1.0)}
ASKED = {
    "count": (dp_count, {}, len),
    "sum": (dp_sum, {"bounds": (-1, 3)}, np.sum),
    "mean": (dp_mean, {"bounds": (-1, 3)}, np.mean),
    "far mean": (dp_mean, {"bounds": (0, 50)}, np.mean),
    "variance": (dp_var, {"bounds": (-1, 3)}, np.var),
    "deviation": (dp_std, {"bounds": (0, 50)}, np.std),
    "density": (
        dp_histogram,
        {"bins": 4, "range": (0, 2), "density": True},
        lambda x: np.histogram(x, 4, (0, 2), density=True)[0],
    ),
    "median": (dp_quantile, {"bounds": (-1, 3)}, lambda x: np.sort(x)[len(x) // 2 - 1]),
}


def of_each_group(ask, samples, **options):
    """One call, about as many groups as there are samples."""
    keys = np.repeat(np.arange(len(samples)), samples.shape[1])
    table = np.column_stack([np.ravel(samples), keys])
    by = {"by": 1, "categories": range(len(samples))}
    return ask(table, columns=0, **by, **options, random_state=0)


@pytest.mark.parametrize("delta", [1e-6, 0.0])
@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("name", ASKED)
def test_intervals_hold_the_numbers_of_the_table(name, rows, delta):
    ask, options, naive = ASKED[name]
    n_rows, epsilon = ROWS[rows]
    x = np.random.default_rng(3).beta(2, 5, n_rows) * 2
    samples = np.tile(x, (N_DRAWS, 1))
    found = of_each_group(ask, samples, epsilon=epsilon, delta=delta, **options)
    truth = naive(x)
    misses = ((truth < found.low) | (truth > found.high)).sum(axis=0)
    assert np.max(misses) <= MOST_MISSES
    if rows == "many" and name != "median":
        assert np.min(misses) > 0, "an interval that never misses is too wide"


@pytest.mark.parametrize("rows", ROWS)
def test_population_intervals_hold_its_mean(rows):
    n_rows, epsilon = ROWS[rows]
    samples = np.random.default_rng(4).beta(2, 5, (N_DRAWS, n_rows)) * 2
    options = {"bounds": (0, 2), "epsilon": epsilon}
    low, high = of_each_group(dp_mean, samples, **options).population
    assert np.sum((low > 4 / 7) | (high < 4 / 7)) <= MOST_MISSES


QUESTIONS = {
    "mean": ("dp_mean", {"columns": ["age", "income"], "by": "plan"}),
    "quantile": ("dp_quantile", {"columns": "age", "by": "region", "q": [0.1, 0.5]}),
    "count": ("dp_count", {"columns": ["plan", "since"], "by": ["region", "plan"]}),
    "histogram": ("dp_histogram", {"columns": "since", "by": "plan", "bins": 3}),
}
NEW_ROWS = {
    "rare": [20.0, 0.0, True, "SECRET", "n", pd.Timestamp("2024-01-05")],
    "empty": [np.nan, np.nan, False, None, None, pd.NaT],
    "huge": [1e308, -1e308, True, "free", "s", pd.Timestamp("2261-01-01")],
    "usual": [44.0, -3.0, False, "team", "n", pd.Timestamp("2024-02-01")],
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_one_row_of_a_table_can_change(name):
    table = mixed_table(300)
    recording = record(probe(*QUESTIONS[name], epsilon=8.0), X=table)
    for row in NEW_ROWS.values():
        more = pd.DataFrame([row], columns=table.columns).astype(table.dtypes)
        found = replay(recording, X=pd.concat([table, more], ignore_index=True))
        assert found.findings == []
        assert found.largest_move <= 1
    assert replay(recording, X=table.drop(index=17)).findings == []
    again = replay(recording, units=0, X=table.iloc[::-1])
    assert again.findings == []
    assert again.largest_move == 0
