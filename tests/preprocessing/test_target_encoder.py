"""Target encoding: one table, shrunk means, and folds that nobody else moves."""

from itertools import product

import numpy as np
import pytest
from sklearn.preprocessing import TargetEncoder

from skprivate.base import Curator
from skprivate.preprocessing import DPTargetEncoder
from skprivate.queries._target_cells import TargetCells
from skprivate.rows import TableRows

pd = pytest.importorskip("pandas")

N = 6000
TOWNS = list("abcde")


def data(target, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "town": rng.choice(TOWNS, N, p=[0.4, 0.3, 0.2, 0.09, 0.01]),
            "size": rng.choice(["S", "M"], N),
        }
    )
    effect = X["town"].map(dict(zip(TOWNS, [0, 0.2, 0.5, 0.9, 1], strict=True)))
    effect = effect.to_numpy()
    if target == "continuous":
        return X, 10 * effect + rng.random(N)
    y = (rng.random(N) < effect).astype(int)
    if target == "multiclass":
        y = np.array(["no", "yes", "maybe"])[y + (rng.random(N) < 0.3)]
    return X, y


def told(target, **params):
    classes = {"binary": [0, 1], "multiclass": ["maybe", "no", "yes"]}.get(target)
    return DPTargetEncoder(
        target_type=target, classes=classes, target_bounds=(0, 11), **params
    )


each_target = pytest.mark.parametrize("target", ["continuous", "binary", "multiclass"])


@each_target
@pytest.mark.parametrize("smooth", ["auto", 0.0, 7.0])
def test_without_noise_it_agrees_with_its_namesake(target, smooth):
    X, y = data(target)
    with pytest.warns(UserWarning, match="not private"):
        ours = told(target, smooth=smooth, epsilon=np.inf).fit(X, y)
    theirs = TargetEncoder(target_type=target, smooth=smooth).fit(X, y)
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X), atol=1e-5)
    np.testing.assert_allclose(ours.target_mean_, theirs.target_mean_, atol=1e-5)
    names = theirs.get_feature_names_out().tolist()
    assert ours.get_feature_names_out().tolist() == names


@each_target
def test_with_noise_it_comes_close(target):
    X, y = data(target)
    ours = told(target, random_state=0).fit(X, y)
    theirs = TargetEncoder(target_type=target).fit(X, y)
    scale = np.ptp(theirs.transform(X))
    assert np.mean(np.abs(ours.transform(X) - theirs.transform(X))) < 0.05 * scale
    low, high = ours.output_bounds_
    assert np.all((ours.transform(X) >= low) & (ours.transform(X) <= high))


def test_all_is_one_table_and_a_search():
    X, y = data("binary")
    report = told("binary").fit(X, y).privacy_
    assert [r.query for r in report.releases] == ["Categories", "TargetCells"]
    given = [TOWNS, ["S", "M"]]
    (release,) = told("binary", categories=given).fit(X, y).privacy_.releases
    assert release.sensitivity == pytest.approx(np.sqrt(2))
    assert release.share == 1


def test_unknown_and_missing_values():
    X, y = data("continuous")
    given = [TOWNS[:2], ["S", "M"]]
    encoder = told("continuous", categories=given, random_state=0).fit(X, y)
    rows = pd.DataFrame({"town": ["z", None], "size": ["S", "S"]})
    unknown, missing = encoder.transform(rows)[:, 0]
    others = y[~X["town"].isin(TOWNS[:2])].mean()
    assert abs(unknown - others) < 1
    assert missing == encoder.target_mean_
    assert abs(missing - y.mean()) < 0.5


def test_where_noise_hides_everything_nothing_is_told():
    X, y = data("binary")
    encoder = told(
        "binary", categories=[TOWNS, ["S", "M"]], epsilon=0.01, random_state=0
    )
    encoded = encoder.fit(X[:50], y[:50]).encodings_
    assert np.ptp(np.concatenate(encoded)) < 0.5


@each_target
def test_folds_cost_what_one_table_costs(target):
    X, y = data(target)
    given = [TOWNS, ["S", "M"]]
    encoder = told(target, categories=given)
    encoder.fit_transform(X, y)
    (release,) = encoder.privacy_.releases
    assert release.sensitivity == pytest.approx(np.sqrt(2))
    assert encoder.privacy_.epsilon() == pytest.approx(1.0)
    assert not hasattr(encoder, "_fold_of_rows")
    assert not hasattr(encoder, "_of_folds_")
    assert encoder.transform(X).shape == (N, 2 * (3 if target == "multiclass" else 1))


def test_a_row_is_not_encoded_by_its_own_target():
    """Each row has a category of its own: only its own target could tell it."""
    n = 400
    X = np.arange(n)[:, None] % 200
    y = np.random.default_rng(0).integers(0, 2, n)
    given = [np.arange(200).tolist()]
    encoder = told("binary", categories=given, epsilon=np.inf, smooth=0.01, cv=50)
    with pytest.warns(UserWarning, match="not private"):
        encoded = encoder.fit_transform(X, y)
    with pytest.warns(UserWarning, match="not private"):
        seen = encoder.fit(X, y).transform(X)
    assert np.corrcoef(seen[:, 0], y)[0, 1] > 0.5
    assert np.corrcoef(encoded[:, 0], y)[0, 1] < 0.2


def test_the_fold_of_a_row_is_decided_by_a_coin(monkeypatch):
    """A row more leaves all others where they were, and is in one fold's table."""
    X, y = data("binary")
    X, y = X[:40], y[:40]
    tables = []
    original = Curator.release

    def release(curator, *queries, share):
        (query,) = queries
        rows = curator._rows
        assert isinstance(rows, TableRows)
        tables.append(query.tables(rows.total([query])[0] * query.step))
        return original(curator, *queries, share=share)

    monkeypatch.setattr(Curator, "release", release)
    encoder = told("binary", categories=[TOWNS, ["S", "M"]], random_state=0)
    for n in (39, 40):
        encoder.fit_transform(X[:n], y[:n])
    for before, after in zip(*tables, strict=True):
        assert np.abs(after - before).sum() == 1


def test_groups_go_to_one_fold():
    X, y = data("binary")
    groups = np.arange(N) // 3
    encoder = told("binary", categories=[TOWNS, ["S", "M"]], max_rows_per_group=3)
    encoder.fit_transform(X, y, groups=groups, sample_weight=np.ones(N))
    assert encoder.privacy_.releases[0].sensitivity == pytest.approx(3 * np.sqrt(2))


def test_the_square_is_in_three_parts():
    """Count, sum and sum of squares of a column come back from its cells."""
    rng = np.random.default_rng(0)
    y = rng.uniform(-1, 4, 500)
    X = rng.integers(0, 3, (500, 1)).astype(float)
    query = TargetCells((3,), 3, (-1.0, 4.0))
    (table,) = query.tables(query(X, y, np.empty(0)) * query.step)
    t = (y + 1) / 5
    for c in range(3):
        cells, own = table[0, c], t[X[:, 0] == c]
        assert cells.sum() == len(own)
        assert cells @ [0, 0.5, 1] == pytest.approx(own.sum(), rel=1e-4)
        assert cells[2] == pytest.approx((own**2).sum(), rel=1e-4)


@pytest.mark.parametrize(
    ("n_parts", "bounds", "n_folds"),
    [*product([2, 3], [(0.0, 1.0), (-3.0, -3.0)], [1, 4]), (4, None, 3)],
)
def test_parts_of_a_row_are_whole_and_add_up(n_parts, bounds, n_folds):
    rng = np.random.default_rng(1)
    query = TargetCells((2, 5), n_parts, bounds, n_folds)
    for y in (0.0, 1.0, 1 / 3, 1e308, -1e308, 5e-324, *rng.random(50)):
        for w in (1.0, 1e-300, 0.0, 0.1, rng.random()):
            X = np.array([[1.0, 9.0, float(rng.integers(n_folds))]])[
                :, : 2 + (n_folds > 1)
            ]
            labels = np.array([y if bounds else rng.integers(n_parts)])
            cells = query(X, labels, np.array([w]))
            assert np.all(cells >= 0)
            assert cells.sum() == 2 * np.rint(w / query.step)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"target_type": "binary", "classes": [0, 1, 2]}, "exactly two"),
        ({"classes": [0, 1]}, "classes are for"),
        ({"categories": [["a"]]}, "2 columns of categories"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(params, message):
    X, y = data("binary")
    with pytest.raises(ValueError, match=message):
        DPTargetEncoder(**params).fit(X, y)


def test_folds_need_rows_in_memory():
    from skprivate.rows import ChunkRows

    with pytest.raises(TypeError, match="must be in memory"):
        told("binary").fit_transform(ChunkRows(lambda: iter([])), None)
