"""What is particular about DPTableVectorizer."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.accounting import Budget
from skprivate.compose import DPTableVectorizer
from skprivate.compose._table_parts import DatePart
from skprivate.composition import privacy_cost
from skprivate.ledger import BudgetExceededError, charge
from skprivate.linear_model import DPLogisticRegression
from skprivate.rows import ChunkRows
from skprivate.schema import Field, Schema
from skprivate.tables._ranges import Range
from skprivate.testing import record, replay


def people(n_rows=6000, seed=0):
    """A mixed table, with gaps, heavy tails and rare categories."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": rng.normal(40, 10, n_rows).round(),
            "income": rng.lognormal(10, 1, n_rows),
            "gain": np.where(rng.random(n_rows) < 0.97, 0.0, 1e4),
            "plan": rng.choice(["free", "team", "firm"], n_rows, p=[0.6, 0.3, 0.1]),
            "town": [f"town {i}" for i in rng.geometric(0.3, n_rows)],
            "member": rng.random(n_rows) < 0.5,
            "size": pd.Categorical(rng.choice(["S", "M"], n_rows), ["S", "M", "L"]),
            "since": pd.Timestamp("2015-03-01")
            + pd.to_timedelta(rng.integers(0, 3000, n_rows), unit="D"),
        }
    )
    frame.loc[::7, "income"] = np.nan
    frame.loc[::11, "plan"] = None
    frame.loc[::13, "since"] = pd.NaT
    return frame


def asked(report):
    return [release.query for release in report.releases]


def test_a_raw_frame_becomes_bounded_features():
    X = people()
    vectorizer = DPTableVectorizer(random_state=0).fit(X)
    Z = vectorizer.transform(X)
    low, high = vectorizer.output_bounds_
    assert Z.dtype == np.float32
    assert np.isfinite(Z).all()
    assert np.all((low <= Z) & (high >= Z))
    names = [*vectorizer.get_feature_names_out()]
    assert len(names) == Z.shape[1]
    # Seeded: these categories have hundreds of rows, far more than noise hides.
    assert {"plan_free", "plan_team", "town_town 1", "size_L", "since_month"} <= {
        *names
    }
    assert "plan_infrequent_sklearn" in names
    assert "size_infrequent_sklearn" not in names
    numbers = Z[:, [names.index("age"), names.index("income")]]
    assert np.all(abs(numbers.mean(axis=0)) < 0.15)
    assert np.all(abs(numbers.std(axis=0) - 1) < 0.3)
    assert vectorizer.output_to_input_["town_town 1"] == "town"
    assert vectorizer.kind_to_columns_["category"] == ["plan", "town", "size"]


def test_four_releases_for_all_columns():
    report = DPTableVectorizer().fit(people()).privacy_
    assert asked(report) == [
        "Categories",
        "CategoryCounts",
        "ValueCells",
        "PresentIntervals",
    ]
    assert report.epsilon() == pytest.approx(1.0, rel=1e-4)


def test_what_is_declared_costs_nothing():
    facts = {
        "age": (0, 120), "income": (0, 1e6), "gain": (0, 1e5),
        "plan": ["free", "team"], "town": ["town 1"],
        "since": ("2000-01-01", "2030-01-01"),
    }  # fmt: skip
    X = people()
    vectorizer = DPTableVectorizer(schema=facts, numeric="minmax").fit(X)
    assert asked(vectorizer.privacy_) == []
    Z = vectorizer.transform(X)
    assert abs(Z).max() <= 1
    standard = DPTableVectorizer(schema=facts).fit(X)
    assert asked(standard.privacy_) == ["PresentIntervals"]


def test_what_was_found_need_not_be_found_again():
    X = people()
    first = DPTableVectorizer().fit(X)
    schema = Schema.from_json(first.schema_.to_json())
    second = DPTableVectorizer(schema=schema, numeric="minmax").fit(X)
    assert asked(second.privacy_) == []
    assert second.schema_.differences(schema) == []


def test_the_schema_overrules_types():
    X = people()
    X["code"] = np.arange(len(X)) % 3
    X["text"] = pd.Series(["1.5"] * len(X), dtype=object)
    X["number"] = pd.Series([1.5] * len(X), dtype=object)
    schema = {"code": "category", "number": (0, 2)}
    names = DPTableVectorizer(schema=schema).fit(X).get_feature_names_out()
    assert {"code_0", "code_1", "code_2", "number", "text_1.5"} <= {*names}


@pytest.mark.parametrize("seconds", [0.0, 951_825_600.0, 1.7e9, -1e9])
def test_parts_of_dates_are_those_of_pandas(seconds):
    part = DatePart(Range.between(-2e9, 2e9), ("month", "day", "weekday", "hour"))
    moment = pd.Timestamp(seconds, unit="s")
    columns = np.zeros((2, 5))
    part.write(np.array([seconds, np.nan]), columns)
    assert not columns[1].any()
    _, month, day, weekday, hour = columns[0]
    assert month == pytest.approx((moment.month - 1) / 11 * 2 - 1)
    assert day == pytest.approx((moment.day - 1) / 30 * 2 - 1)
    assert weekday == pytest.approx(moment.weekday() / 6 * 2 - 1)
    assert hour == pytest.approx(moment.hour / 23 * 2 - 1)


def test_time_zones_are_read_as_utc():
    plain = people()[["since"]]
    zoned = plain.copy()
    zoned["since"] = plain["since"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    bounds = {"since": ("2010-01-01", "2030-01-01")}
    fitted = DPTableVectorizer(schema=bounds, numeric="minmax").fit(plain)
    other = clone(fitted).fit(zoned)
    np.testing.assert_array_equal(fitted.transform(plain), other.transform(zoned))


def test_polars_and_arrow_frames_are_read_alike():
    pl = pytest.importorskip("polars")
    X = people(3000).drop(columns="size")
    kinds = [X]
    kinds.append(X.convert_dtypes())
    kinds.append(X.convert_dtypes(dtype_backend="pyarrow"))
    kinds.append(pl.from_pandas(X, nan_to_null=True))
    outputs = []
    for frame in kinds:
        vectorizer = DPTableVectorizer(random_state=0)
        outputs.append(vectorizer.fit(frame).transform(frame))
    for output in outputs[1:]:
        np.testing.assert_array_equal(output, outputs[0])


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_set_output(library):
    pytest.importorskip(library)
    X = people(3000)
    vectorizer = DPTableVectorizer().set_output(transform=library)
    Z = vectorizer.fit_transform(X)
    assert [*Z.columns] == [*vectorizer.get_feature_names_out()]


def test_indicators_of_all_numbers():
    X = people()
    vectorizer = DPTableVectorizer(add_indicator=True).fit(X)
    names = [*vectorizer.get_feature_names_out()]
    Z = vectorizer.transform(X)
    missing = Z[:, names.index("income_missing")]
    np.testing.assert_array_equal(missing, X["income"].isna())
    assert "age_missing" in names


def test_unseen_values_and_gaps_at_transform():
    X = people()
    vectorizer = DPTableVectorizer(random_state=0).fit(X)
    strange = X.head(3).copy()
    strange["town"] = "nowhere"
    strange["age"] = [1e308, -1e308, np.nan]
    strange["income"] = [5e-324, 0.0, np.nan]
    Z = vectorizer.transform(strange)
    names = [*vectorizer.get_feature_names_out()]
    low, high = vectorizer.output_bounds_
    assert np.all((low <= Z) & (high >= Z))
    assert np.all(Z[:, names.index("town_infrequent_sklearn")] == 1)
    assert Z[2, names.index("age")] == 0


def frame_of(**columns):
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    "X",
    [
        frame_of(a=[np.nan] * 500, b=np.arange(500.0)),
        frame_of(a=[3.0] * 500, b=["x"] * 500),
        frame_of(a=[None] * 500, b=np.arange(500.0)),
        frame_of(a=[1e308, -1e308] * 250, b=[5e-324, 0.0] * 250),
        frame_of(a=[pd.NaT] * 500, b=np.arange(500.0)),
        frame_of(a=pd.array([None] * 500, dtype="Int64"), b=np.arange(500.0)),
        frame_of(a=[f"name {i}" for i in range(500)]),
        frame_of(a=[True] * 500),
    ],
    ids=["nan", "constant", "none", "extreme", "nat", "null", "names", "bool"],
)
@pytest.mark.parametrize("numeric", ["standard", "minmax"])
def test_odd_columns(X, numeric):
    vectorizer = DPTableVectorizer(numeric=numeric)
    Z = vectorizer.fit_transform(X)
    assert np.isfinite(Z).all()
    low, high = vectorizer.output_bounds_
    assert np.all((low <= Z) & (high >= Z))
    assert "name 3" not in repr(vars(vectorizer))


@pytest.mark.parametrize(
    ("X", "params", "text"),
    [
        (frame_of(a=["x", 1.5] * 50), {}, "mixes text with numbers"),
        (
            pd.DataFrame([[1.0, 2.0]] * 50, columns=["a", "a"]), {}, "same name",
        ),
        (frame_of(a=[1.0] * 50), {"schema": {"b": "number"}}, "no column"),
        (frame_of(a=["x"] * 50), {"schema": {"a": "number"}}, "text"),
        (frame_of(a=["x"] * 50), {"delta": 0.0}, "delta=0"),
        (frame_of(a=[np.inf] * 50), {}, "infinity"),
        (frame_of(a=[1.0] * 50), {"datetime": ["century"]}, "unknown part"),
    ],
)  # fmt: skip
def test_refused(X, params, text):
    with pytest.raises((ValueError, TypeError), match=text) as caught:
        DPTableVectorizer(**params).fit(X)
    assert "1.5" not in str(caught.value)


def test_in_a_pipeline_with_one_budget():
    X = people(8000)
    rng = np.random.default_rng(1)
    y = (X["plan"] == "free").to_numpy() & (rng.random(len(X)) < 0.8)
    pipe = make_dp_pipeline(
        DPTableVectorizer(), DPLogisticRegression(classes=[False, True]), epsilon=1.0
    )
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        pipe.fit(X, y)
    assert len(ledger.records) == 1
    assert roc_auc_score(y, pipe.decision_function(X)) > 0.75
    searches = [q for q in asked(pipe.privacy_) if "ValueCells" in q]
    assert len(searches) == 1  # the predictor knows its bounds


def test_without_categories_to_find_all_of_delta_is_for_noise():
    X = people()
    schema = {"plan": ["free", "team", "firm"], "town": ["town 1", "town 2"]}
    knows = DPTableVectorizer(schema=schema, find_categories=False, numeric="minmax")
    whole = Budget(1.0, 1e-6)
    assert privacy_cost(knows).events == (whole.event,)
    model = make_dp_pipeline(knows, DPLogisticRegression(classes=[False, True]))
    with PrivacyLedger(epsilon=2.0, delta=1e-6, reserve=0.0) as ledger:
        charge("a Gaussian fit", whole.split(1, 9)[0])
        clone(knows).fit(X)
        model.set_params(dptablevectorizer__find_categories=True)
        with pytest.raises(BudgetExceededError, match="reserve="):
            model.fit(X, X["member"])
        ledger.dismiss_refusals()
        model.set_params(dptablevectorizer__find_categories=False)
        model.fit(X, X["member"])
    assert [record.event for record in ledger.records][1:] == [whole.event] * 2
    with pytest.raises(ValueError, match="find_categories=True"):
        DPTableVectorizer(find_categories=False).fit(X)


def neighbours_of_people(X):
    yield "remove", X.drop(index=17), 1
    rare = X.iloc[[3]].copy()
    rare["town"], rare["age"], rare["income"] = "nowhere else", 1e300, np.nan
    yield "a row like no other", pd.concat([X, rare], ignore_index=True), 1
    gaps = X.iloc[[3]].copy()
    gaps[["age", "income", "gain", "plan", "town", "since"]] = None
    gaps = gaps.astype(X.dtypes.to_dict())
    yield "a row of gaps", pd.concat([X, gaps], ignore_index=True), 1
    yield "another order", X.sample(frac=1, random_state=0), 0


def test_nothing_but_answers_is_kept():
    """Replayed on neighbours, totals move as declared and the model is the same."""
    X = people(800)
    recording = record(DPTableVectorizer(), X=X)
    for name, other, units in neighbours_of_people(X):
        played = replay(recording, units=units, X=other)
        assert not played.findings, (name, played.findings)


def test_without_noise_ranges_are_those_of_the_rows():
    X = people()
    with pytest.warns(UserWarning, match="epsilon=inf"):
        vectorizer = DPTableVectorizer(epsilon=np.inf).fit(X)
    age = vectorizer.schema_["age"].bounds
    np.testing.assert_allclose(age, X["age"].quantile([0.005, 0.995]), atol=1.0)
    since = vectorizer.schema_["since"].bounds
    assert since[0].startswith("2015-03")


def test_a_field_may_have_a_unit_and_travels():
    schema = Schema({"age": Field("number", bounds=(0, 120), unit="years")})
    vectorizer = DPTableVectorizer(schema=schema).fit(people())
    assert vectorizer.schema_["age"] == schema["age"]
    assert clone(vectorizer).schema == schema


def test_columns_of_an_array_are_called_as_scikit_learn_calls_them():
    X = np.random.default_rng(0).normal(size=(2000, 3))
    vectorizer = DPTableVectorizer(schema={"x1": (-3, 3)}).fit(X)
    assert [*vectorizer.schema_] == ["x0", "x1", "x2"]
    again = DPTableVectorizer(schema=vectorizer.schema_, numeric="minmax").fit(X)
    assert asked(again.privacy_) == []


def test_types_with_too_many_categories_declare_none():
    codes = np.random.default_rng(0).geometric(0.5, 4000)
    X = frame_of(a=pd.Categorical(codes, categories=range(1000)))
    few = DPTableVectorizer().fit(X)
    assert asked(few.privacy_) == ["Categories", "CategoryCounts"]
    assert few.transform(X).shape[1] < 20
    many = DPTableVectorizer(schema={"a": list(range(1000))}).fit(X)
    assert many.transform(X).shape[1] == 1000
    assert asked(many.privacy_) == []


def test_names_of_outputs_differ():
    X = frame_of(a=["b", "c"] * 500, a_b=["x", "c"] * 500, b=np.arange(1000.0))
    X["a_c"] = np.arange(1000.0)
    names = DPTableVectorizer().fit(X).get_feature_names_out()
    assert len({*names}) == len(names)


def test_out_of_memory_rows_with_a_schema():
    """Chunks of a data frame, if there is nothing to be found about categories."""
    X = people(4000)
    facts = {"plan": ["free", "team", "firm"], "town": ["town 1", "town 2"]}
    chunks = ChunkRows(lambda: (X[i : i + 500] for i in range(0, len(X), 500)))
    whole, parts = (
        DPTableVectorizer(schema=facts, random_state=0).fit(rows)
        for rows in (X, chunks)
    )
    assert whole.schema_ == parts.schema_
    np.testing.assert_array_equal(whole.transform(X), parts.transform(X))


def test_groups_and_weights():
    X = people(3000)
    groups = np.arange(3000) // 3
    grouped = DPTableVectorizer(max_rows_per_group=2).fit(X, groups=groups).privacy_
    alone = DPTableVectorizer().fit(X).privacy_
    for two, one in zip(grouped.releases, alone.releases, strict=True):
        # Keys are counted row by row: a group moves twice as many, each by two.
        factor = 2 * np.sqrt(2) if two.query == "Categories" else 2
        assert two.sensitivity == pytest.approx(factor * one.sensitivity)
    weighted = DPTableVectorizer().fit(X, sample_weight=np.full(3000, 0.5))
    assert weighted.privacy_.epsilon() == pytest.approx(1.0, rel=1e-4)


def test_a_row_is_transformed_alike_in_any_company():
    X = people(3000)
    vectorizer = DPTableVectorizer().fit(X)
    whole = vectorizer.transform(X)
    for rows in (slice(17, 18), slice(0, 1000), slice(None, None, -1)):
        np.testing.assert_array_equal(vectorizer.transform(X[rows]), whole[rows])
