"""A target that is a number: learned as a column more, handed on as a target."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skprivate import PrivacyLedger, make_dp_pipeline, privacy_cost
from skprivate.rows import ChunkRows
from skprivate.synthesis import DPTabularSynthesizer
from skprivate.testing._replay import record, replay

RNG = np.random.default_rng(0)
N = 2000
X = pd.DataFrame({"a": RNG.uniform(0, 1, N), "b": RNG.uniform(0, 1, N)})
Y = pd.Series(10 * X["a"] + RNG.normal(0, 0.5, N), name="price")


def synthesizer(**options):
    return DPTabularSynthesizer(bounds=(0, 1), random_state=0, **options)


def told(model):
    """A synthesizer, as a pipeline tells it that a regressor follows."""
    model._followed_by = "number"
    return model


@pytest.mark.parametrize("options", [{}, {"schema": {"price": (-2, 12)}}])
def test_a_regressor_learns_from_rows_that_are_made_up(options):
    pipe = make_dp_pipeline(synthesizer(**options), LinearRegression(), epsilon=2.0)
    assert pipe.fit(X, Y).score(X, Y) > 0.8
    made = pipe[0]
    assert made._followed_by is None  # by itself it takes labels again
    assert made.n_features_in_ == 2
    assert made.feature_names_in_.tolist() == ["a", "b"]
    assert "price" in made.schema_
    rows, target = made.sample(50)
    assert list(rows) == ["a", "b"]
    assert target.shape == (50,)
    assert rows.to_numpy().max() <= 1
    if options:
        assert -2 <= target.min() <= target.max() <= 12


def test_the_whole_is_private():
    steps = DPTabularSynthesizer(), LinearRegression()
    assert privacy_cost(make_dp_pipeline(*steps)).private


def test_all_that_is_learned_of_a_target_was_released():
    tree = DecisionTreeRegressor(max_depth=2)  # which reads gaps, too
    pipe = make_dp_pipeline(synthesizer(), tree, epsilon=1.0)
    some, others = X[:40].to_numpy(), Y[:40].to_numpy()
    more = np.vstack([some, [[0.5, 1.0]]]), np.append(others, 1e300)
    tape = record(pipe, X=some, y=others)
    found = replay(tape, X=more[0], y=more[1])
    assert found.findings == []
    assert 0 < found.largest_move <= 1 + 1e-9


def test_bounds_are_those_of_columns_and_not_of_the_target():
    _, target = told(synthesizer(epsilon=3.0)).fit(X, Y).sample(2000)
    assert 4 < target.mean() < 6
    assert target.max() > 8
    wide = DPTabularSynthesizer(bounds=([0, 0], [1, 2]), epsilon=3.0, random_state=0)
    assert told(wide).fit(X, Y).sample(2000)[1].max() > 8


@pytest.mark.parametrize("kind", ["array", "list", "polars", "column"])
def test_the_target_comes_back_as_it_was(kind):
    table, target = X.to_numpy(), Y.to_numpy(np.float32)
    if kind == "list":
        table, target = table.tolist(), target.astype(float).tolist()
    elif kind == "polars":
        pl = pytest.importorskip("polars")
        table = pl.DataFrame({"a": table[:, 0], "b": table[:, 1]})
        target = pl.Series("price", target)
    elif kind == "column":
        target = target.reshape(-1, 1)
    model = told(synthesizer())
    if kind == "list":  # of a list nobody knows what it holds, but for what follows
        pipe = make_dp_pipeline(synthesizer(), LinearRegression(), epsilon=2.0)
        assert pipe.fit(table, target).score(table, target) > 0.8
        return
    rows, made = model.fit_resample(table, target)
    assert type(made) is type(target)
    assert made.dtype == target.dtype
    assert made.shape[1:] == target.shape[1:]
    assert type(rows) is type(table)
    assert len(rows) == len(made)


def test_whole_numbers_are_numbers_in_front_of_a_regressor():
    counts = np.floor(Y).astype(int)
    pipe = make_dp_pipeline(synthesizer(), LinearRegression(), epsilon=2.0)
    assert pipe.fit(X, counts).score(X, counts) > 0.8
    assert not pipe.privacy_.assumed


def test_they_are_labels_in_front_of_a_classifier_and_with_classes():
    labels = (Y > 5).astype(float)
    pipe = make_dp_pipeline(
        synthesizer(classes=[0.0, 1.0]),
        DecisionTreeClassifier(max_depth=2),
        epsilon=2.0,
    )
    assert pipe.fit(X, labels).score(X, labels) > 0.8
    unknown = make_dp_pipeline(
        synthesizer(), DecisionTreeClassifier(max_depth=2), epsilon=2.0
    )
    assert unknown.fit(X, labels).privacy_.assumed
    model = told(synthesizer(classes=[0, 1])).fit(X, labels)
    assert model.classes_.tolist() == [0, 1]
    with pytest.raises(ValueError, match="continuous"):
        synthesizer().fit(X, Y)


def test_steps_between_leave_the_target_as_it_is():
    pipe = make_dp_pipeline(
        synthesizer(), FunctionTransformer(), LinearRegression(), epsilon=2.0
    )
    assert pipe.fit(X, Y).score(X, Y) > 0.8


def test_conditions_may_name_the_target():
    rows, target = (
        told(synthesizer(epsilon=4.0)).fit(X, Y).sample(200, given={"price": (8, 9)})
    )
    assert 8 <= target.min() <= target.max() <= 9
    assert rows["a"].mean() > 0.7


def test_a_name_that_is_taken_is_not_mistaken():
    frame = X.rename(columns={"a": "price"})
    rows, target = told(synthesizer(epsilon=4.0)).fit(frame, Y).sample(1000)
    assert list(rows) == ["price", "b"]
    assert np.corrcoef(rows["price"], target)[0, 1] > 0.6


@pytest.mark.parametrize(
    ("y", "error"),
    [
        (np.where(np.arange(N), Y, np.nan), "NaN"),
        (np.where(np.arange(N), Y, np.inf), "infinity"),
        (Y[:-1], "same number of rows|inconsistent"),
    ],
)
def test_targets_that_are_no_numbers_are_refused(y, error):
    with pytest.raises(ValueError, match=error):
        told(synthesizer()).fit(X, y)


def test_words_are_refused_in_front_of_a_regressor():
    pipe = make_dp_pipeline(synthesizer(), LinearRegression())
    with pytest.raises(ValueError, match="text"):
        pipe.fit(X, ["word"] * N)


def test_sources_are_told_what_to_do_for_free():
    rows = ChunkRows(lambda: iter([(X.to_numpy(), Y.to_numpy())]))
    pipe = make_dp_pipeline(synthesizer(), LinearRegression())
    with (
        PrivacyLedger(epsilon=1.0, delta=1e-5) as ledger,
        pytest.raises(ValueError, match="rows in memory"),
    ):
        pipe.fit(rows)
    assert ledger.spent() == 0


def test_a_mask_of_categories_is_about_the_columns_of_the_table():
    table = np.column_stack([X["a"], RNG.integers(0, 3, N)])
    model = told(synthesizer(categorical_features=[False, True], epsilon=4.0))
    rows, _ = model.fit(table, Y.to_numpy()).sample(500)
    assert set(np.unique(rows[:, 1])) <= {0, 1, 2}


@pytest.mark.parametrize("dtype", ["Int64", "category"])
def test_targets_may_be_arrays_of_pandas(dtype):
    target = pd.array(np.arange(N) % 5, dtype=dtype)
    pipe = make_dp_pipeline(synthesizer(), LinearRegression(), epsilon=2.0)
    assert np.isfinite(pipe.fit(X, target).predict(X)).all()
