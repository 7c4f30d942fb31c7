"""Rows of mixtures, of marginals, and between released points."""

import datetime

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from skprivate.base import UtilityWarning
from skprivate.combine import DPCombine
from skprivate.over_sampling import DPSMOTE, DPSMOTENC, DPSyntheticOverSampler

pl = pytest.importorskip("polars")

rng = np.random.default_rng(0)
SEEDED = {"random_state": 0, "epsilon": 20.0}
SHAPES = rng.normal(0, 0.3, (2000, 2)) + np.repeat([[-3, 3], [3, -3]], 1000, axis=0)
X = np.r_[rng.normal(0, 1, (9000, 2)), SHAPES]
y = np.repeat([0, 1], [9000, 2000])
DRAWN = {
    "gaussian": DPSyntheticOverSampler(bounds=(-6, 6), **SEEDED),
    "mixture": DPSyntheticOverSampler(method="mixture", bounds=(-6, 6), **SEEDED),
    "marginals": DPSyntheticOverSampler(method="marginals", bounds=(-6, 6), **SEEDED),
    "smote": DPSMOTE(bounds=(-6, 6), **SEEDED),
    "smotenc": DPSMOTENC(bounds=(-6, 6), **SEEDED),
}
every_way = pytest.mark.parametrize("name", DRAWN)


@every_way
def test_new_rows_come_last_within_bounds_and_as_many_as_wanted(name):
    sampler = DRAWN[name]
    X_more, y_more = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_more[:11_000], X)
    assert np.all(y_more[11_000:] == 1)
    assert abs(len(X_more) - 18_000) < 200
    assert np.abs(X_more).max() <= 6
    again, _ = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_more, again)
    assert sampler.stability == 1


def test_a_mixture_tells_two_lumps_apart():
    new = DRAWN["mixture"].fit_resample(X, y)[0][11_000:]
    assert np.mean(new[:, 0] * new[:, 1] < -1) > 0.9
    new = DRAWN["smote"].fit_resample(X, y)[0][11_000:]
    assert np.mean(new[:, 0] * new[:, 1] < -1) > 0.9


def test_marginals_keep_the_shape_of_a_column():
    new = DRAWN["marginals"].fit_resample(X, y)[0][11_000:]
    assert np.mean(np.abs(np.abs(new[:, 0]) - 3) < 1.5) > 0.8


FRAME = pd.DataFrame(
    {
        "a": np.where(np.arange(11_000) % 5, X[:, 0], np.nan),
        "town": np.where(y == 1, "Ulm", "Bonn"),
        "plan": pd.Categorical(np.where(X[:, 1] > 0, "firm", "free")),
        "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(11_000), "h"),
        "n": np.arange(11_000) % 7,
        "old": X[:, 0] > 0,
    }
)
FRAME.loc[::4, "town"] = None
OF_TABLES = {
    "marginals": DPSyntheticOverSampler(method="marginals", **SEEDED),
    "smotenc": DPSMOTENC(**SEEDED),
    "combine": DPCombine(method="marginals", **SEEDED),
}


@pytest.mark.parametrize("name", OF_TABLES)
@pytest.mark.parametrize("read", [pd.DataFrame, pl.from_pandas], ids=["pandas", "pl"])
def test_tables_with_text_dates_and_gaps(name, read):
    table = read(FRAME)
    more, labels = OF_TABLES[name].fit_resample(table, y)
    if read is pd.DataFrame:
        assert more.dtypes.to_dict() == FRAME.dtypes.to_dict()
    else:
        assert more.schema == table.schema
        more = more.to_pandas()
    new = more[-2000:]
    assert np.all(labels[-2000:] == 1)
    assert new["town"].value_counts().index[0] == "Ulm"
    assert 0.1 < new["town"].isna().mean() < 0.45
    assert 0.02 < new["a"].isna().mean() < 0.4
    assert set(new["plan"].dropna()) <= {"firm", "free"}
    assert new["n"].between(-1, 8).all()


def test_dates_with_zones_objects_and_declared_facts():
    days = [datetime.date(2020, 1, 1 + i % 28) for i in range(11_000)]
    table = pd.DataFrame(
        {"when": FRAME["day"].dt.tz_localize("UTC"), "day": days, "k": y}
    )
    sampler = DPSMOTENC(
        schema={"day": ("2020-01-01", "2020-02-01")},
        categorical_features=["k"],
        **SEEDED,
    )
    more, _ = sampler.fit_resample(table, y)
    assert more.dtypes.to_dict() == table.dtypes.to_dict()
    assert set(more["k"]) <= {0, 1}


@pytest.mark.parametrize("sampler", [DPSMOTE(bounds=(0, 1)), DPSMOTENC(bounds=(0, 1))])
def test_nothing_to_add(sampler):
    strategy = {1: 1}
    sampler.set_params(sampling_strategy=strategy, **SEEDED)
    more, labels = sampler.fit_resample(X, y)
    assert len(more) == len(labels) == 11_000


def test_sparse_rows():
    for name in ("gaussian", "smote"):
        more, _ = DRAWN[name].fit_resample(sparse.csr_array(X), y)
        assert sparse.issparse(more)
    for name in ("mixture", "marginals", "smotenc"):
        with pytest.raises(TypeError, match="dense"):
            DRAWN[name].fit_resample(sparse.csr_array(X), y)


@every_way
@pytest.mark.parametrize("n_few", [0, 1, 2, 3])
def test_a_class_of_hardly_any_rows(name, n_few):
    rows = slice(0, 9000 + n_few)
    sampler = (
        DRAWN[name]
        .__class__(**DRAWN[name].get_params())
        .set_params(classes=[0, 1, 2], epsilon=1.0)
    )
    with pytest.warns(UtilityWarning, match="noise hides the rows"):
        more, labels = sampler.fit_resample(X[rows], y[rows])
    assert np.isfinite(more).all()
    assert set(np.unique(labels)) <= {0, 1, 2}


@every_way
def test_too_many_rows_are_refused_before_anything_is_paid(name):
    from skprivate import PrivacyLedger

    sampler = (
        DRAWN[name]
        .__class__(**DRAWN[name].get_params())
        .set_params(sampling_strategy={1: 10**9}, classes=[0, 1], random_state=None)
    )
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="two gigabytes"):
        sampler.fit_resample(X, y)
    assert not ledger.records


@every_way
def test_bad_targets(name):
    sampler = DRAWN[name].__class__(**DRAWN[name].get_params())
    with pytest.raises(ValueError, match="only one class"):
        sampler.fit_resample(X, np.zeros(11_000, int))
    with pytest.raises(ValueError, match="not in `classes`"):
        sampler.set_params(classes=[0, 5]).fit_resample(X, y)
    with pytest.raises(ValueError):
        sampler.fit_resample(X, np.c_[y, y])  # several labels of one row


def test_a_column_that_is_all_gaps():
    table = FRAME.assign(a=np.nan, town=None)
    for sampler in OF_TABLES.values():
        more, _ = sampler.fit_resample(table, y)
        assert more["a"].isna().all()
        assert more["town"].isna().all()


def test_where_no_category_is_known_no_rows_are_made():
    table = pd.DataFrame({"id": [f"u{i}" for i in range(3000)]})
    labels = np.repeat([0, 1], [2800, 200])
    with pytest.warns(UtilityWarning, match="no category was found"):
        more, _ = DPSMOTENC(random_state=0).fit_resample(table, labels)
    assert len(more) == 3000


@pytest.mark.parametrize(
    ("strategy", "few", "many"),
    [
        ("auto", 3000, 3000),
        (0.25, 1500, 6000),
        ("majority", 1000, 3000),
        ("minority", 3000, 9000),
        ({1: 0.5, 0: 0.5}, 4500, 4500),
        ({1: 2000, 0: 5000}, 2000, 5000),
    ],
)
def test_classes_meet(strategy, few, many):
    rows = np.r_[X[:9000], X[-1000:]]
    labels = np.repeat([0, 1], [9000, 1000])
    sampler = DPCombine(strategy, bounds=(-6, 6), **SEEDED)
    X_met, y_met = sampler.fit_resample(rows, labels)
    assert np.bincount(y_met) == pytest.approx([many, few], rel=0.06)
    kept = X_met[y_met == 0]
    assert np.isin(kept[:, 0], rows[:, 0]).all()


def test_points_are_no_more_than_rows_need():
    from skprivate.over_sampling._draws import points_of

    found = points_of(np.array([0, 1, 20, 10**6]), 5)
    assert found.tolist() == [0, 14, 166, 1024]
    many = np.arange(3000) % 1000
    for name in ("smote", "smotenc"):
        sampler = DRAWN[name].__class__(**DRAWN[name].get_params())
        sampler.set_params(classes=None, sampling_strategy=dict.fromkeys(range(9), 20))
        more, labels = sampler.fit_resample(X[:3000], many)
        assert len(more) == len(labels) < 3200
