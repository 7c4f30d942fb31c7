"""Texts, None, pandas.NA and sparse rows in DPSimpleImputer."""

import numpy as np
import pytest
import sklearn
from scipy import sparse
from sklearn.impute import SimpleImputer
from sklearn.utils import get_tags

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.impute import DPSimpleImputer
from skprivate.linear_model import DPLogisticRegression
from skprivate.preprocessing import DPOneHotEncoder
from skprivate.rows import ArrayRows, ChunkRows, Parties

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")

N = 900
TOWNS = ["Ulm", "Ulm", None] * (N // 3)
TABLE = pd.DataFrame({"town": TOWNS, "plan": ["x", None, "y"] * (N // 3)})
SIZES = pd.Categorical(["S", None, "S"] * (N // 3), ["S", "L"])
FREQUENT = {"strategy": "most_frequent", "epsilon": 9.0}


@pytest.mark.parametrize(
    "X",
    [
        TABLE,
        pl.from_pandas(TABLE),
        TABLE.astype("string"),
        TABLE.to_numpy(dtype=object),
        TABLE.assign(size=SIZES),
        TABLE.assign(size=SIZES)[["size"]],
    ],
    ids=["pandas", "polars", "string", "objects", "declared", "declared alone"],
)
def test_the_most_frequent_text_stands_in(X):
    imputer = DPSimpleImputer(**FREQUENT).fit(X)
    filled = imputer.transform(X)
    assert filled.shape == X.shape
    assert not pd.isna(filled).any()
    if X.shape[1] > 1:
        assert imputer.statistics_[0] == "Ulm"
        assert [*filled[:3, 0]] == ["Ulm"] * 3
        assert filled[1, 1] in ("x", "y")
    if X.shape[1] != 2:
        assert imputer.statistics_[-1] == "S"
    assert imputer.privacy_.epsilon() <= 9.0


def test_a_text_may_stand_for_what_is_missing():
    X = TABLE.fillna("?")
    imputer = DPSimpleImputer(missing_values="?", **FREQUENT).fit(X)
    assert imputer.statistics_[0] == "Ulm"
    assert "?" not in imputer.transform(X)


def test_constants_of_texts():
    ours = DPSimpleImputer(strategy="constant").fit(TABLE)
    objects = TABLE.astype(object).where(TABLE.notna(), None).to_numpy()
    theirs = SimpleImputer(strategy="constant", missing_values=None).fit(objects)
    assert np.array_equal(ours.transform(TABLE), theirs.transform(objects))
    assert ours.privacy_.releases == ()
    told = DPSimpleImputer(strategy="constant", fill_value="none").fit(TABLE)
    assert told.transform(TABLE)[2, 0] == "none"


def test_marks_and_the_way_back():
    imputer = DPSimpleImputer(add_indicator=True, **FREQUENT).fit(TABLE)
    Z = imputer.transform(TABLE)
    assert Z.shape == (N, 4)
    assert [*imputer.get_feature_names_out()] == [
        "town", "plan", "missingindicator_town", "missingindicator_plan",
    ]  # fmt: skip
    back = imputer.inverse_transform(Z)
    assert np.array_equal(pd.isna(back), TABLE.isna())


def test_nothing_frequent_is_filled_all_the_same():
    lonely = pd.DataFrame({"a": [f"t{i}" for i in range(50)] + [None]})
    filled = DPSimpleImputer(strategy="most_frequent").fit(lonely).transform(lonely)
    assert filled[-1, 0] == "missing_value"


@pytest.mark.parametrize("strategy", ["most_frequent", "constant"])
def test_numbers_stay_numbers_beside_texts(strategy):
    lonely = pd.DataFrame({"a": np.arange(30.0), "b": [f"t{i}" for i in range(30)]})
    lonely["c"] = pd.array([True, False, None] * 10, dtype="boolean")
    lonely.loc[29, :] = [np.nan, None, None]
    pipe = make_dp_pipeline(
        DPSimpleImputer(strategy=strategy),
        DPOneHotEncoder(handle_unknown="ignore"),
        DPLogisticRegression(classes=[0, 1]),
    )
    # Before, an encoder met a text among numbers, if and only if a value was missing.
    pipe.fit(lonely, np.arange(30) % 2)
    assert pipe[0].statistics_[0] == 0
    assert pipe[0].statistics_[1] == "missing_value"
    assert isinstance(pipe[0].statistics_[2], bool)


@pytest.mark.parametrize("missing", [np.nan, None, pd.NA])
def test_no_value_is_one_thing(missing):
    X = pd.DataFrame({"a": pd.array([1, 3, None] * 300, dtype="Int64")})
    imputer = DPSimpleImputer(missing_values=missing, bounds=(0, 5), epsilon=9.0)
    assert get_tags(imputer).input_tags.allow_nan
    if not sklearn.__version__.startswith("1.7."):  # fails to show pd.NA, its own too
        assert "DPSimpleImputer" in imputer._repr_html_()
    filled = imputer.fit(X).transform(X)
    assert filled[:3].ravel() == pytest.approx([1, 3, 2], abs=0.1)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("strategy", ["mean", "median", "most_frequent", "constant"])
@pytest.mark.parametrize("add_indicator", [False, True])
def test_sparse_rows(strategy, add_indicator):
    dense = np.random.default_rng(0).integers(0, 4, (3000, 3)).astype(float)
    dense[::5, 0] = np.nan
    X = sparse.csr_array(dense)
    given = {"strategy": strategy, "add_indicator": add_indicator}
    ours = DPSimpleImputer(bounds=(0, 4), epsilon=np.inf, **given)
    filled = ours.fit(X).transform(X)
    assert sparse.issparse(filled)
    expected = ours.fit(dense).transform(dense)
    np.testing.assert_allclose(filled.toarray(), expected, atol=1e-9)
    assert np.isnan(X.toarray()).sum() == 600  # was not changed


def test_zeros_of_sparse_rows_are_not_stored():
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="zero"):
        DPSimpleImputer(missing_values=0).fit(sparse.csr_array(np.eye(3)))
    assert len(ledger.records) == 0


@pytest.mark.parametrize("strategy", ["mean", "median", "most_frequent"])
def test_sources_of_sparse_rows(strategy):
    X = sparse.csr_array(np.random.default_rng(0).integers(0, 3, (60, 2)) * 1.0)
    chunks = ChunkRows(lambda: iter([X[:20], X[20:]]))
    given = {"strategy": strategy, "bounds": (0, 2), "random_state": 0}
    found = [DPSimpleImputer(**given).fit(X).statistics_]
    for rows in (chunks, Parties(chunks, ArrayRows(X[:0]))):
        found.append(DPSimpleImputer(**given).fit(rows).statistics_)
    assert found[0].tolist() == found[1].tolist() == found[2].tolist()
    for rows in (chunks, ArrayRows(X)):
        with pytest.raises(TypeError, match="dense"):
            DPSimpleImputer(missing_values=0, **given).fit(rows)


@pytest.mark.parametrize(
    ("params", "X"),
    [
        ({"missing_values": "?"}, np.zeros((9, 2))),
        ({"strategy": "constant", "fill_value": "a"}, np.zeros((9, 2))),
        ({"missing_values": object()}, np.zeros((9, 2))),
        ({"strategy": "mean"}, TABLE),
        ({"fill_value": "a", "strategy": "most_frequent"}, TABLE),
    ],
)
def test_mistakes_are_free(params, X):
    with PrivacyLedger() as ledger, pytest.raises((TypeError, ValueError)):
        DPSimpleImputer(**params).fit(X)
    assert len(ledger.records) == 0


def test_in_a_pipeline():
    y = (TABLE["town"] == "Ulm").to_numpy().astype(int)
    pipe = make_dp_pipeline(
        DPSimpleImputer(strategy="most_frequent"),
        DPOneHotEncoder(),
        DPLogisticRegression(classes=[0, 1]),
        epsilon=9.0,
    )
    assert pipe.fit(TABLE, y).predict(TABLE).shape == (N,)
    assert pipe.privacy_.epsilon() <= 9.0
