"""A private column transformer behaves as its namesake, and decides without rows."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import Normalizer, OneHotEncoder, StandardScaler

from skprivate import privacy_cost
from skprivate.compose import DPColumnTransformer, make_dp_column_transformer
from skprivate.decomposition import DPPCA
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler
from skprivate.rows import ChunkRows
from skprivate.testing import record

KINDS = OneHotEncoder(categories=[["a", "b"]], sparse_output=False)


@pytest.fixture
def frame(rng):
    return pd.DataFrame(
        {
            "age": rng.integers(18, 80, 200).astype(float),
            "kind": np.array(["a", "b"])[rng.integers(0, 2, 200)],
            "pay": rng.uniform(0, 100, 200),
            "rest": rng.uniform(0, 1, 200),
        }
    )


def mixed(**params):
    return DPColumnTransformer(
        [
            ("numbers", DPStandardScaler(), ["age", "pay"]),
            ("kinds", KINDS, ["kind"]),
        ],
        **params,
    )


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_the_namesake(rng):
    X = rng.uniform(-1, 1, (300, 4))
    plain = ColumnTransformer(
        [("a", StandardScaler(), [0, 2]), ("b", "drop", [1])],
        remainder="passthrough",
        transformer_weights={"a": 2.0},
    )
    private = DPColumnTransformer(
        [("a", DPStandardScaler(), [0, 2]), ("b", "drop", [1])],
        remainder="passthrough",
        transformer_weights={"a": 2.0},
        bounds=(-1, 1),
        epsilon=np.inf,
    )
    expected = plain.fit_transform(X)
    np.testing.assert_allclose(private.fit_transform(X), expected, atol=1e-3)
    assert private.output_indices_ == plain.output_indices_
    names = private.get_feature_names_out().tolist()
    assert names == plain.get_feature_names_out().tolist()
    np.testing.assert_allclose(private.transform(X[:3]), expected[:3], atol=1e-3)


def test_data_frames_with_text(frame):
    both = mixed(remainder=DPMinMaxScaler(), epsilon=2.0)
    out = both.fit_transform(frame)
    assert out.shape == (200, 5)
    assert both.n_features_in_ == 4
    assert both.feature_names_in_.tolist() == list(frame.columns)
    assert both.get_feature_names_out().tolist() == [
        "numbers__age", "numbers__pay", "kinds__kind_a", "kinds__kind_b",
        "remainder__rest",
    ]  # fmt: skip
    assert both.privacy_.epsilon() == pytest.approx(2.0, rel=1e-6)
    assert {r.query.split(":")[0] for r in both.privacy_.releases} == {
        "numbers", "remainder",
    }  # fmt: skip
    shuffled = frame[["rest", "pay", "kind", "age"]]
    np.testing.assert_array_equal(both.transform(shuffled), both.transform(frame))
    assert both.named_transformers_["numbers"].mean_.shape == (2,)
    assert not hasattr(both.transformers[0][1], "mean_")


def skip_frames_of_polars():
    if sklearn.__version__ < "1.9":
        pytest.skip("scikit-learn < 1.9 makes no frames of polars 2")


@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_set_output(frame, container):
    if container == "polars":
        skip_frames_of_polars()
        frame = pl.DataFrame({name: frame[name].tolist() for name in frame})
    both = mixed(remainder="passthrough").set_output(transform=container)
    for out in (both.fit_transform(frame), both.transform(frame)):
        assert isinstance(out, pd.DataFrame if container == "pandas" else pl.DataFrame)
        assert list(out.columns) == both.get_feature_names_out().tolist()


@pytest.mark.parametrize("own", [True, False], ids=["own", "configured"])
@pytest.mark.parametrize("container", ["default", "pandas", "polars"])
@pytest.mark.parametrize("how", ["remainder", "named", "alone"])
def test_what_passes_through_from_any_frame_into_any(how, container, own, rng):
    if container == "polars":
        skip_frames_of_polars()
    rows = {"a": rng.uniform(size=30), "b": [*"xyz"] * 10, "c": np.arange(30)}
    scaled, parts = (DPStandardScaler(), ["a"]), {"remainder": "passthrough"}
    columns = {
        "remainder": lambda: make_dp_column_transformer(scaled, **parts),
        "named": lambda: make_dp_column_transformer(scaled, ("passthrough", ["b"])),
        "alone": lambda: make_dp_column_transformer(("passthrough", ["c", "b"])),
    }[how]()
    elsewhere = "default" if own else container
    if own:
        columns.set_output(transform=container)
    home = {"default": "numpy"}.get(container, container)
    for frame in (pd.DataFrame(rows), pl.DataFrame(rows)):
        with sklearn.config_context(transform_output=elsewhere):
            for output in (columns.fit_transform(frame), columns.transform(frame)):
                assert type(output).__module__.partition(".")[0] == home
                assert len(output) == 30
                table = np.asarray(output, dtype=object)
                if how != "alone":
                    assert table[:, 1].tolist() == rows["b"]


@pytest.mark.parametrize("column", ["age", 0])
@pytest.mark.parametrize(
    "step",
    [DPStandardScaler(), make_dp_pipeline(DPMinMaxScaler(), DPPCA(1))],
    ids=lambda step: type(step).__name__,
)
def test_a_column_that_is_named_alone_is_no_table(step, column, frame):
    columns = make_dp_column_transformer((step, column))
    with (
        PrivacyLedger() as ledger,
        pytest.raises(ValueError, match="Write a list") as told,
    ):
        columns.fit(frame)
    assert f"Write a list: [{column!r}]" in str(told.value)
    assert not ledger.records


def test_times_are_printed_once_for_each_transformer(frame, capsys):
    mixed(verbose=True).fit_transform(frame)
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if "Processing numbers" in line]) == 1
    assert len(lines) == 2


def test_functions_that_select_columns_see_no_rows(frame):
    seen = []

    def numbers(table):
        seen.append(len(table))
        return ["age"]

    DPColumnTransformer([("a", DPStandardScaler(), numbers)]).fit(frame)
    assert seen == [0]
    by_type = make_dp_column_transformer(
        (DPStandardScaler(), make_column_selector(dtype_include="number"))
    )
    assert by_type.fit_transform(frame).shape == (200, 3)


@pytest.mark.parametrize("zeros", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(
    ("threshold", "expected"), [(0.3, False), (0.7, True), (0, False)]
)
def test_how_many_values_are_zero_does_not_decide_on_sparse_output(
    rng, zeros, threshold, expected
):
    X = rng.uniform(1, 2, (100, 4)) * (rng.uniform(size=(100, 4)) >= zeros)
    both = DPColumnTransformer(
        [
            ("a", DPStandardScaler(with_mean=False), [0, 1]),
            ("b", OneHotEncoder(categories=[[0, 1]], handle_unknown="ignore"), [2]),
        ],
        sparse_threshold=threshold,
        bounds=(0, 2),
    )
    assert sparse.issparse(both.fit_transform(X)) is expected
    assert both.sparse_output_ is expected


def test_columns_of_one_row_share_one_budget(frame):
    both = mixed(remainder=DPMinMaxScaler(), weights={"numbers": 3, "remainder": 1})
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        both.fit(frame)
        assert [record.name for record in ledger.records] == ["DPColumnTransformer"]
    parts = [
        both.named_transformers_[n].privacy_.budget.mu for n in ("numbers", "remainder")
    ]
    assert parts[0] ** 2 == pytest.approx(3 * parts[1] ** 2)
    cost = privacy_cost(both)
    assert cost.private
    assert cost.epsilon() == pytest.approx(1.0)


def test_bounds_are_those_of_the_columns(rng):
    X = rng.uniform(0, 1, (80, 3)) * [1, 10, 100]
    low, high = np.zeros(3), np.array([1.0, 10.0, 100.0])
    both = DPColumnTransformer(
        [("a", DPStandardScaler(), [2, 0]), ("b", "passthrough", [1])],
        bounds=(low, high),
    )
    recording = record(both, X=X)
    assert [a.query.name for a in recording.tape.asked] == ["PresentMoments"]
    box = recording.tape.asked[0].query.box
    assert box.high.tolist() == [100.0, 1.0]
    fitted = recording.estimator
    assert fitted.output_bounds_[1][2] == 10.0
    model = make_dp_pipeline(both, DPRidge(target_bounds=(-1, 1)))
    model.fit(X, rng.uniform(-1, 1, 80))
    assert not [r for r in model.privacy_.releases if "ValueCells" in r.query]


def test_in_a_pipeline_in_a_grid_search(frame):
    y = (frame["age"] > 50).to_numpy().astype(int)
    pipe = make_dp_pipeline(mixed(), DPLogisticRegression(classes=[0, 1]), epsilon=9.0)
    grid = {
        "dpcolumntransformer__numbers": [DPStandardScaler(), DPMinMaxScaler()],
        "dpcolumntransformer__weights": [None],
    }
    with PrivacyLedger() as ledger:
        search = GridSearchCV(pipe, grid, cv=2).fit(frame, y)
        assert len(ledger.records) == 5
    assert search.predict(frame).shape == y.shape


def test_planned_without_rows():
    both = DPColumnTransformer(
        [("a", DPPCA(2), [0, 1, 2]), ("b", DPStandardScaler(), slice(3, 5))],
        remainder="passthrough",
        bounds=(0, 1),
    )
    plan = both.plan(6)
    assert plan.epsilon() == pytest.approx(1.0, rel=1e-6)
    whole = make_dp_pipeline(both, DPRidge(target_bounds=(0, 1)))
    assert whole.plan(6).releases[-1].size == 28  # of 5 columns, one, and y


def test_columns_of_chunks(rng):
    X, y = rng.uniform(0, 1, (90, 4)), rng.uniform(-1, 1, 90)
    both = DPColumnTransformer(
        [("a", DPStandardScaler(random_state=0), [0, 3])],
        remainder="passthrough",
        bounds=(0, 1),
    )
    pipe = make_dp_pipeline(both, DPRidge(random_state=0))
    expected = pipe.fit(X, y).predict(X)
    chunks = ChunkRows(
        lambda: ((X[i : i + 20], y[i : i + 20]) for i in range(0, 90, 20))
    )
    np.testing.assert_allclose(pipe.fit(chunks).predict(X), expected)


def test_metadata_and_groups(rng):
    X, groups = rng.uniform(0, 1, (60, 2)), np.arange(60) // 2
    both = DPColumnTransformer(
        [("a", DPStandardScaler(max_rows_per_group=2), [0]), ("b", Normalizer(), [1])]
    )
    assert "group" in both.fit(X, groups=groups).privacy_.unit
    both.fit(X, sample_weight=np.ones(60))
    with pytest.raises(ValueError, match="metadata routing"):
        both.fit(X, care=np.ones(60))
    with sklearn.config_context(enable_metadata_routing=True):
        both.transformers[0][1].set_fit_request(sample_weight=True)
        both.fit(X, sample_weight=np.ones(60), groups=groups)
    assert "group" in both.privacy_.unit


def test_clones_pickles_and_reprs(frame):
    both = mixed()
    before = repr(both)
    both.fit(frame)
    assert repr(both) == repr(clone(both)) == before
    again = pickle.loads(pickle.dumps(both))
    np.testing.assert_array_equal(again.transform(frame), both.transform(frame))
    assert "sk-parallel" in both._repr_html_()
    assert "sk-parallel" in clone(both)._repr_html_()
    with pytest.raises(NotFittedError):
        clone(both).transform(frame)


def test_a_refit_forgets_and_a_failed_one_changes_nothing(frame):
    both = mixed().fit(frame)
    state = both.transform(frame)
    broken = frame.copy()
    broken.loc[3, "pay"] = np.inf
    with pytest.raises(ValueError, match="infinity"):
        both.fit(broken)
    np.testing.assert_array_equal(both.transform(frame), state)
    positions = DPColumnTransformer([("a", DPStandardScaler(), [0])])
    positions.fit(frame[["age"]])
    assert hasattr(positions, "feature_names_in_")
    positions.fit(frame[["age"]].to_numpy())
    assert not hasattr(positions, "feature_names_in_")


def test_transformers_without_columns(frame):
    both = DPColumnTransformer(
        [("none", DPPCA(), []), ("numbers", DPStandardScaler(), ["age"])]
    )
    assert both.fit_transform(frame).shape == (200, 1)
    assert {r.query.split(":")[0] for r in both.privacy_.releases} == {"numbers"}


@pytest.mark.parametrize(
    ("transformers", "error"),
    [
        ("abc", TypeError),
        ([("a", DPStandardScaler())], TypeError),
        ([("a", DPRidge(), [0])], TypeError),
        ([("a", DPStandardScaler, [0])], TypeError),
        ([], ValueError),
        ([("a", DPPCA(), [0]), ("a", DPPCA(), [1])], ValueError),
        ([("remainder", DPPCA(), [0])], ValueError),
    ],
)
def test_what_is_no_list_of_transformers(transformers, error):
    with PrivacyLedger() as ledger:
        with pytest.raises(error):
            DPColumnTransformer(transformers).fit(np.eye(3))
        assert len(ledger.records) == 0


def test_remainders_that_are_none():
    for remainder in ("keep", StandardScaler()):
        with pytest.raises((ValueError, TypeError)):
            DPColumnTransformer(
                [("a", DPStandardScaler(), [0])], remainder=remainder
            ).fit(np.eye(3))


def test_rows_may_have_gaps_where_a_step_fills_them():
    X = np.random.default_rng(0).uniform(size=(60, 2))
    X[3, 0] = np.nan
    fill = SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True)
    filled = make_dp_pipeline(fill, DPMinMaxScaler(bounds=(0, 1)))
    columns = make_dp_column_transformer((filled, [0]), (DPMinMaxScaler(), [1]))
    assert np.isfinite(columns.fit_transform(X)).all()


@pytest.mark.parametrize("column", ["a", 0])
@pytest.mark.parametrize(
    "step",
    [DPStandardScaler(), make_dp_pipeline("passthrough", DPStandardScaler())],
)
def test_a_column_alone_is_no_table(step, column):
    X = pd.DataFrame({"a": np.arange(300.0), "b": np.arange(300.0)})
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="Write a list"):
        make_dp_column_transformer((step, column)).fit(X)
    assert len(ledger.records) == 0


def test_parts_that_are_no_triples_are_refused_for_free(frame):
    pairs = DPColumnTransformer([(DPStandardScaler(), ["age"])])
    told = pytest.raises(TypeError, match=r"\(name, transformer, columns\). Write")
    with PrivacyLedger() as ledger, told:
        make_dp_pipeline(pairs, DPRidge()).fit(frame, frame["pay"])
    assert not ledger.records


@pytest.mark.parametrize(
    "parts",
    [[("age", DPStandardScaler(), ["age"])], [[(DPStandardScaler(), ["age"])]]],
    ids=["named", "in a list"],
)
def test_parts_that_are_no_pairs_are_refused(parts):
    with pytest.raises(TypeError, match=r"tuples \(transformer, columns\)"):
        make_dp_column_transformer(*parts)


def test_a_leak_inside_is_named_before_sparse_threshold():
    """To set that first would lead nowhere."""
    for step, what_to_do in {
        StandardScaler(): "DPStandardScaler",
        DPStandardScaler(): "DPColumnTransformer",
        Normalizer(): "sparse_threshold=0",
    }.items():
        columns = ColumnTransformer([("a", step, ["age"])], sparse_threshold=0.3)
        with pytest.raises(TypeError, match=what_to_do):
            make_dp_pipeline(columns, DPRidge()).plan(n_features=4)


@pytest.mark.parametrize("step", ["passthrough", DPStandardScaler(), DPMinMaxScaler()])
@pytest.mark.parametrize("name", ["age", 0])
def test_one_column_without_a_list_is_refused_for_free(step, name, frame):
    columns = make_dp_column_transformer((step, name), epsilon=2.0)
    told = pytest.raises(ValueError, match=rf"Write a list: \[{name!r}\]")
    with PrivacyLedger() as ledger, told:
        columns.fit(frame)
    assert not ledger.records
