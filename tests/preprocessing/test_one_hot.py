"""One-hot encoding: what is known, what is found, and what becomes of the rest."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.preprocessing import OneHotEncoder

from skprivate.preprocessing import DPOneHotEncoder

pd = pytest.importorskip("pandas")


def table(n=3000):
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "town": rng.choice(["Ulm", "Bonn", "Kiel"], n),
            "rooms": rng.choice([1, 2, 3], n),
            "size": pd.Categorical(rng.choice(["S", "M"], n), categories=["S", "M"]),
            "new": rng.random(n) < 0.5,
        }
    )


@pytest.fixture
def exact():
    with pytest.warns(UserWarning, match="not private"):
        yield DPOneHotEncoder(epsilon=np.inf)


def test_without_noise_it_agrees_with_its_namesake(exact):
    X = table()
    X.loc[::7, "town"] = None
    ours, theirs = exact.fit(X), OneHotEncoder().fit(X)
    assert ours.categories_[1].dtype.kind == "i"
    names = ours.get_feature_names_out()
    common = [not name.endswith("infrequent_sklearn") for name in names]
    expected = [n.replace("None", "nan") for n in theirs.get_feature_names_out()]
    order = [expected.index(name) for name in names[common]]
    found = ours.transform(X)[:, np.flatnonzero(common)]
    assert (found != theirs.transform(X)[:, order]).nnz == 0


@pytest.mark.parametrize("limits", [{"min_frequency": 50}, {"max_categories": 3}])
def test_rare_given_categories_are_those_of_the_namesake(limits):
    rng = np.random.default_rng(0)
    X = rng.choice(4, (2000, 2), p=[0.5, 0.3, 0.19, 0.01])
    given = [[0, 1, 2, 3]] * 2
    theirs = OneHotEncoder(categories=given, **limits).fit(X)
    ours = DPOneHotEncoder(categories=given, **limits).fit(X)
    for mine, other in zip(
        ours.infrequent_categories_, theirs.infrequent_categories_, strict=True
    ):
        assert mine.tolist() == other.tolist()
    assert (ours.transform(X) != theirs.transform(X)).nnz == 0
    names = theirs.get_feature_names_out().tolist()
    assert ours.get_feature_names_out().tolist() == names
    back = theirs.inverse_transform(theirs.transform(X))
    np.testing.assert_array_equal(ours.inverse_transform(ours.transform(X)), back)


def test_rare_values_share_a_column():
    X = table()
    X.loc[0, "town"] = "SECRET"
    encoder = DPOneHotEncoder(sparse_output=False).fit(X)
    assert encoder.categories_[0].tolist() == ["Bonn", "Kiel", "Ulm"]
    assert encoder.transform(X[:1])[0, :4].tolist() == [0, 0, 0, 1]
    assert encoder.inverse_transform(encoder.transform(X[:1]))[0, 0] == (
        "infrequent_sklearn"
    )
    assert [np.abs(c - 1000).max() < 200 for c in encoder.category_counts_[:2]]
    low, high = encoder.output_bounds_
    assert len(low) == encoder.transform(X).shape[1]
    assert (low == 0).all()
    assert (high == 1).all()


def test_given_and_found_columns_may_be_mixed():
    X = table()[["town", "rooms"]]
    encoder = DPOneHotEncoder(categories=["private", [1, 2, 3, 4]]).fit(X)
    shares = {r.query: r.share for r in encoder.privacy_.releases}
    assert shares == pytest.approx({"Categories": 0.5, "CategoryCounts": 0.5})
    assert encoder.transform(X).shape[1] == 4 + 4


@pytest.mark.parametrize(
    ("how", "expected"), [("infrequent_if_exist", [0, 1]), ("ignore", [0, 0])]
)
def test_unknown_values_of_given_categories(how, expected):
    X = [["a"]] * 500 + [["b"]]
    encoder = DPOneHotEncoder(
        categories=[["a", "b"]], min_frequency=100, handle_unknown=how
    ).fit(X)
    assert encoder.transform([["c"], [None]]).toarray().tolist() == [expected] * 2
    assert encoder.transform([["b"]]).toarray().tolist() == [[0, 1]]


def test_unknown_values_are_refused_and_not_shown():
    encoder = DPOneHotEncoder(categories=[["a"]], handle_unknown="error")
    encoder.fit([["a"], ["SECRET"]])
    with pytest.raises(ValueError, match="column 0") as caught:
        encoder.transform([["SECRET"]])
    assert "SECRET" not in str(caught.value)


def test_missing_values_may_be_given():
    encoder = DPOneHotEncoder(categories=[["a", None]]).fit([["a"], [None]])
    assert encoder.transform([[np.nan], ["a"]]).toarray().tolist() == [[0, 1], [1, 0]]


def test_output_is_sparse_or_a_frame():
    X = table()
    encoder = DPOneHotEncoder(dtype=np.float32).fit(X)
    encoded = encoder.transform(X)
    assert sparse.issparse(encoded)
    assert encoded.dtype == np.float32
    assert encoded.nnz == X.size
    for kind in ("pandas", "polars"):
        pytest.importorskip(kind)
        framed = DPOneHotEncoder(sparse_output=False).set_output(transform=kind)
        assert list(framed.fit(X).transform(X).columns) == list(
            framed.get_feature_names_out()
        )


def test_names_may_be_combined_otherwise():
    encoder = DPOneHotEncoder(
        categories=[["a"]], feature_name_combiner=lambda f, c: f"{c} of {f}"
    )
    assert encoder.fit([["a"]]).get_feature_names_out().tolist() == ["a of x0"]


def test_columns_of_polars_and_objects_give_the_same():
    pl = pytest.importorskip("polars")
    X, given = table()[["town", "new"]], [["Ulm", "Bonn"], [False, True]]
    encoder = DPOneHotEncoder(categories=given).fit(X)
    encoded = encoder.transform(X)
    for other in (pl.from_pandas(X), X.to_numpy(object), X.to_numpy(object).tolist()):
        encoder = DPOneHotEncoder(categories=given).fit(other)
        assert (encoder.transform(other) != encoded).nnz == 0


def test_columns_without_values_and_constant_ones():
    X = pd.DataFrame({"none": [None] * 1000, "one": ["x"] * 1000})
    encoder = DPOneHotEncoder().fit(X)
    assert len(encoder.categories_[0]) == 1  # missing, which is frequent
    assert encoder.categories_[1].tolist() == ["x"]
    assert encoder.transform(X[:1]).toarray().tolist() == [[1, 0, 1, 0]]


def test_a_million_different_texts_are_one_column():
    X = pd.DataFrame({"id": pd.Series(np.arange(10**6).astype(str))})
    encoder = DPOneHotEncoder().fit(X)
    assert len(encoder.categories_[0]) <= 1
    assert encoder.transform(X).shape[1] == len(encoder.categories_[0]) + 1
