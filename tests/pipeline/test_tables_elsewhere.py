"""Tables in chunks, in dask and at parties go through pipelines as in memory."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from skprivate import make_dp_pipeline
from skprivate.compose import DPTableVectorizer, make_dp_column_transformer
from skprivate.linear_model import DPLogisticRegression
from skprivate.pipeline import make_dp_union
from skprivate.preprocessing import (
    CategoryHasher,
    DPMinMaxScaler,
    DPOneHotEncoder,
    DPOrdinalEncoder,
    DPStandardScaler,
    DPTargetEncoder,
)
from skprivate.rows import ArrayRows, ChunkRows, DaskRows, Parties, Rows

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
dd = pytest.importorskip("dask.dataframe")

N = 240
rng = np.random.default_rng(0)
SEX = rng.choice(["f", "m"], N)
TABLE = pd.DataFrame({"age": rng.normal(50, 9, N), "sex": SEX})
NUMBERS = TABLE.assign(sex=(SEX == "f") * 1.0)
y = (TABLE["age"] > 50).to_numpy().astype(int)
CUTS = [0, 100, 100, 170, N]  # one chunk is empty
LISTED = [["f", "m"]]


def cut(frame, read=lambda part: part):
    """Chunks of a frame, and of the target."""
    pairs = list(pairwise(CUTS))
    return lambda: ((read(frame[a:b]), y[a:b]) for a, b in pairs)


def in_dask(frame):
    parts = dd.from_pandas(frame.assign(y=y), npartitions=2)
    return DaskRows(parts[[*frame.columns]], parts["y"])


SOURCES = {
    "chunks": lambda frame: ChunkRows(cut(frame)),
    "polars": lambda frame: ChunkRows(cut(frame, pl.from_pandas)),
    "dask": in_dask,
    "parties": lambda frame: Parties(
        ArrayRows(frame[:90], y[:90]), ArrayRows(frame[90:], y[90:])
    ),
    "chunks at a party": lambda frame: Parties(ChunkRows(cut(frame))),
}


def only(*columns):
    """A column transformer that encodes the text, and scales the number."""
    return lambda step: make_dp_column_transformer(
        (step, list(columns)), (DPStandardScaler(bounds=(0, 99)), ["age"])
    )


on_text = only("sex")
FIRST = {
    "table": lambda: DPTableVectorizer(),
    "told": lambda: DPTableVectorizer(schema={"sex": LISTED[0]}, find_categories=False),
    "one-hot": lambda: on_text(DPOneHotEncoder(categories=LISTED)),
    "found": lambda: on_text(DPOneHotEncoder(sparse_output=False)),
    "ordinal": lambda: on_text(DPOrdinalEncoder(categories=LISTED)),
    "target": lambda: on_text(
        DPTargetEncoder(categories=LISTED, target_type="binary", classes=[0, 1])
    ),
    "hasher": lambda: on_text(CategoryHasher(4)),
    "public": lambda: on_text(OneHotEncoder(categories=LISTED)),
    "words": lambda: make_dp_column_transformer(
        (HashingVectorizer(n_features=4), "sex"), (DPMinMaxScaler(), ["age"])
    ),
    "union": lambda: make_dp_union(
        only("sex")(DPOrdinalEncoder(categories=LISTED)), DPTableVectorizer()
    ),
    "two": lambda: make_dp_pipeline(DPTableVectorizer(), DPStandardScaler()),
}


def seeded(first):
    """A pipeline whose noise depends on exact totals alone."""
    model = make_dp_pipeline(first, DPLogisticRegression(classes=[0, 1]), epsilon=9.0)
    seeds = {n: 7 for n in model.get_params() if n.endswith("random_state")}
    return model.set_params(**seeds)


@pytest.fixture(scope="module")
def in_memory():
    return {}


PAIRS = [
    (first, source)
    for i, first in enumerate(FIRST)
    for j, source in enumerate(SOURCES)
    if source == "chunks" or (i + j) % 3 == 0 or first == "table"
]


@pytest.mark.parametrize(("first", "source"), PAIRS)
def test_it_is_the_fit_in_memory_bit_by_bit(first, source, in_memory):
    if first not in in_memory:
        in_memory[first] = seeded(FIRST[first]()).fit(TABLE, y)
    expected = in_memory[first]
    found = seeded(FIRST[first]()).fit(SOURCES[source](TABLE))
    assert [r.query for r in found.privacy_.releases] == [
        r.query for r in expected.privacy_.releases
    ]
    assert np.array_equal(found[-1].coef_, expected[-1].coef_)
    assert list(found.feature_names_in_) == ["age", "sex"]
    frame = TABLE[:9]
    assert np.array_equal(found.predict_proba(frame), expected.predict_proba(frame))


@pytest.mark.parametrize("source", SOURCES)
def test_columns_by_name_or_by_type(source):
    # A list, since scikit-learn 1.6 cannot read an index of texts of pandas 3.
    first = lambda t: list(t.columns[:1])  # noqa: E731
    for columns in (["age"], ["sex"]), (first, slice("sex", "sex")):
        parts = [(DPStandardScaler(), columns[0]), (DPMinMaxScaler(), columns[1])]
        found = make_dp_column_transformer(*parts, epsilon=5.0)
        found.fit(SOURCES[source](NUMBERS))
        assert list(found.feature_names_in_) == ["age", "sex"]
        names = found.get_feature_names_out()
        assert list(names) == ["dpstandardscaler__age", "dpminmaxscaler__sex"]


def test_chunks_without_names_and_sparse_ones():
    for read in (np.asarray, sparse.csr_array, lambda X: X.to_numpy().tolist()):
        model = make_dp_pipeline(
            FunctionTransformer(np.abs, accept_sparse=True),
            DPLogisticRegression(bounds=(0, 99), classes=[0, 1]),
            epsilon=9.0,
        )
        rows = ChunkRows(
            lambda read=read: ((read(X), t) for X, t in cut(NUMBERS)() if len(X))
        )
        assert model.fit(rows).score(NUMBERS.to_numpy(), y) > 0.5


class Foreign(Rows):
    """A source that can add, and no more."""

    def __init__(self, rows):
        self.rows, self.n_features = rows, rows.n_features

    def total(self, queries):
        return self.rows.total(queries)

    def encoded(self, classes):
        return Foreign(self.rows.encoded(classes))


@pytest.mark.parametrize("wrap", [lambda rows: rows, Parties])
def test_a_source_without_tables_maps_numbers(wrap):
    rows = wrap(Foreign(ArrayRows(NUMBERS.to_numpy(), y.astype(float))))
    first = make_dp_column_transformer((DPStandardScaler(bounds=(0, 99)), [0, 1]))
    found = make_dp_pipeline(first, DPStandardScaler(), epsilon=9.0).fit(rows)
    assert found[-1].n_features_in_ == 2


def test_a_chunk_with_other_columns_is_refused_whatever_the_map():
    chunks = [TABLE[:120], TABLE[120:][["sex", "age"]]]
    rows = ChunkRows(lambda: ((part, y[:120]) for part in chunks))
    model = make_dp_pipeline(
        FunctionTransformer(lambda X: np.asarray(X)[:, :1].astype(float)),
        DPLogisticRegression(bounds=(0, 99), classes=[0, 1]),
    )
    with pytest.raises(ValueError, match="names of a chunk differ"):
        model.fit(rows)
    narrow = ChunkRows(
        lambda: iter([(np.ones((9, 2)), y[:9]), (np.ones((9, 3)), y[:9])])
    )
    with pytest.raises(ValueError, match="A chunk has 3 features, but 2"):
        model.fit(narrow)


def test_no_error_on_the_way_holds_a_value():
    def fails(X):
        raise ValueError(str(X))

    model = make_dp_pipeline(
        FunctionTransformer(fails), DPLogisticRegression(classes=[0, 1])
    )
    for source in SOURCES.values():
        with pytest.raises(ValueError, match="cannot be read") as error:
            model.fit(source(TABLE))
        assert "50." not in str(error.value)


def test_tallies_of_chunks_keep_types_apart():
    chunks = [pd.DataFrame({"a": a * 50}) for a in ([1, 2], [1.0, 3.0])]
    rows = ChunkRows(lambda: iter(chunks))
    found = DPOneHotEncoder(epsilon=20.0).fit(rows)
    assert {1.0, 2.0, 3.0} <= {v for v in found.categories_[0].tolist() if v == v}
