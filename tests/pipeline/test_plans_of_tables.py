"""A plan reads the schema of a table; slices of a fitted pipeline keep their facts."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import FunctionTransformer

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.base._tiles import TILE_ROWS
from skprivate.compose import DPTableVectorizer, make_dp_column_transformer
from skprivate.decomposition import DPPCA
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPGridSearchCV
from skprivate.pipeline import make_dp_union
from skprivate.preprocessing import DPMinMaxScaler, DPOneHotEncoder, DPStandardScaler
from skprivate.rows import ChunkRows
from skprivate.under_sampling import DPRandomUnderSampler

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")

N = 200
rng = np.random.default_rng(0)
y = np.arange(N) % 2
TABLE = pd.DataFrame(
    {
        "age": rng.normal(50, 9, N),
        "sex": pd.Categorical(rng.choice(["f", "m"], N), ["f", "m"]),
        "member": rng.random(N) < 0.5,
        "since": pd.date_range("2020-01-01", periods=N),
        "note": rng.choice(["good", "bad", "so so"], N),
    }
)
MODEL = DPLogisticRegression(classes=[0, 1])
WORDS = HashingVectorizer(n_features=8)


def asked(report):
    """What does not depend on answers, as the steps of gradients do."""
    found = [(r.query, r.size) for r in report.releases]
    return [release for release in found if "Gradient" not in release[0]]


def whole(names, step, text):
    """A step for numbers, and words of a text."""
    return make_dp_column_transformer((step, [names]), (WORDS, text))


PIPES = {
    "declared": lambda: make_dp_pipeline(
        DPTableVectorizer(schema={"note": ["good", "bad"]}), DPPCA(3), MODEL
    ),
    "words": lambda: make_dp_pipeline(whole("age", DPMinMaxScaler(), "note"), MODEL),
    "by number": lambda: make_dp_pipeline(whole(0, DPMinMaxScaler(), 4), MODEL),
    "encoder": lambda: make_dp_pipeline(
        make_dp_column_transformer((DPOneHotEncoder(), ["sex", "member"])), MODEL
    ),
    "union": lambda: make_dp_pipeline(
        make_dp_union(
            whole("age", DPStandardScaler(), "note"),
            make_dp_pipeline(whole("age", DPMinMaxScaler(), "note"), DPPCA(2)),
        ),
        MODEL,
    ),
    "pandas": lambda: make_dp_pipeline(
        make_dp_column_transformer((DPStandardScaler(), ["age"])).set_output(
            transform="pandas"
        ),
        make_dp_column_transformer((DPMinMaxScaler(), ["dpstandardscaler__age"])),
        MODEL,
    ),
}
TABLES = {
    "pandas": TABLE,
    "arrow": TABLE.convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.from_pandas(TABLE).cast({"sex": pl.Enum(["f", "m"])}),
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("pipe", PIPES)
def test_it_is_the_report_of_the_fit(pipe, table):
    X, pipe = TABLES[table], PIPES[pipe]()
    plan = pipe.plan(X)
    assert asked(pipe.plan(X[:0])) == asked(plan)
    done = pipe.fit(X, y).privacy_
    assert asked(plan) == asked(done)
    assert plan.budget == done.budget


def test_what_is_to_be_found_is_planned():
    plan = make_dp_pipeline(DPTableVectorizer(), MODEL).plan(TABLE)
    queries = [r.query.partition(": ")[2] for r in plan.releases]
    assert queries[:4] == [
        "Categories",
        "CategoryCounts",
        "ValueCells",
        "PresentIntervals",
    ]
    assert plan.epsilon() == pytest.approx(1.0)


def test_other_tables():
    model = DPLogisticRegression(classes=[0, 1])
    expected = asked(model.plan(3))
    frame = pd.DataFrame(np.zeros((2, 3)), columns=[*"abc"])
    for X in (
        np.zeros((5, 3)),
        [[1.0, 2.0, 3.0]],
        frame,
        sparse.csr_array((4, 3)),
        ChunkRows(lambda: iter([frame])),
    ):
        assert asked(model.plan(X)) == expected
        assert asked(make_dp_pipeline(model).plan(X))
    search = DPGridSearchCV(
        make_dp_pipeline(DPTableVectorizer(), model),
        {"dplogisticregression__C": [1, 2]},
    )
    assert any("Categories" in r.query for r in search.plan(TABLE).releases)


@pytest.mark.parametrize("wrong", [0, -1, 2.5, "3", None, np.zeros(3), object()])
def test_what_is_no_table_is_refused(wrong):
    for model in MODEL, make_dp_pipeline(MODEL), DPGridSearchCV(MODEL, {"C": [1.0]}):
        with pytest.raises(TypeError, match="number of at least 1, or a table"):
            model.plan(wrong)


def test_a_plan_refuses_what_a_fit_would():
    with pytest.raises(ValueError, match="Column 'note' of X holds text"):
        make_dp_pipeline(DPStandardScaler(), MODEL).plan(TABLE[["age", "note"]])


def test_slices_know_where_their_rows_lie():
    numbers = TABLE[["age"]].assign(b=1.0).to_numpy()
    pipe = make_dp_pipeline(
        DPRandomUnderSampler(classes=[0, 1]),
        DPMinMaxScaler(clip=True),
        "passthrough",
        DPStandardScaler(),
        MODEL,
        bounds=(0, 99),
        epsilon=9.0,
    ).fit(numbers, y)
    scaled = pipe[:3]
    assert scaled.output_bounds_[0].tolist() == [0, 0]
    assert scaled.output_bounds_[1].tolist() == [1, 1]
    for part in pipe[:4], pipe[1:4], pipe[3:4]:
        again = make_dp_pipeline(DPMinMaxScaler(clip=True), DPStandardScaler())
        assert part.output_geometry_.bounds is not None
        assert np.all(part.output_bounds_[0] < part.output_bounds_[1])
        assert not hasattr(again[:1], "output_geometry_")
    assert pipe[3:].output_geometry_.bounds is None
    table = make_dp_pipeline(DPTableVectorizer(), DPStandardScaler(), MODEL)
    table.fit(TABLE, y)
    low, high = table[:1].output_bounds_
    assert np.array_equal([low, high], table[0].output_bounds_)


def test_a_rehearsal_runs_no_function_of_the_user():
    calls = []

    def fits(Z):
        calls.append(len(Z))
        DPStandardScaler(bounds=(0, 99), epsilon=0.1).fit(Z)
        return Z

    numbers = TABLE[["age"]].to_numpy()[:TILE_ROWS]
    nested = FeatureUnion([("f", FunctionTransformer(fits))])
    for step in FunctionTransformer(fits), nested:
        calls.clear()
        with PrivacyLedger() as ledger:
            make_dp_pipeline(step, DPStandardScaler(), MODEL).fit(
                numbers, y[:TILE_ROWS]
            )
        inner = [r for r in ledger.records if r.name == "DPStandardScaler"]
        assert calls == [1, TILE_ROWS]  # a made-up row, and the map, once in the fit
        assert len(inner) == 2
