"""Tables of all kinds come back as they are; what makes no sense is refused early."""

import numpy as np
import pandas as pd
import pytest

from skprivate import PrivacyLedger
from skprivate.rows import UnitClip
from skprivate.synthesis import DPTabularSynthesizer

N = 600
RNG = np.random.default_rng(0)
NUMBERS = pd.DataFrame({"a": RNG.random(N), "b": RNG.integers(0, 5, N)})
SCHEMA = {"since": ("1990-01-01", "2021-01-01")}


def synthesizer(*args, **params):
    return DPTabularSynthesizer(*args, bounds=(0, 5), random_state=0, **params)


def of_arrow(values, type_name):
    pa = pytest.importorskip("pyarrow")
    return pd.Series(values, dtype=pd.ArrowDtype(getattr(pa, type_name)()))


COLUMNS = {
    "whole numbers that may lack": lambda: pd.array([1, 2, None] * 200, dtype="Int64"),
    "small whole numbers of Arrow": lambda: of_arrow([1, 2, None] * 200, "int8"),
    "dates of Arrow": lambda: of_arrow([pd.Timestamp("2001-01-01")] * N, "date32"),
    "booleans that may lack": lambda: pd.array([True, None] * 300, dtype="boolean"),
    "texts": lambda: pd.array(["x", None, "y"] * 200, dtype="string"),
    "few numbers": lambda: np.full(N, 2, dtype=np.uint8),
    "categories in order": lambda: pd.Categorical(
        ["low", "high", None] * 200, ["low", "mid", "high"], ordered=True
    ),
    "no category at all": lambda: pd.Categorical([None] * N, categories=[]),
    "time zones": lambda: [pd.Timestamp("2020-06-01", tz="Europe/Berlin")] * N,
}


@pytest.mark.parametrize("make", COLUMNS.values(), ids=COLUMNS)
def test_types_and_gaps_come_back(make):
    frame = NUMBERS.assign(since=make())
    schema = SCHEMA if "date" in str(frame["since"].dtype) else None
    rows, _ = synthesizer(schema=schema, epsilon=5.0).fit_resample(frame)
    assert rows.dtypes.to_dict() == frame.dtypes.to_dict()
    gaps = frame["since"].isna().mean()
    assert abs(rows["since"].isna().mean() - gaps) < 0.15
    assert (gaps == 0) <= (not rows["since"].isna().any())


def test_whole_numbers_of_polars_may_lack():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"a": [1, 2, None, 3] * 150, "b": [0.5, None] * 300})
    frame = frame.with_columns(pl.col("a").cast(pl.Int8))
    rows, _ = synthesizer(epsilon=5.0).fit_resample(frame)
    assert rows.schema == frame.schema
    assert abs(rows["a"].null_count() / len(rows) - 0.25) < 0.1


def test_types_of_polars_come_back():
    pl = pytest.importorskip("polars")
    day, zone = pl.lit(pd.Timestamp("2001-03-01 12:00").to_pydatetime()), "Asia/Tokyo"
    frame = pl.DataFrame({"e": ["x", "it's", None] * 200, "d": [1.25, 4.5, None] * 200})
    frame = frame.with_columns(
        pl.col("e").cast(pl.Enum(["x", "it's", "none has it"])),
        pl.col("d").cast(pl.Decimal(3, 2)),
        day.cast(pl.Datetime("ns")).alias("ns"),
        day.dt.replace_time_zone(zone).cast(pl.Datetime("ms", zone)).alias("zone"),
    )
    schema = {"ns": SCHEMA["since"], "zone": SCHEMA["since"], "d": (0, 50)}
    model = synthesizer(schema=schema, epsilon=5.0)
    rows, _ = model.fit_resample(frame)
    assert rows.schema == model.sample(9).schema == frame.schema
    assert set(rows["e"].unique()) <= {"x", "it's", "none has it", None}
    for name in ("e", "d"):
        assert abs(rows[name].null_count() / len(rows) - 1 / 3) < 0.15
    given = {"zone": ("2001-03-01", "2001-03-02")}
    assert model.sample(9, given=given)["zone"].dt.day().is_between(1, 2).all()


def test_lists_of_enums_that_are_too_long_to_be_read_may_be_longer_by_a_word():
    pl = pytest.importorskip("polars")
    listed = [f"c{j}" for j in range(99)]
    frame = pl.DataFrame({"e": ["c1", "c2", "c3"] * 200}, schema={"e": pl.Enum(listed)})
    rows, _ = synthesizer(epsilon=5.0).fit_resample(frame)
    assert rows.schema["e"].categories.to_list()[:99] == listed


def test_decimals_that_are_categories_come_back():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"d": [1.25, 4.5, 0.0] * 200}, schema={"d": pl.Decimal(3, 2)})
    rows, _ = synthesizer(schema={"d": [1.25, 4.5]}, epsilon=5.0).fit_resample(frame)
    assert rows.schema == frame.schema


def test_decimals_of_arrow_come_back_as_numbers():
    pa = pytest.importorskip("pyarrow")
    money = pd.Series([1, 2] * 300, dtype=pd.ArrowDtype(pa.decimal128(5, 2)))
    rows, _ = synthesizer().fit_resample(NUMBERS.assign(since=money))
    assert rows["since"].between(0, 5).all()


def test_names_that_are_no_texts_come_back():
    frame = NUMBERS.set_axis([7, 3], axis=1)
    rows, _ = synthesizer().fit_resample(frame)
    assert list(rows) == [7, 3]


def test_labels_do_not_hide_a_column_of_their_name():
    label = (NUMBERS["b"] > 2).rename("b").astype(int)
    model = synthesizer(classes=[0, 1], epsilon=5.0).fit(NUMBERS, label)
    rows, labels = model.sample(50, given={"b": 4, "y": 1})
    assert set(rows["b"]) == {4}
    assert set(labels) == {1}
    rows, labels = model.sample(50, given={"b": 0})
    assert set(rows["b"]) == {0}


@pytest.mark.parametrize("given", [["a"], "a", 3])
def test_conditions_that_are_no_dict_are_refused(given):
    with pytest.raises(TypeError, match="given must be a dict"):
        synthesizer().fit(NUMBERS).sample(3, given=given)


@pytest.mark.parametrize("label", [{"a": 1}, None, [0, 5]])
def test_labels_that_are_none_are_refused(label):
    model = synthesizer(classes=[0, 1]).fit(NUMBERS[["a"]], NUMBERS["b"] % 2 == 0)
    with pytest.raises(ValueError, match="no class"):
        model.sample(3, given={"b": label})


ONLY = pd.DataFrame({"c": pd.Categorical(["x", "y"] * 300)})
LISTED = NUMBERS.assign(c=ONLY["c"])
PUBLIC = {
    "text in a rule": (synthesizer(rules=[{"a": "secret"}]), NUMBERS, "rules: .* must"),
    "ends reversed": (synthesizer(rules=[{"a": (5, 1)}]), NUMBERS, "rules: .* must"),
    "list of numbers": (synthesizer(rules=[{"b": [1, 2]}]), NUMBERS, "rules: .* must"),
    "a column twice": (synthesizer(rules=[{"a": 1, 0: 2}]), NUMBERS, "twice"),
    "nothing but a target": (synthesizer("c"), ONLY, "only column"),
    "two names alike": (
        synthesizer(), pd.concat([NUMBERS, NUMBERS], axis=1), "same name",
    ),
    "no category is left": (
        synthesizer(rules=[{"c": ["x"]}, {"c": "y"}]), LISTED, "all values of column",
    ),
    "no category of a schema is left": (
        synthesizer(schema={"b": [0, 1]}, rules=[{"b": [0, 1, None]}]), NUMBERS,
        "all values of column",
    ),
    "no boolean is left": (
        synthesizer(rules=[{"a": True}, {0: [False]}]),
        pd.DataFrame({"a": [True, False] * 300, "b": 1.0}), "all values of column",
    ),
    "no number is left": (
        synthesizer(schema={"a": (0, 5)}, rules=[{"a": (-1, 3)}, {"a": (2, 5)}]),
        NUMBERS, "all values of column",
    ),
    "clipped groups": (
        synthesizer(max_rows_per_group=UnitClip(3, 2.0)), NUMBERS, "clipped",
    ),
    "too little": (
        synthesizer(epsilon=1e-9, delta=1e-12), NUMBERS, "budget is too small",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("model", "frame", "error"), PUBLIC.values(), ids=PUBLIC)
def test_what_public_facts_reveal_is_refused_for_free(model, frame, error):
    clipped = isinstance(model.max_rows_per_group, UnitClip)
    groups = np.arange(N) // 2 if clipped else None
    with PrivacyLedger(epsilon=10, delta=1e-3) as ledger:
        with pytest.raises(ValueError, match=error) as caught:
            model.fit(frame, groups=groups)
        assert ledger.spent() == 0
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "rules", [[{"c": "x"}], [{"c": ["x", "y"], "a": (0, 1)}], [{"a": (0, 2)}]]
)
def test_rules_that_leave_a_value_are_not_refused(rules):
    model = synthesizer(rules=rules, schema={"a": (0, 5)}, epsilon=5.0).fit(LISTED)
    assert len(model.sample(9)) == 9


def test_rules_that_allow_few_rows_are_kept_for_many_rows():
    flags = pd.DataFrame({f"f{j}": RNG.random(N) < 0.5 for j in range(6)})
    rules = [{f"f{j}": True} for j in range(6)]
    rows = synthesizer(rules=rules, epsilon=5.0).fit(flags).sample(3000)
    assert len(rows) == 3000
    assert not rows.to_numpy().any()


@pytest.mark.parametrize("wanted", [0, 3, (1, 2), (0.5, 2.5)])
def test_conditions_on_whole_numbers_hold_whatever_the_bins(wanted):
    model = synthesizer(epsilon=5.0).fit(NUMBERS)
    rows = model.sample(200, given={"b": wanted})
    low, high = wanted if isinstance(wanted, tuple) else (wanted, wanted)
    assert rows["b"].between(low, high).all()
    all_rows = model.sample(2000)
    assert all_rows["b"].between(0, 5).all()
    assert abs((all_rows["b"] == 0).mean() - (NUMBERS["b"] == 0).mean()) < 0.15


@pytest.mark.parametrize("given", [{"b": 2.5}, {"b": (2.1, 2.9)}])
def test_no_whole_number_lies_between_two_that_follow(given):
    model = synthesizer().fit(NUMBERS)
    with pytest.raises(ValueError, match="never occur"):
        model.sample(5, given=given)
    ruled = synthesizer(rules=[given]).fit(NUMBERS)
    assert len(ruled.sample(50)) == 50


UNCLEAR = {
    "a column twice": {"a": 1, 0: 2},
    "a series": {"c": pd.Series(["x"])},
    "more than a float holds": {"a": 10**400},
    "later than any date": {"since": 10**400},
}


@pytest.mark.parametrize("given", UNCLEAR.values(), ids=UNCLEAR)
def test_conditions_that_cannot_be_read_say_what_to_do(given):
    frame = NUMBERS.assign(c=["x", "y"] * (N // 2), since=np.datetime64("2001-01-01"))
    model = synthesizer(schema=SCHEMA | {"c": ["x", "y"]}).fit(frame)
    with pytest.raises(ValueError, match=r"(Keep one of them|Write one|declare it)"):
        model.sample(5, given=given)


def test_without_labels_it_forgets_those_of_a_fit_before():
    model = synthesizer().fit(NUMBERS, NUMBERS["b"] > 2)
    assert len(model.fit(NUMBERS).sample(5)) == 5
    assert not hasattr(model, "classes_")
    assert not hasattr(model, "sampling_strategy_")


@pytest.mark.parametrize("dtype", ["uint8", "int8", "Int8", "uint64", "int64"])
def test_made_up_values_do_not_run_over(dtype):
    info = np.iinfo(dtype.lower())
    whole = np.where(np.arange(N) % 2, info.max - 1, info.min + 2).astype(dtype.lower())
    for frame in (pd.DataFrame({"a": pd.array(whole, dtype=dtype)}), whole[:, None]):
        model = DPTabularSynthesizer(bounds=(-(2.0**65), 2.0**65), random_state=0)
        model.set_params(max_bins=2).fit(frame)
        drawn, _ = model.fit_resample(frame)
        drawn = np.asarray(drawn).astype(np.float64).ravel()
        assert info.min <= drawn.min()
        assert drawn.max() <= float(info.max)
    narrow = {"a": (-300, 300)} if info.max < 300 else {"a": (-5, 2.0**65)}
    model = DPTabularSynthesizer(schema=narrow, max_bins=2, random_state=0)
    frame = pd.DataFrame({"a": pd.array([info.max] * N, dtype=dtype)})
    assert (model.fit(frame).sample(200)["a"] >= 0).mean() > 0.9


@pytest.mark.parametrize("dtype", ["M8[ns]", "M8[us]"])
def test_dates_are_such_as_the_type_can_hold(dtype):
    until = pd.Series(["2262-04-11"] * N, dtype=dtype)
    model = synthesizer(schema={"until": ("1000-01-01", "9999-01-01")})
    drawn = model.fit(pd.DataFrame({"until": until})).sample(100)
    assert drawn["until"].dtype == dtype


def test_float16_stays_finite():
    frame = pd.DataFrame({"a": np.full(N, 60_000, dtype=np.float16)})
    model = DPTabularSynthesizer(bounds=(0, 1e6), random_state=0).fit(frame)
    assert np.isfinite(model.sample(200)["a"].astype(float)).all()


def test_columns_of_one_group_make_no_cliques_of_hundreds():
    # Each has so few rows of noise that it is one group: such cliques have one cell.
    wide = np.random.default_rng(0).normal(size=(60, 80))
    for method in ("swift", "mst"):
        model = DPTabularSynthesizer(method=method, bounds=(-5, 5), random_state=0)
        tree = model.fit(wide).model_.model.tree
        assert max(map(len, tree.cliques)) <= 24
        assert all(min(tree.sizes[int(c[1:])] for c in p) > 1 for p in model.pairs_)


@pytest.mark.parametrize("method", ["swift", "aim"])
def test_rules_make_no_clique_larger_than_was_said(method):
    rows = np.random.default_rng(0).normal(size=(4000, 6))
    rules = [{i: (3, 9), j: (3, 9)} for i in range(6) for j in range(i)]
    model = DPTabularSynthesizer(
        method=method, bounds=(-5, 5), rules=rules, max_cells=500, epsilon=20,
        random_state=0,
    ).fit(rows)  # fmt: skip
    assert model.model_.model.tree.largest <= 500
