"""Chunks and blocks that differ in what their types list, or in size."""

import numpy as np
import pandas as pd
import pytest

from skprivate import PrivacyLedger
from skprivate.compose import DPTableVectorizer
from skprivate.exploration import DPDataProfile
from skprivate.linear_model import DPLogisticRegression
from skprivate.preprocessing import DPOneHotEncoder, DPOrdinalEncoder
from skprivate.rows import ChunkRows, DaskRows, schema_of

da = pytest.importorskip("dask.array")
dd = pytest.importorskip("dask.dataframe")
pl = pytest.importorskip("polars")

# dask's own, where it reads files.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")
PLANS = ["free", "team"]
FINDING = [DPOneHotEncoder(), DPOrdinalEncoder(), DPTableVectorizer(), DPDataProfile()]


def name_of(estimator):
    return type(estimator).__name__


def chunks_of(*lists, kind=pd.Categorical):
    """Chunks of one column, each of which lists its own categories."""
    if kind is pl.Enum:
        frames = [
            pl.DataFrame({"plan": pl.Series([*values], dtype=pl.Enum([*listed]))})
            for values, listed in lists
        ]
    else:
        frames = [
            pd.DataFrame({"plan": pd.Categorical([*values], categories=[*listed])})
            for values, listed in lists
        ]
    return ChunkRows(lambda: iter(frames))


@pytest.mark.parametrize("kind", [pd.Categorical, pl.Enum])
@pytest.mark.parametrize("estimator", FINDING, ids=name_of)
def test_what_the_first_chunk_lists_is_not_all(estimator, kind):
    """Lists that differ declare nothing: categories are found, at a price, in all."""
    one, other = (["free"] * 500, ["free"]), (["team"] * 900, ["team"])
    for lists in ((one, other), (other, one), (one, (other[0], PLANS))):
        fitted = estimator.set_params(epsilon=20.0).fit(chunks_of(*lists, kind=kind))
        assert found_by(fitted) == PLANS


def found_by(fitted):
    """Categories of the only column."""
    assert "Categories" in {release.query for release in fitted.privacy_.releases}
    if hasattr(fitted, "schema_"):
        return sorted(fitted.schema_["plan"].categories)
    return fitted.categories_[0].tolist()


def test_a_later_chunk_may_list_nothing():
    frames = [
        pd.DataFrame({"plan": pd.Categorical(["free"])}),
        pd.DataFrame({"plan": ["team"] * 9}),
    ]
    assert schema_of(ChunkRows(lambda: iter(frames)))[0].declared is None


@pytest.mark.parametrize("kind", [pd.Categorical, pl.Enum])
def test_what_all_chunks_list_is_known(kind):
    rows = chunks_of((["free"] * 50, PLANS), (["team"] * 150, PLANS), kind=kind)
    encoder = DPOneHotEncoder(epsilon=20.0).fit(rows)
    assert encoder.categories_[0].tolist() == PLANS
    np.testing.assert_allclose(encoder.category_counts_[0], [50, 150], atol=20)


@pytest.mark.parametrize("kind", [pd.Categorical, pl.Enum])
def test_what_the_user_lists_is_all_though_chunks_differ(kind):
    rows = chunks_of((["free"] * 50, ["free"]), (["team"] * 150, ["team"]), kind=kind)
    encoder = DPOneHotEncoder(categories=[PLANS], epsilon=20.0).fit(rows)
    np.testing.assert_allclose(encoder.category_counts_[0], [50, 150], atol=20)
    table = DPTableVectorizer(schema={"plan": PLANS}, epsilon=20.0).fit(rows)
    assert table.get_feature_names_out().tolist() == ["plan_team"]


@pytest.mark.parametrize("estimator", FINDING, ids=name_of)
def test_categories_that_dask_has_yet_to_find(estimator):
    """They are found, at a price; those that a type lists are public."""
    frame = dd.from_pandas(pd.DataFrame({"plan": PLANS * 500}), npartitions=3)
    unknown = frame.astype({"plan": "category"})
    for X in (frame, unknown):
        assert found_by(estimator.set_params(epsilon=20.0).fit(X)) == PLANS
    known = estimator.fit(unknown.categorize())
    assert "Categories" not in {release.query for release in known.privacy_.releases}


def test_blocks_that_list_other_categories_than_dask_says():
    from dask import delayed

    parts = [
        pd.DataFrame({"plan": pd.Categorical(v, categories=PLANS[:n])})
        for v, n in ((["free"], 2), (["free"], 1))
    ]
    frame = dd.from_delayed([*map(delayed, parts)], meta=parts[0], verify_meta=False)
    with pytest.raises(ValueError, match="lists other categories"):
        DPOneHotEncoder(epsilon=20.0).fit(frame)


@pytest.fixture
def table(rng):
    frame = pd.DataFrame(rng.normal(size=(800, 8)), columns=[f"x{i}" for i in range(8)])
    return frame.assign(y=(frame["x0"] > 0).astype(int))


@pytest.fixture
def cut(table, tmp_path):
    """Features, targets and weights of the same rows, cut in several ways."""
    for i in range(8):
        part = table.iloc[100 * i : 100 * (i + 1)]
        part.to_parquet(tmp_path / f"{i}.parquet", index=False)
    file = dd.read_parquet(tmp_path)
    few = dd.from_pandas(table, npartitions=3)
    return {
        "file": file,
        "three": few,
        "five": dd.from_pandas(table, npartitions=5),
        "unknown": few.clear_divisions(),
    }


@pytest.mark.parametrize("of_X", ["file", "three", "unknown"])
@pytest.mark.parametrize("of_y", ["file", "three", "five", "unknown"])
@pytest.mark.parametrize("in_array", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_dask_collections_are_cut_alike(cut, table, of_X, of_y, in_array):
    names = ["x0", "x1"]
    X, y = cut[of_X][names], cut[of_y]["y"]
    if all(in_array) and {of_X, of_y} in ({"file", "three"}, {"file", "unknown"}):
        return  # blocks of two unknown sizes, and by chance as many: refused
    X = X.values if in_array[0] else X
    y = y.values if in_array[1] else y
    weights = cut["five"]["x2"].abs()
    params = {"bounds": (-4, 4), "classes": [0, 1], "random_state": 0}
    model = DPLogisticRegression(**params)
    expected = model.fit(
        table[names], table["y"], sample_weight=table["x2"].abs()
    ).coef_.copy()
    found = model.fit(X, y, sample_weight=weights).coef_
    np.testing.assert_array_equal(found, expected)


def test_collections_of_other_lengths_are_refused(cut):
    X, y = cut["unknown"][["x0"]], cut["file"]["y"]
    model = DPLogisticRegression(bounds=(-4, 4), classes=[0, 1])
    with PrivacyLedger(), pytest.raises(ValueError, match="inconsistent numbers"):
        model.fit(X, y.partitions[:3])
    with pytest.raises(ValueError, match="inconsistent numbers"):
        model.fit(X.values, y.partitions[:3].values)


def test_a_target_is_cut_once(cut, monkeypatch):
    from skprivate.rows import _dask

    calls, by_number = [], _dask._cut_by_number

    def counted(*args):
        calls.append(args)
        return by_number(*args)

    monkeypatch.setattr(_dask, "_cut_by_number", counted)
    model = DPLogisticRegression(classes=[0, 1])
    model.fit(DaskRows(cut["unknown"][["x0", "x1"]], cut["file"]["y"]))
    assert len(calls) == 1
