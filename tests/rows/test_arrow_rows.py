"""Rows of parquet files, datasets, lazy frames and relations: the bits of an array."""

import os
import pickle
import subprocess
import sys
from decimal import Decimal
from itertools import count

import joblib
import numpy as np
import pytest

from skprivate import make_dp_pipeline
from skprivate.accounting import Budget
from skprivate.cluster import DPKMeans
from skprivate.compose import DPTableVectorizer
from skprivate.ensemble import DPHistGradientBoostingClassifier
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression, DPRidge, DPSGDClassifier
from skprivate.metrics import get_dp_scorer
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ArrayRows, ArrowRows, ChunkRows, Door, _progress, _raw_files
from skprivate.testing import hostile_rows

pa = pytest.importorskip("pyarrow")
pl = pytest.importorskip("polars")
ds = pytest.importorskip("pyarrow.dataset")
pq = pytest.importorskip("pyarrow.parquet")

N = 900
NAMES = [*"abc"]


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 3))
    return X, (X[:, 0] + rng.normal(size=N) > 0).astype(int)


@pytest.fixture(scope="module")
def shop(rows):
    """A table with text, dates and gaps, a label and the person of each row."""
    rng = np.random.default_rng(1)
    columns = {name: rows[0][:, j] for j, name in enumerate(NAMES)}
    since = rng.integers(0, 10**9, N)
    return pa.table(
        columns
        | {
            "town": rng.choice(["Ulm", "Kiel", "Jena"], N),
            "since": pa.array(since, pa.timestamp("us"), mask=rng.random(N) < 0.1),
            "age": pa.array(rng.normal(50, 9, N), mask=rng.random(N) < 0.1),
            "member": rng.random(N) < 0.5,
            "sick": rows[1],
            "weight": rng.choice([0.0, 0.5, 1.0, 3.0], N),
            "person": rng.integers(0, 200, N),
            "name": rng.choice([f"person {i}" for i in range(200)], N),
        }
    )


@pytest.fixture(scope="module")
def folder(shop, tmp_path_factory):
    """Three files of row groups of uneven sizes, of which one has no row."""
    folder = tmp_path_factory.mktemp("rows")
    for i, (start, size, group) in enumerate(
        [(0, 500, 77), (500, 0, 9), (500, N, 400)]
    ):
        part = shop.slice(start, size)
        pq.write_table(part, folder / f"{i}.parquet", row_group_size=group)
    return folder


def logistic(**options):
    return DPLogisticRegression(
        bounds=(-4, 4), classes=[0, 1], random_state=1, **options
    )


MODELS = {
    "one release": lambda: DPRidge(
        bounds=(-4, 4), target_bounds=(0, 1), random_state=0
    ),
    "many releases": logistic,
    "private bounds": lambda: DPLogisticRegression(
        epsilon=9.0, classes=[0, 1], random_state=2
    ),
    "seeded samples": lambda: DPSGDClassifier(
        bounds=(-4, 4), classes=[0, 1], rate=0.2, max_iter=9, random_state=3
    ),
    "derived columns": lambda: DPHistGradientBoostingClassifier(
        bounds=(-4, 4), classes=[0, 1], max_iter=3, epsilon=9.0, random_state=4
    ),
}


def learned(model):
    """All that a fit has learned, as text and bytes."""
    found = {k: v for k, v in vars(model).items() if k.endswith("_")}
    del found["privacy_"]
    found.pop("feature_names_in_", None)
    return pickle.dumps({k: v for k, v in found.items() if isinstance(v, np.ndarray)})


@pytest.mark.parametrize("store", [True, False])
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("name", MODELS)
def test_a_folder_gives_the_bits_of_an_array(name, n_jobs, store, folder, rows):
    X, y = rows
    if name == "seeded samples" and not store:
        source = ArrowRows(folder, target="sick", features=NAMES, store=False)
        with pytest.raises(ValueError, match="store=True"):
            MODELS[name]().fit(source)
        return
    source = ArrowRows(folder, target="sick", features=NAMES, store=store)
    expected = MODELS[name]().fit(X, y)
    with joblib.parallel_config("threading", n_jobs=n_jobs):
        found = MODELS[name]().fit(source)
    assert learned(found) == learned(expected)
    assert found.feature_names_in_.tolist() == NAMES
    assert str(found.privacy_) == str(expected.privacy_)


def sources(shop, folder):
    """The same rows from everything that tells them, by name."""
    pattern = str(folder / "*.parquet")
    yield "pattern", pattern
    yield "paths", sorted(folder.iterdir())
    yield "dataset", ds.dataset(folder)
    yield "dataset in memory", ds.dataset(shop)
    yield "lazy frame", pl.scan_parquet(pattern)
    yield "frame of polars", pl.from_arrow(shop)
    yield "table", shop
    yield "frame of pandas", shop.to_pandas()


def test_every_source_gives_the_same_bits(shop, folder, rows):
    expected = logistic().fit(*rows).coef_
    for name, source in sources(shop, folder):
        given = ArrowRows(source, target="sick", features=NAMES)
        np.testing.assert_array_equal(logistic().fit(given).coef_, expected, name)


def test_a_relation_of_duckdb_gives_the_same_bits(folder, rows):
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        relation = connection.read_parquet(str(folder / "*.parquet"))
        relation = relation.project('a, b as "b""c", sick, c')
        given = ArrowRows(relation, target="sick")
        assert given.feature_names == ("a", 'b"c', "c")
        found = logistic().fit(given)
    np.testing.assert_array_equal(found.coef_, logistic().fit(*rows).coef_)


def test_tables_through_a_pipeline(shop, folder):
    used = [*NAMES, "town", "since", "age", "member"]
    expected = pipeline().fit(shop.select(used), shop["sick"].to_numpy())
    for name, source in sources(shop, folder):
        given = ArrowRows(source, target="sick", features=used)
        found = pipeline().fit(given)
        np.testing.assert_array_equal(found[-1].coef_, expected[-1].coef_, name)
    said = np.concatenate([*given.apply(found.predict)])
    np.testing.assert_array_equal(said, expected.predict(shop.select(used)))


def pipeline():
    return make_dp_pipeline(
        DPTableVectorizer(random_state=0), logistic(C=3.0), epsilon=20.0
    )


def test_metrics_and_transforms_of_a_source(shop, folder, rows):
    frame = shop.select(NAMES)
    given = ArrowRows(folder, target="sick", features=NAMES)
    model = logistic().fit(given)
    scorer = get_dp_scorer("accuracy").with_budget(Budget(5.0, 1e-6), random_state=0)
    assert float(scorer(model, given)) == float(scorer(model, frame, rows[1]))
    scaler = DPStandardScaler(bounds=(-4, 4)).fit(given)
    parts = [*given.apply(scaler.transform)]
    np.testing.assert_array_equal(np.vstack(parts), scaler.transform(frame))


@pytest.mark.parametrize("groups", ["person", "name"])
@pytest.mark.parametrize("weight", [None, "weight"])
@pytest.mark.parametrize("kind", ["pattern", "lazy frame", "table"])
def test_groups_and_weights(groups, weight, kind, shop, folder, rows):
    options = {"max_rows_per_group": 2, "max_weight": 2.0, "epsilon": 5.0}
    source = dict(sources(shop, folder))[kind]
    given = ArrowRows(
        source, target="sick", weight=weight, groups=groups, features=NAMES
    )
    found = logistic(**options).fit(given)
    weights = 1.0 if weight is None else 0.0 + shop["weight"].to_numpy()
    expected = logistic(**options).fit(
        *rows, sample_weight=np.full(N, weights), groups=shop[groups].to_numpy()
    )
    np.testing.assert_array_equal(found.coef_, expected.coef_)
    assert found.privacy_.unit == "group (2 rows of it count)"


def test_of_a_group_no_more_rows_count(shop):
    given = ArrowRows(shop.select([*NAMES, "person"]), groups="person")
    people = len({*shop["person"].to_pylist()})
    bound = given.through(Door()).bounded(1, None)
    total = sum(rows.weight.sum() for rows in bound._rows_of_items())
    assert total == people


def test_samples_of_groups_are_those_of_an_array(shop, rows):
    model = MODELS["seeded samples"]().set_params(max_rows_per_group=2)
    given = ArrowRows(shop, target="sick", groups="person", features=NAMES)
    people = shop["person"].to_numpy()
    first = learned(model.fit(*rows, groups=people))
    assert learned(model.fit(given)) == first


@pytest.mark.parametrize(
    "kind",
    ["int8", "uint64", "int64", "float32", "float16", "bool", "decimal128(5, 2)"],
)
def test_numbers_of_every_type(kind):
    values = np.random.default_rng(2).integers(0, 2, (200, 2))
    of = pa.decimal128(5, 2) if "(" in kind else pa.type_for_alias(kind)
    told = Decimal if "(" in kind else np.dtype(kind).type
    columns = ([told(int(v)) for v in values[:, j]] for j in (0, 1))
    table = pa.table([pa.array(column, of) for column in columns], names=["a", "b"])
    expected = DPStandardScaler(bounds=(0, 1), random_state=0).fit(table)
    for source in (table, pl.from_arrow(table)):
        found = DPStandardScaler(bounds=(0, 1), random_state=0).fit(ArrowRows(source))
        np.testing.assert_array_equal(found.mean_, expected.mean_)
        assert found.mean_.dtype == expected.mean_.dtype


def test_hostile_rows_add_what_they_add_in_an_array(sums):
    X = hostile_rows(500, 3, seed=4)
    X = X[np.isfinite(X).all(axis=1) & (np.abs(X).max(axis=1) < 1e6)]
    table = pa.table({name: X[:, j] for j, name in enumerate(NAMES)})
    query = sums(n_features=3, target=False)
    (expected,) = ArrayRows(X).through(Door()).total([query])
    source = ArrowRows(table).through(Door())
    for _ in range(2):  # as it is stored, and as it was
        np.testing.assert_array_equal(source.total([query])[0], expected)
    bad = ArrowRows(pa.table({"a": [1.0, np.nan], "b": [np.inf, 0.0]}))
    with pytest.raises(ValueError, match="contains infinity"):
        DPStandardScaler(bounds=(0, 1)).fit(bad)


def test_a_table_is_decoded_once(rows):
    table = pa.table({name: rows[0][:, j] for j, name in enumerate(NAMES)})
    opened = []

    class Table:
        def __arrow_c_stream__(self, requested_schema=None):
            opened.append(1)
            return table.append_column("y", pa.array(rows[1])).__arrow_c_stream__()

    given = ArrowRows(Table(), target="y")
    opened.clear()
    assert len(logistic().fit(given).privacy_.releases) > 5
    assert sum(opened) == 1
    opened.clear()
    logistic().fit(ArrowRows(Table(), target="y", store=False))
    assert sum(opened) > 5


def test_nothing_is_left_of_what_is_stored(rows, tmp_path, monkeypatch):
    made = []
    temporary = _raw_files.tempfile.TemporaryFile

    def noted(**options):
        file = temporary(**options)
        made.append((os.fstat(file.fileno()).st_mode & 0o077, os.listdir(tmp_path)))
        return file

    monkeypatch.setattr(_raw_files.tempfile, "TemporaryFile", noted)
    table = pa.table({"a": rows[0][:, 0], "y": rows[1]})
    logistic().fit(ArrowRows(table, target="y", store=str(tmp_path)))
    assert made
    assert not os.listdir(tmp_path)
    assert {(others, *names) for others, names in made} == {(0,)}


KILLED = """
import os, signal, sys
import numpy as np, pyarrow as pa
from skprivate.linear_model import DPLogisticRegression
from skprivate.rows import ArrowRows, _raw_files
from skprivate.rows._array import ArrayRows
write = _raw_files.RawFiles.write
def stop(self, *args):
    write(self, *args)
    os.kill(os.getpid(), getattr(signal, sys.argv[2]))
_raw_files.RawFiles.write = stop
X = np.random.default_rng(0).normal(size=(200, 2))
table = pa.table({"a": X[:, 0], "b": X[:, 1], "y": (X[:, 0] > 0).astype(int)})
rows = ArrowRows(table, target="y", store=sys.argv[1])
DPLogisticRegression(bounds=(-4, 4), classes=[0, 1]).fit(rows)
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_nothing_is_left_by_a_process_that_ends(how, tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path), how]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode != 0
    assert not os.listdir(tmp_path)


def test_a_full_disk_costs_time_and_no_bits(rows, monkeypatch):
    def full(self, *args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_raw_files.RawFiles, "_write", full)
    table = pa.table({"a": rows[0][:, 0], "y": rows[1]})
    with pytest.warns(RuntimeWarning, match="disk does not take"):
        found = logistic().fit(ArrowRows(table, target="y"))
    np.testing.assert_array_equal(
        found.coef_, logistic().fit(rows[0][:, :1], rows[1]).coef_
    )


def test_an_interrupted_fit_pays_and_leaves_no_model(rows, monkeypatch):
    def stop(self, *args):
        raise KeyboardInterrupt

    table = pa.table({"a": rows[0][:, 0], "y": rows[1]})
    ledger, model = PrivacyLedger(2.0, 1e-6), logistic()
    with monkeypatch.context() as patch:
        patch.setattr(_raw_files.RawFiles, "write", stop)
        with ledger, pytest.raises(KeyboardInterrupt):
            model.fit(ArrowRows(table, target="y"))
    assert not hasattr(model, "coef_")
    assert ledger.spent() == pytest.approx(1.0)


def test_sources_travel(folder, rows):
    given = pickle.loads(pickle.dumps(ArrowRows(folder, target="sick", features=NAMES)))
    np.testing.assert_array_equal(
        logistic().fit(given).coef_, logistic().fit(*rows).coef_
    )


def test_a_source_without_rows(rows):
    table = pa.table({"a": np.empty(0), "y": np.empty(0, int)})
    found = logistic().fit(ArrowRows(table, target="y"))
    expected = logistic().fit(ArrowRows(pl.from_arrow(table), target="y"))
    np.testing.assert_array_equal(found.coef_, expected.coef_)


def test_several_targets(rows):
    table = pa.table({"a": rows[0][:, 0], "y": rows[0][:, 1], "z": rows[0][:, 2]})
    model = DPRidge(bounds=(-4, 4), target_bounds=([-4, -4], [4, 4]), random_state=0)
    expected = model.fit(rows[0][:, :1], rows[0][:, 1:]).coef_
    found = model.fit(ArrowRows(table, target=["y", "z"])).coef_
    np.testing.assert_array_equal(found, expected)


def test_what_is_stored_is_announced(folder, rows, caplog):
    given = ArrowRows(folder, target="sick", features=NAMES)
    assert given.stored_bytes == N * 4 * 8
    with caplog.at_level("INFO", logger="skprivate.rows"):
        logistic().fit(given)
    assert "up to 1 MiB" in caplog.text
    assert ArrowRows(ds.dataset(folder), features=NAMES).stored_bytes is None
    assert isinstance(DPKMeans(2, bounds=(-4, 4)).fit(given), DPKMeans)


def test_how_far_a_pass_is_goes_to_a_logger(folder, rows, caplog, monkeypatch):
    clock = count(0.0, 10.0)
    monkeypatch.setattr(_progress, "monotonic", lambda: next(clock))
    given = ArrowRows(folder, target="sick", features=NAMES, store=False)
    with caplog.at_level("INFO", logger="skprivate.rows"):
        DPStandardScaler(bounds=(-4, 4)).fit(given)
    told = [line for line in caplog.messages if "pass" in line]
    assert told[0].endswith(" seconds left of this pass.")
    assert told[-1].endswith("; 0 seconds left of this pass.")
    caplog.clear()
    chunks = ChunkRows(lambda: iter([rows[0][:1234], rows[0][:8]]))
    with caplog.at_level("INFO", logger="skprivate.rows"):
        DPStandardScaler(bounds=(-4, 4)).fit(chunks)
    assert caplog.messages == [
        "Read about 900 rows, 90 a second.",
        "Read about 910 rows, 45 a second.",
    ]
