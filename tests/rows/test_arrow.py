"""Tables of Arrow are read as the data frames that they are."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import Normalizer

from skprivate import make_dp_pipeline
from skprivate.compose import DPTableVectorizer, make_dp_column_transformer
from skprivate.exploration import DPDataProfile
from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import dp_accuracy_score
from skprivate.model_selection import (
    DPGridSearchCV,
    DPTunedThresholdClassifier,
    dp_cross_val_score,
    dp_train_test_split,
)
from skprivate.pipeline import make_dp_union
from skprivate.preprocessing import DPMinMaxScaler, DPOneHotEncoder, DPStandardScaler
from skprivate.rows import ArrayRows, ChunkRows, _arrow, schema_of
from skprivate.testing import all_estimators
from skprivate.testing._examples import configured, example_for, quiet
from skprivate.under_sampling import RowFilter

pa = pytest.importorskip("pyarrow")
nw = pytest.importorskip("narwhals")
pl = pytest.importorskip("polars")

PRIVATE = [configured(cls(), random_state=0) for _, cls in all_estimators("private")]
KINDS = {
    "table": lambda table: table,
    "batch": lambda table: table.combine_chunks().to_batches()[0],
    "narwhals": lambda table: nw.from_native(table, eager_only=True),
}
METHODS = ("transform", "predict", "predict_proba")


def name_of(estimator):
    return type(estimator).__name__


@pytest.fixture
def shop(rng):
    """A table of several types, with gaps, and its target."""
    age = rng.normal(50, 9, 600)
    table = pa.table(
        {
            "age": pa.array(age, mask=rng.random(600) < 0.1),
            "visits": pa.array(rng.integers(0, 9, 600), mask=rng.random(600) < 0.1),
            "town": pa.array(rng.choice(["Ulm", "Kiel"], 600)).dictionary_encode(),
            "plan": pa.array(rng.choice(["a", "b"], 600), pa.string_view()),
            "member": pa.array(rng.random(600) < 0.5),
            "since": pa.array(rng.integers(0, 10**9, 600), pa.timestamp("s")),
        }
    )
    return table, (age > 50).astype(int)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("estimator", PRIVATE, ids=name_of)
def test_every_estimator_reads_a_table(estimator, kind):
    example = example_for(estimator)
    frame = pd.DataFrame(example.X, columns=[*"abcde"])
    table = KINDS[kind](pa.Table.from_pandas(frame))
    with quiet():
        expected = clone(estimator).fit(frame, example.y)
        found = clone(estimator).fit(table, example.y)
    assert found.feature_names_in_.tolist() == [*"abcde"]
    if hasattr(found, "fit_resample"):
        assert len(found.fit_resample(table, example.y)[0]) > 0
    for method in METHODS:
        if hasattr(found, method):
            answers = [
                getattr(model, method)(X)
                for model, X in ((expected, frame), (found, table))
            ]
            first, second = (getattr(a, "toarray", lambda a=a: a)() for a in answers)
            np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("kind", KINDS)
def test_types_are_those_of_the_table(shop, kind):
    columns = schema_of(KINDS[kind](shop[0]))
    assert [(c.name, c.kind, c.declared) for c in columns] == [
        ("age", "number", None),
        ("visits", "number", None),
        ("town", "category", None),  # what a dictionary lists is what occurs
        ("plan", "category", None),
        ("member", "boolean", (False, True)),
        ("since", "date", None),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_through_a_pipeline(shop, kind):
    table, y = KINDS[kind](shop[0]), shop[1]
    model = make_dp_pipeline(
        DPTableVectorizer(), DPLogisticRegression(classes=[0, 1]), epsilon=20.0
    )
    assert model.fit(table, y).score(table, y) > 0.85
    assert model[0].kind_to_columns_["category"] == ["town", "plan"]
    assert model.predict_proba(table).shape == (600, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_through_compound_objects(shop, kind):
    table, y = KINDS[kind](shop[0].select(["town", "plan"])), shop[1]
    model = DPLogisticRegression(classes=[0, 1])
    columns = make_dp_column_transformer(
        (DPOneHotEncoder(categories=[["Ulm", "Kiel"]]), ["town"]),
        (HashingVectorizer(n_features=8, analyzer="char"), "plan"),
    )
    search = DPGridSearchCV(
        make_dp_pipeline(columns, model), {"dplogisticregression__C": [1.0, 9.0]}
    )
    assert search.fit(table, y).predict(table).shape == (600,)
    numbers = KINDS[kind](shop[0].select(["member"]))
    union = make_dp_union(DPStandardScaler(), DPMinMaxScaler(), bounds=(0, 1))
    assert union.fit_transform(numbers).shape == (600, 2)
    assert union.transform(numbers).shape == (600, 2)
    inside = make_dp_pipeline(Normalizer(), union, clone(model), epsilon=5.0)
    assert inside.fit(numbers, y).score(numbers, y) > 0.3
    tuned = DPTunedThresholdClassifier(clone(model)).fit(numbers, y)
    assert tuned.predict(numbers).shape == (600,)
    assert len(dp_cross_val_score(clone(model), numbers, y, cv=2)) == 2
    assert len(RowFilter(missing="drop").fit_resample(table)[0]) == 600


@pytest.mark.parametrize("kind", KINDS)
def test_tables_are_split_and_profiled(shop, kind):
    table, y = KINDS[kind](shop[0]), shop[1]
    train, test, *labels = dp_train_test_split(table, y)
    assert len(train) + len(test) == 600
    assert [len(part) for part in labels] == [len(train), len(test)]
    assert DPDataProfile(epsilon=5.0).fit(table).n_features_in_ == 6
    predicted = pa.array(y)
    assert dp_accuracy_score(predicted, predicted, classes=[0, 1]) > 0.9


def test_batches_of_a_file_are_chunks(shop):
    table, y = shop
    labelled = table.select(["age", "member"])
    whole = pd.DataFrame({n: labelled[n].to_pandas() for n in labelled.column_names})
    chunks = [
        (batch, y[start : start + 200])
        for start, batch in zip(
            range(0, 600, 200), labelled.to_batches(max_chunksize=200), strict=True
        )
    ]
    rows = ChunkRows(lambda: iter(chunks))
    assert rows.feature_names == ("age", "member")
    parts = {"categories": [[False, True]], "random_state": 0, "epsilon": 5.0}
    found, expected = (
        DPOneHotEncoder(**parts).fit(X).category_counts_[0]
        for X in (
            ChunkRows(lambda: (batch.select(["member"]) for batch, _ in chunks)),
            whole[["member"]],
        )
    )
    np.testing.assert_array_equal(found, expected)


def test_rows_are_known_to_be_the_same(shop):
    table = shop[0].select(["member"])
    rows = ArrayRows(table)
    assert rows.feature_names == ("member",)
    assert rows.held()[-1]() is table


def test_two_columns_of_one_name_are_refused():
    table = pa.table([pa.array([1.0]), pa.array([2.0])], names=["a", "a"])
    with pytest.raises(ValueError, match="Two columns have the same name"):
        DPStandardScaler(bounds=(0, 1)).fit(table)


@pytest.mark.parametrize("lazy", [lambda f: f, nw.from_native], ids=["own", "narwhals"])
def test_a_lazy_frame_is_to_be_collected(lazy):
    frame = lazy(pl.DataFrame({"a": [1.0]}).lazy())
    for fit in (DPStandardScaler(bounds=(0, 1)).fit, DPTableVectorizer().fit):
        with pytest.raises(TypeError, match=r"X\.collect\(\)"):
            fit(frame)


def test_without_pandas_polars_reads_it(shop, monkeypatch):
    monkeypatch.setattr(_arrow, "_is_there", lambda name: name == "polars")
    kinds = [column.kind for column in schema_of(shop[0].drop_columns(["plan"]))]
    assert kinds == ["number", "number", "category", "boolean", "date"]
    monkeypatch.setattr(_arrow, "_is_there", lambda name: False)
    with pytest.raises(TypeError, match="Install one of them"):
        schema_of(shop[0])
