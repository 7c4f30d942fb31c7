"""A user's function in a pipeline: no row chooses what others are read as."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler

from skprivate import make_dp_pipeline
from skprivate.compose import DPTableVectorizer, make_dp_column_transformer
from skprivate.pipeline import make_dp_union
from skprivate.pipeline._tiles import transformed
from skprivate.preprocessing import DPOneHotEncoder, DPStandardScaler
from skprivate.rows import ArrayRows, ChunkRows, DaskRows, Parties

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")
dd = pytest.importorskip("dask.dataframe")

BIG = 2**53 + 1
N = 90
COMMON = pd.DataFrame({"t": ["x", "y", "x"] * (N // 3), "a": np.arange(N) % 7.0})
TEXT = {"x": 1, "y": 2, "SECRET": "hi"}
WHOLE = {"x": 1, "y": 2.5, "SECRET": 3}
GAP = {"x": BIG, "y": 2}


def mapping(words, name="t"):
    return lambda d: d.assign(**{name: d["t"].map(words)})


def inferred(words):
    return lambda d: np.array([[words.get(v, 0)] for v in d["t"].tolist()])


FUNCTIONS = {
    "text beside numbers": mapping(TEXT),
    "a gap beside integers": mapping(GAP),
    "a gap beside booleans": mapping({"x": True, "y": False}),
    "a column more": mapping(TEXT, "more"),
    "its own categories": lambda d: d.assign(t=d["t"].astype("category")),
    "categories of numbers": lambda d: d.assign(t=d["t"].map(TEXT).astype("category")),
    "declared categories": lambda d: d.assign(
        t=pd.Categorical(d["t"].where(d["t"].isin(["x", "y"])), ["x", "y"])
    ),
    "an array": inferred(TEXT),
    "objects": lambda d: d.assign(t=[WHOLE.get(v) for v in d["t"]]),
    "dates": lambda d: d.assign(
        t=d["t"].map({"x": pd.Timestamp("2020-01-01"), "y": pd.NaT, "SECRET": "hi"})
    ),
    "one column": lambda d: d["t"].map(TEXT).to_frame(),
}


def chunks(frame, size=30):
    cuts = range(0, len(frame), size)
    return ChunkRows(lambda: (frame[i : i + size] for i in cuts))


SOURCES = {
    "memory": lambda frame: frame,
    "chunks": chunks,
    "one chunk": lambda frame: chunks(frame, len(frame)),
    "arrow": lambda frame: ChunkRows(
        lambda: (
            pa.Table.from_pandas(frame[i : i + 30], preserve_index=False)
            for i in range(0, len(frame), 30)
        )
    ),
    "dask": lambda frame: DaskRows(dd.from_pandas(frame, npartitions=2)),
    "parties": lambda frame: Parties(
        ArrayRows(frame[:50]), ChunkRows(lambda: iter([frame[50:]]))
    ),
}

PAIRS = [
    (function, source)
    for i, function in enumerate(FUNCTIONS)
    for j, source in enumerate(SOURCES)
    if source in ("memory", "chunks") or (i + j) % 4 == 0
]
SAME_TYPES = "memory", "chunks", "one chunk", "parties"

KINDS = {
    "alone": lambda f: FunctionTransformer(f),
    "in columns": lambda f: make_dp_column_transformer(
        (FunctionTransformer(f), ["t", "a"]), (DPStandardScaler(bounds=(0, 9)), ["a"])
    ),
    "in a union": lambda f: make_dp_union(FunctionTransformer(f)),
    "in a pipeline": lambda f: make_pipeline(FunctionTransformer(f)),
}


def fitted(first, rows):
    """A vectorizer whose noise depends on exact totals alone, behind a function."""
    table = DPTableVectorizer(random_state=3)
    model = make_dp_pipeline(first, table, epsilon=20.0)
    seeds = {n: 3 for n in model.get_params() if n.endswith("random_state")}
    return model.set_params(**seeds).fit(rows)


def known(model):
    """What a fit found out, of all columns that every row has in common."""
    return model[-1].kind_to_columns_


def plus(word):
    """The common rows, with one more at the front."""
    return pd.concat([pd.DataFrame({"t": [word], "a": [3.0]}), COMMON])


@pytest.mark.parametrize(("function", "source"), PAIRS)
def test_one_row_does_not_change_the_kind_of_a_column(function, source):
    first = FunctionTransformer(FUNCTIONS[function])
    kinds = [
        known(fitted(first, SOURCES[source](rows.reset_index(drop=True))))
        for rows in (COMMON, plus("SECRET"), plus("z"))
    ]
    assert kinds[0] == kinds[1] == kinds[2]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_row_is_what_it_is_alone(function, kind):
    first = KINDS[kind](FUNCTIONS[function]).fit(COMMON)
    rows = plus("SECRET").reset_index(drop=True)[:40]
    together = transformed(first, rows)
    for i in (0, 1, 2, 39):
        alone = transformed(first, rows[i : i + 1].reset_index(drop=True))
        a, b = np.asarray(alone, object)[0], np.asarray(together, object)[i]
        assert [*map(repr, a)] == [*map(repr, b)]
        types = [[*map(str, getattr(t, "dtypes", ()))] for t in (alone, together)]
        assert types[0] == types[1]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_chunks_give_the_fit_in_memory_bit_by_bit(function):
    first = FunctionTransformer(FUNCTIONS[function])
    rows = plus("SECRET").reset_index(drop=True)
    models = [fitted(first, SOURCES[name](rows)) for name in SAME_TYPES]
    expected = models[0]
    for found in models[1:]:
        assert known(found) == known(expected)
        a, b = (np.asarray(m.transform(rows), float) for m in (found, expected))
        assert np.array_equal(a, b)
        assert [r.query for r in found.privacy_.releases] == [
            r.query for r in expected.privacy_.releases
        ]


def test_polars_follows_made_up_rows_too():
    def safe(d):
        words = [TEXT.get(v, 0) for v in d["t"]]
        return d.with_columns(t=pl.Series(words, strict=False))

    def own(d):
        found = pl.Enum(sorted({*d["t"]}))
        return d.with_columns(t=d["t"].cast(found), more=d["t"].cast(pl.Categorical))

    for function, expected in (
        (safe, {"number": ["t", "a"]}),
        (own, {"category": ["t", "more"], "number": ["a"]}),
    ):
        for word in ("x", "SECRET"):
            frame = pl.from_pandas(plus(word).reset_index(drop=True))
            rows = ChunkRows(lambda frame=frame: iter((frame[:40], frame[40:])))
            for X in (frame, rows):
                assert known(fitted(FunctionTransformer(function), X)) == expected


def test_categories_that_the_function_lists_are_kept_and_others_are_found():
    listed = FUNCTIONS["declared categories"]
    found = fitted(FunctionTransformer(listed), chunks(COMMON))
    assert found[-1].schema_["t"].categories == ("x", "y")
    own = FUNCTIONS["its own categories"]
    model = make_dp_pipeline(FunctionTransformer(own), DPOneHotEncoder(), epsilon=20.0)
    for rows in (COMMON[["t"]], chunks(COMMON[["t"]])):
        assert {"x", "y"} <= {*model.fit(rows)[-1].categories_[0]}
        queries = [r.query for r in model.privacy_.releases]
        assert any("ategor" in query for query in queries)  # at a price


def test_a_function_that_makes_other_columns_for_some_rows_is_refused():
    dummies = FunctionTransformer(lambda d: pd.get_dummies(d["t"], dtype=float))
    for source in ("memory", "chunks"):
        with pytest.raises(ValueError, match="other columns for some rows"):
            fitted(dummies, SOURCES[source](COMMON))


def test_a_function_that_no_made_up_row_passes_is_refused():
    def fails(d):
        if set(d["t"]) <= set(TEXT) and len(d):
            return d[["a"]]
        raise KeyError

    for source in ("memory", "chunks"):
        with pytest.raises(ValueError, match="made-up row"):
            fitted(FunctionTransformer(fails), SOURCES[source](COMMON))


def test_made_up_rows_are_tried_in_turn():
    def number_of(d):
        return d.assign(t=d["t"].str.len() + d["t"].str[-1:].map(ord))

    def exactly(d):  # no text is a number of theirs, but a table of no rows passes
        return d.assign(t=d["t"].str.replace("n", "").map({"x": 1, "y": 2}.__getitem__))

    kinds = known(fitted(FunctionTransformer(number_of), COMMON))
    assert kinds == {"number": ["t", "a"]}
    assert "a" in known(fitted(FunctionTransformer(exactly), COMMON))["number"]


def test_chunks_of_other_types_are_read_as_the_first():
    parts = [
        pd.DataFrame({"t": [1, 2, 1, 2]}),
        pd.DataFrame({"t": [1.0, np.nan, 2.0]}),
        pd.DataFrame({"t": ["1", "hi", "2"]}),
    ]
    seen = []

    def words(d):
        seen.append(str(d["t"].dtype))
        return d.assign(t=d["t"].map({1: "one", 2: "two"}))

    model = make_dp_pipeline(
        FunctionTransformer(words), DPOneHotEncoder(), epsilon=20.0
    )
    model.fit(ChunkRows(lambda: iter(parts)))
    found = {*model[-1].categories_[0]}
    assert {"one", "two"} <= found
    assert {*seen} <= {"int64", "Int64"}


def test_chunks_whose_types_list_other_categories_keep_all():
    words = ["free"] * 90, ["team"] * 90
    in_pandas = [pd.DataFrame({"t": pd.Categorical(w)}) for w in words]
    in_polars = [pl.DataFrame({"t": pl.Series(w, dtype=pl.Enum(w[:1]))}) for w in words]
    for parts, copy in (
        (in_pandas, lambda d: d.copy()),
        (in_polars, lambda d: d.clone()),
    ):
        first = FunctionTransformer(copy)
        model = make_dp_pipeline(first, DPOneHotEncoder(), epsilon=20.0)
        model.fit(ChunkRows(lambda parts=parts: iter(parts)))
        assert {"free", "team"} <= {*model[-1].categories_[0]}


def test_what_is_no_code_is_asked_as_before():
    rows = ChunkRows(lambda: iter([COMMON[["a"]]]))
    model = make_dp_pipeline(FunctionTransformer(np.log1p), DPStandardScaler())
    assert model.fit(rows)[-1].n_features_in_ == 1
    with pytest.raises(TypeError, match="not private"):
        make_dp_pipeline(MinMaxScaler(), DPStandardScaler()).fit(rows)
