"""One-hot encoding without a column for one category of each feature."""

import warnings

import numpy as np
import pytest
from sklearn.preprocessing import OneHotEncoder

from skprivate.preprocessing import DPOneHotEncoder

pd = pytest.importorskip("pandas")

GIVEN = [["a", "b", "c"], ["no", "yes"], ["x"], ["k", "l", "m", "n"]]
SHARES = [[0.5, 0.49, 0.01], [0.3, 0.7], [1.0], [0.01, 0.01, 0.48, 0.5]]
DROPS = [None, "first", "if_binary", ["b", "yes", "x", "n"]]
LIMITS = [{}, {"min_frequency": 0.1}, {"max_categories": 2}]
every_drop = pytest.mark.parametrize("drop", DROPS, ids=str)
every_limit = pytest.mark.parametrize("limits", LIMITS, ids=str)


def table(n=2000):
    rng = np.random.default_rng(0)
    pairs = zip(GIVEN, SHARES, strict=True)
    columns = [rng.choice(np.array(c, object), n, p=p) for c, p in pairs]
    return np.array(columns, dtype=object).T


def both(X, **params):
    """Ours without noise, and the namesake, fitted."""
    theirs = OneHotEncoder(categories=[np.array(c, object) for c in GIVEN], **params)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "epsilon=inf")
        ours = DPOneHotEncoder(categories=GIVEN, epsilon=np.inf, **params).fit(X)
    return ours, theirs.fit(X)


def ends(n=4):
    unknown = np.full((1, n), "?", dtype=object)
    return np.concatenate([table(200), unknown])


@every_drop
@every_limit
@pytest.mark.parametrize("how", ["ignore", "infrequent_if_exist"])
def test_it_agrees_with_its_namesake(drop, limits, how):
    if isinstance(drop, list) and limits == {"max_categories": 2}:
        drop = ["a", "yes", "x", "n"]  # the namesake refuses to drop a rare one
    ours, theirs = both(table(), drop=drop, handle_unknown=how, **limits)
    names = theirs.get_feature_names_out().tolist()
    assert ours.get_feature_names_out().tolist() == names
    rows = ends()
    encoded = ours.transform(rows)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Found unknown categories")
        assert (encoded != theirs.transform(rows)).nnz == 0
    if theirs.drop_idx_ is None:
        assert ours.drop_idx_ is None
    else:
        assert ours.drop_idx_.tolist() == theirs.drop_idx_.tolist()
    assert len(ours.output_bounds_[0]) == len(names) == encoded.shape[1]


@every_drop
@every_limit
def test_known_rows_come_back_as_from_the_namesake(drop, limits):
    if isinstance(drop, list) and limits == {"max_categories": 2}:
        drop = ["a", "yes", "x", "n"]
    ours, theirs = both(table(), drop=drop, handle_unknown="error", **limits)
    encoded = ours.transform(table())
    back = ours.inverse_transform(encoded)
    np.testing.assert_array_equal(back, theirs.inverse_transform(encoded))
    kept = back != "infrequent_sklearn"
    assert (back == table())[kept].all()
    assert kept.mean() > 0.6


def test_zeros_are_the_dropped_category_or_nothing():
    X = [["a", "u"]] * 300 + [["b", "v"]] * 300
    encoder = DPOneHotEncoder(categories=[["a", "b"], ["u", "v", "w"]])
    encoder.set_params(drop="if_binary").fit(X)
    assert encoder.drop_idx_.tolist() == [0, None]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a warning would tell of rows
        encoded = encoder.transform([["?", "?"]])
    assert encoded.toarray().tolist() == [[0, 0, 0, 0]]
    assert encoder.inverse_transform(encoded).tolist() == [["a", None]]


def test_the_column_of_the_rest_is_dropped_with_a_rare_category():
    X = [["a"]] * 1000 + [["b"]] * 1000 + [["c"]]
    given = DPOneHotEncoder(categories=[["a", "b", "c"]], min_frequency=100, drop=["c"])
    found = DPOneHotEncoder(drop=["c"])
    for encoder, number in ((given, 2), (found, 2)):
        encoder.fit(X)
        assert encoder.get_feature_names_out().tolist() == ["x0_a", "x0_b"]
        assert encoder.transform(X[-1:]).toarray().tolist() == [[0, 0]]
        assert encoder.drop_idx_.tolist() == [number]
        back = encoder.inverse_transform(encoder.transform(X[-1:]))
        assert back.tolist() == [["infrequent_sklearn"]]


def test_found_categories_may_be_dropped():
    X = pd.DataFrame({"town": ["Ulm", "Bonn", None] * 500})
    first = DPOneHotEncoder(drop="first").fit(X)
    assert first.get_feature_names_out().tolist()[0] == "town_Ulm"
    missing = DPOneHotEncoder(drop=[np.nan]).fit(X)
    assert missing.drop_idx_.tolist() == [2]
    assert missing.transform(X[2:3]).toarray().sum() == 0
    assert np.isnan(missing.inverse_transform(missing.transform(X[2:3]))[0, 0])


def test_a_feature_may_lose_its_only_column():
    encoder = DPOneHotEncoder(categories=[["a"], []], drop="first").fit([["a", "b"]])
    assert encoder.transform([["a", "b"]]).shape == (1, 0)
    assert encoder.get_feature_names_out().tolist() == []
    assert encoder.drop_idx_.tolist() == [0, None]


def test_a_plan_needs_no_category_to_be_found():
    for drop in ("first", "if_binary", ["a", "b"]):
        assert DPOneHotEncoder(drop=drop).plan(2).releases


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5])
def test_ties_and_full_lists_are_grouped_as_by_the_namesake(most):
    X = [["a"], ["b"], ["c"], ["d"]] * 5 + [["c"]]
    given = [np.array(["a", "b", "c", "d"], object)]
    theirs = OneHotEncoder(categories=given, max_categories=most).fit(X)
    ours = DPOneHotEncoder(categories=given, max_categories=most, epsilon=np.inf)
    with pytest.warns(UserWarning, match="not private"):
        ours.fit(X)
    names = theirs.get_feature_names_out().tolist()
    assert ours.get_feature_names_out().tolist() == names


@pytest.mark.parametrize("drop", [["a"], [["a"], ["b"]], ["a", "SECRET"], "last", 1])
def test_what_cannot_be_dropped_is_refused(drop):
    encoder = DPOneHotEncoder(categories=[["a"], ["b"]], drop=drop)
    with pytest.raises(ValueError, match="drop") as caught:
        encoder.fit([["a", "b"]])
    assert "SECRET" not in str(caught.value)
