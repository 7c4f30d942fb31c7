"""What satisfies a rule, in whatever table it comes, and what a check of rules says."""

import re
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from skprivate.exploration import dp_check_rules
from skprivate.exploration._rules import parsed_rules, satisfied
from skprivate.ledger import PrivacyLedger
from skprivate.rows import ArrayRows, ChunkRows, Parties

EXACT = {"epsilon": np.inf}
no_noise = pytest.mark.filterwarnings("ignore:epsilon=inf")


class Hostile:
    """Raises wherever it is looked at."""

    def __eq__(self, other):
        raise RuntimeError("SECRET")

    def __hash__(self):
        raise RuntimeError("SECRET")

    def __bool__(self):
        raise RuntimeError("SECRET")

    def __float__(self):
        raise RuntimeError("SECRET")


def judged(rule, *values):
    """Whether each value satisfies a rule, in a table of objects."""
    table = np.empty((len(values), 1), dtype=object)
    table[:, 0] = values
    return satisfied(parsed_rules({"a": rule}), table, ["a"])[:, 0].tolist()


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (
            "0..120",
            [0, 120, 0.0, -0.0, True, Decimal("5.5"), np.float32(1)],
            [
                -1,
                120.5,
                np.nan,
                None,
                pd.NA,
                pd.NaT,
                "5",
                10**400,
                b"5",
                [1],
                Hostile(),
            ],
        ),
        ("0..120 or missing", [0, None, np.nan, pd.NA], [-1, "x", np.inf]),
        ("0..", [0, 1e308, np.inf], [-1e-9]),
        ("..-1.5", [-1.5, -np.inf], [-1, None]),
        (
            "2020-01-01..2025-12-31",
            [
                date(2020, 1, 1),
                datetime(2025, 12, 31),
                np.datetime64("2021-05-05"),
                pd.Timestamp("2022-01-01 10:00"),
            ],
            [
                date(2019, 12, 31),
                None,
                pd.NaT,
                "2021-01-01",
                5,
                pd.Timestamp.now("UTC"),
            ],
        ),
        ("present", [0, "", "x", False, Hostile(), np.inf], [None, np.nan, pd.NaT]),
        (["NY", 5, None], ["NY", 5, 5.0, None, np.nan], ["CA", "5", [5], Hostile()]),
        ({"a"}, ["a", np.str_("a")], [None, "A"]),
        (re.compile("[A-Z]+"), ["A", "AB"], ["", "Ab", None, 5, b"A"]),
    ],
)
def test_values(rule, good, bad):
    assert judged(rule, *good) == [True] * len(good)
    assert judged(rule, *bad) == [False] * len(bad)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, True),
        (0, False),
        (np.nan, False),
        (None, False),
        ("x", True),
        (pd.NA, False),
    ],
)
def test_what_a_function_returns(value, expected):
    assert judged_rows(lambda row: value) == [expected]


def judged_rows(rule):
    table = np.array([[1.0, 2.0]])
    return satisfied(parsed_rules({"r": rule}), table, ["a", "b"])[:, 0].tolist()


def test_functions_that_raise_or_spoil_their_row():
    def spoils(row):
        row.clear()
        raise KeyError("SECRET")

    table = np.array([[1.0, 2.0], [3.0, 1.0]])
    rules = parsed_rules({"s": spoils, "r": lambda row: row["a"] < row["b"]})
    found = satisfied(rules, table, ["a", "b"])
    assert found.tolist() == [[False, True], [False, False]]


def test_huge_whole_numbers_are_the_same_in_every_table():
    """A gap elsewhere makes objects, or floats, of a column of integers."""
    value = 2**53 + 1
    rules = parsed_rules({"a": f"0..{2**53}"})
    tables = [
        np.array([[value]]),
        np.array([[value]], dtype=object),
        pd.DataFrame({"a": pd.array([value], dtype="Int64")}),
        pd.DataFrame({"a": [value]}),
    ]
    assert {bool(satisfied(rules, table, ["a"])[0, 0]) for table in tables} == {True}


@pytest.mark.parametrize(
    "rules",
    [
        None, [], {}, {"a": None}, {"a": 5}, {"a": "0-120"}, {"a": ".."}, {"a": "5..1"},
        {"a": "x..y"}, {"a": "nan.."}, {"a": "0..2020-01-01"}, {"a": []}, {"a": [None]},
        {"a": [[1]]}, {"a": (1, 2, 3)}, {"a": int}, {None: "0.."}, {True: "0.."},
        {"a": re.compile(b"x")}, {"0": "0..", 0: "1.."}, {"a": "inf.."},
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_cost_nothing(rules):
    with PrivacyLedger() as ledger:
        with pytest.raises((TypeError, ValueError)):
            dp_check_rules(np.zeros((9, 1)), rules)
        assert ledger.records == ()


def test_a_rule_about_no_column_costs_nothing_where_names_are_known():
    for table in (np.zeros((9, 1)), pd.DataFrame({"a": [1.0] * 9})):
        with PrivacyLedger() as ledger:
            with pytest.raises(ValueError, match="does not have"):
                dp_check_rules(table, {"income": "0.."})
            assert ledger.records == ()


def people(n=400):
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": rng.integers(-5, 140, n),
            "state": rng.choice(["NY", "CA", "??"], n),
            "plan": rng.choice(["a", "b"], n),
        }
    )


RULES = {
    "age": "0..120",
    "state": ["NY", "CA"],
    "plan a": lambda row: row["plan"] == "a" or row["age"] < 60,
}


def counted(table):
    """The same by pandas."""
    return [
        int((~table["age"].between(0, 120)).sum()),
        int((table["state"] == "??").sum()),
        int(((table["plan"] != "a") & (table["age"] >= 60)).sum()),
    ]


@no_noise
def test_counts_are_exact_without_noise():
    table = people()
    found = dp_check_rules(table, RULES, **EXACT)
    assert found.values.tolist() == counted(table)
    assert float(found.n_rows) == 400
    assert found.shares.values == pytest.approx(np.divide(counted(table), 400))
    groups = dp_check_rules(table, RULES, by="plan", categories=["a", "b"], **EXACT)
    for plan, part in table.groupby("plan"):
        assert groups[plan].values.tolist() == counted(part)
        assert float(groups[plan].n_rows) == len(part)
        share = groups[plan]["state"].shares
        assert float(share) == pytest.approx(counted(part)[1] / len(part))


@no_noise
def test_sources_that_hold_tables_and_those_that_do_not():
    table = people()
    parts = [ChunkRows(lambda p=p: iter([p])) for p in (table[:99], table[99:])]
    for source in (ChunkRows(lambda: iter([table[:7], table[7:]])), Parties(*parts)):
        found = dp_check_rules(source, RULES, **EXACT)
        assert found.values.tolist() == counted(table)
    numbers = ArrayRows(table[["age"]].to_numpy(float), None, None)
    found = dp_check_rules(numbers, {0: "0..120"}, **EXACT)
    assert found.values.tolist() == counted(table)[:1]


def test_intervals_hold_as_often_as_they_say():
    table, rules = people(200), {**RULES, "there": ("age", "present")}
    exact, missed = np.array([*counted(table), 0]), 0
    for seed in range(400):
        found = dp_check_rules(table, rules, epsilon=0.5, random_state=seed)
        inside = (found.low <= exact) & (exact <= found.high)
        shares = (found.shares.low <= exact / 200) & (exact / 200 <= found.shares.high)
        missed += np.sum(~inside) + np.sum(~shares)
    # 3,200 intervals of 95 %, some of which are dependent
    assert missed < 3200 * 0.05 * 1.6


def test_noise_grows_with_the_root_of_the_number_of_rules():
    table = people(50)
    widths = []
    for n in (1, 7):
        rules = {f"r{i}": ("age", "..1000") for i in range(n)}
        found = dp_check_rules(table, rules, random_state=0)
        widths.append(float(found.n_rows.high - found.n_rows))
    assert widths[1] / widths[0] == pytest.approx(np.sqrt(8 / 2), rel=1e-3)


def test_errors_and_reports_hold_no_value():
    def rule(row):
        raise ValueError(f"SECRET {row}")

    found = dp_check_rules(people(), {"r": rule})
    assert "SECRET" not in repr(found) + repr(found.privacy)
    assert found.values[0] > 300


@no_noise
@pytest.mark.parametrize("unit", ["D", "s", "us", "ns", "ps"])
def test_dates_of_arrays_are_dates_in_any_unit(unit):
    days = np.array([["1970-01-03"], ["1970-01-01"], ["NaT"]], dtype=f"M8[{unit}]")
    found = dp_check_rules(days, {0: "1970-01-02..1970-01-04"}, **EXACT)
    assert found.values.tolist() == [2]
    found = dp_check_rules(days, {"r": lambda row: row["x0"].year == 1970}, **EXACT)
    assert found.values.tolist() == [1]


@pytest.mark.parametrize("rule", [{"a": "0.."}, {"r": lambda row: row["a"] >= 0}])
def test_columns_of_one_name_are_refused_for_free(rule):
    table = pd.DataFrame([[1.0, -1.0]] * 9, columns=["a", "a"])
    with PrivacyLedger() as ledger:
        with pytest.raises(ValueError, match="equal names"):
            dp_check_rules(table, rule)
        assert len(ledger.records) == 0


@no_noise
def test_tables_of_arrow_have_names():
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"x": [1.0, 200.0, None], "g": ["a", "b", "b"]})
    found = dp_check_rules(
        table, {"x": "0..120"}, by="g", categories=["a", "b"], **EXACT
    )
    assert found.values.ravel().tolist() == [0, 2]
