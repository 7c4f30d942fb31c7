"""What a source of Arrow refuses: in words, without data, and mostly for free."""

import numpy as np
import pytest

from skprivate.compose import DPTableVectorizer
from skprivate.federated import Party
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import dp_cross_val_score
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ArrowRows, Parties, UnitClip
from skprivate.rows._parquet_files import ParquetFiles
from skprivate.security import KeyRing, ParquetKeys

pa = pytest.importorskip("pyarrow")
pl = pytest.importorskip("polars")
pq = pytest.importorskip("pyarrow.parquet")

SECRET = 12345.678
X = np.random.default_rng(0).normal(size=300)


def table(**columns):
    return pa.table({"a": X, "y": (X > 0).astype(int)} | columns)


def logistic(**options):
    return DPLogisticRegression(bounds=(-4, 4), classes=[0, 1], **options)


def refused(kind, match, call):
    """The message of a refusal, which holds no data and has no error behind it."""
    with pytest.raises(kind, match=match) as caught:
        call()
    assert "12345" not in str(caught.value)
    assert caught.value.__cause__ is None
    return str(caught.value)


@pytest.mark.parametrize(
    ("other", "match"),
    [
        ({"z": X}, "has other columns than the first: see 'z'"),
        ({"a": X.astype(np.float32)}, "another type for the column 'a'"),
        ({"y": pa.array(X > 0).cast(pa.string())}, "another type for the column 'y'"),
        ({"y": pa.array(["u"] * 300).dictionary_encode()}, "type for the column 'y'"),
    ],
)
def test_files_that_disagree(tmp_path, other, match):
    pq.write_table(table(), tmp_path / "a.parquet")
    pq.write_table(table(**other), tmp_path / "b.parquet")
    text = refused(ValueError, match, lambda: ArrowRows(tmp_path, target="y"))
    assert "File number 2" in text


@pytest.mark.parametrize("content", [b"", b"PAR1", b"12345.678" * 99])
def test_files_that_are_none(tmp_path, content):
    pq.write_table(table(), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes(content)
    refused(ValueError, "File number 2 .*cannot be read", lambda: ArrowRows(tmp_path))


def test_columns_in_another_order_are_found_by_name(tmp_path):
    pq.write_table(table(b=-X), tmp_path / "a.parquet")
    pq.write_table(table(b=-X).select(["y", "b", "a"]), tmp_path / "b.parquet")
    found = DPStandardScaler(bounds=(-4, 4), random_state=0).fit(
        ArrowRows(tmp_path, target="y")
    )
    twice = np.column_stack([np.append(X, X), -np.append(X, X)])
    expected = DPStandardScaler(bounds=(-4, 4), random_state=0).fit(twice)
    np.testing.assert_array_equal(found.mean_, expected.mean_)


@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_a_file_that_changes(tmp_path, when, monkeypatch):
    path = tmp_path / "a.parquet"
    pq.write_table(table(), path)
    rows, ledger, model = (
        ArrowRows(path, target="y"),
        PrivacyLedger(5.0, 1e-6),
        logistic(),
    )
    other = table(b=X + SECRET)

    def change():
        pq.write_table(other, path) if when != "after" else path.unlink()

    if when == "during":
        group = ParquetFiles._group

        def changing(*args):
            yield from group(*args)
            change()

        monkeypatch.setattr(ParquetFiles, "_group", changing)
        model.fit(rows)
        monkeypatch.undo()
    else:
        change()
    with ledger:
        refused(ValueError, "File number 1 .*has changed", lambda: model.fit(rows))
    assert ledger.spent() == pytest.approx(1.0)  # rows may have been read
    assert hasattr(model, "coef_") == (when == "during")  # of the fit before


def test_a_source_that_tells_other_rows_in_a_later_pass():
    class Growing:
        parts = 3

        def __arrow_c_stream__(self, requested_schema=None):
            self.parts += 1
            return pa.concat_tables([table()] * self.parts).__arrow_c_stream__()

    rows = ArrowRows(Growing(), target="y", store=False)
    refused(ValueError, "another number of rows", lambda: logistic().fit(rows))


def test_a_source_that_tells_groups_in_another_order():
    class Shuffled:
        rng = np.random.default_rng(0)

        def __arrow_c_stream__(self, requested_schema=None):
            order = self.rng.permutation(300)
            return table(who=pa.array(range(300))).take(order).__arrow_c_stream__()

    rows = ArrowRows(Shuffled(), target="y", groups="who")
    refused(ValueError, "groups, or in another order", lambda: logistic().fit(rows))


@pytest.mark.parametrize(
    ("options", "kind", "match"),
    [
        ({"target": "z"}, ValueError, "no column of the name 'z', which target"),
        ({"target": "y", "weight": "w"}, ValueError, "'w', which weight asks for"),
        ({"groups": "g"}, ValueError, "'g', which groups asks for"),
        ({"features": ["a", "b"]}, ValueError, "'b', which features asks for"),
        ({"features": ["a", "a"]}, ValueError, "features must be different"),
        ({"features": ["a"], "target": "a"}, ValueError, "neither target"),
        ({"features": []}, TypeError, "features must be a list"),
        ({"features": "a"}, TypeError, "features must be a list"),
        ({"target": 3}, TypeError, "target must be a list"),
        ({"weight": 3.0}, TypeError, "weight must be the name"),
        ({"memory": 17}, ValueError, "memory must be"),
        ({"decryption": object()}, ValueError, "decryption is for paths"),
    ],
)
def test_parameters(options, kind, match):
    refused(kind, match, lambda: ArrowRows(table(), **options))


@pytest.mark.parametrize(
    ("source", "kind", "match"),
    [
        (lambda: pa.table({"a": [[1.0]]}), TypeError, "Column 'a' holds lists"),
        (lambda: pa.table({"a": [{"b": 1.0}]}), TypeError, "Column 'a' holds lists"),
        (lambda: pa.table([[1], [2]], ["a", "a"]), ValueError, "different columns"),
        (lambda: pl.LazyFrame({"a": [[1.0]]}), TypeError, "Column 'a' holds lists"),
        (lambda: pa.table({"a": [b"x"]}).to_reader(), TypeError, "read once only"),
        (lambda: iter([]), TypeError, "read once only"),
        (lambda: np.ones((3, 2)), TypeError, "of a kind that is not known"),
        (lambda: [], TypeError, "of a kind that is not known"),
        (lambda: "nowhere/*.parquet", FileNotFoundError, "no parquet file"),
        (lambda: [1, 2], TypeError, "source cannot be read"),
    ],
)
def test_sources(source, kind, match):
    refused(kind, match, lambda: ArrowRows(source()))


def test_a_stream_that_opens_once():
    class Once:
        left = [table().to_reader()]

        def __arrow_c_stream__(self, requested_schema=None):
            return self.left.pop().__arrow_c_stream__()

    refused(TypeError, "read once only", lambda: ArrowRows(Once()))


def test_folders_that_hold_values(tmp_path):
    (tmp_path / "name=12345").mkdir()
    pq.write_table(table(), tmp_path / "name=12345" / "a.parquet")
    refused(ValueError, "partitioning='hive'", lambda: ArrowRows(tmp_path))


FREE = {
    "no target": ({}, "requires y to be passed"),
    "text as numbers": ({"target": "y", "t": ["u"] * 300}, "'t' of X holds text"),
    "dates as numbers": (
        {"target": "y", "t": pa.array([0] * 300, pa.timestamp("s"))},
        "'t' of X holds dates",
    ),
    "text as labels": ({"target": "t", "t": ["u"] * 300}, "y holds text"),
    "a clip": ({"target": "y", "groups": "g", "g": [1] * 300}, "UnitClip"),
}


@pytest.mark.parametrize("name", FREE)
def test_what_types_tell_is_refused_for_free(name):
    columns, match = FREE[name]
    columns = dict(columns)
    roles = {k: columns.pop(k) for k in ("target", "groups") if k in columns}
    rows, ledger = ArrowRows(table(**columns), **roles), PrivacyLedger(5.0, 1e-6)
    most = UnitClip(4) if name == "a clip" else 1
    with ledger:
        refused((TypeError, ValueError), match, lambda: logistic(
            max_rows_per_group=most).fit(rows))  # fmt: skip
    assert ledger.spent() == 0


ROWS = {
    "a gap in the target": ({"y": pa.array([None] + [1] * 299)}, "contains NaN"),
    "an unknown label": ({"y": pa.array([7] * 300)}, "not in `classes`"),
    "a gap in a feature": ({"a": pa.array([None] + [1.0] * 299)}, "contains NaN"),
    "a negative weight": ({"w": -np.ones(300)}, "Negative values"),
    "a gap in the groups": ({"g": pa.array([None] + [1] * 299)}, "groups contains NaN"),
    "a date as a group": ({"g": pa.array([0] * 300, pa.date32())}, "groups must hold"),
}


@pytest.mark.parametrize("name", ROWS)
def test_rows(name):
    columns, match = ROWS[name]
    roles = {"weight": "w" if "w" in columns else None}
    roles["groups"] = "g" if "g" in columns else None
    rows = ArrowRows(table(**columns), target="y", **roles)
    refused((TypeError, ValueError), match, lambda: logistic().fit(rows))


def test_errors_of_a_source_hold_no_data():
    class Broken:
        def __arrow_c_stream__(self, requested_schema=None):
            def batches():
                yield table().to_batches()[0]
                raise RuntimeError(f"row {SECRET}")

            schema = table().schema
            return pa.RecordBatchReader.from_batches(
                schema, batches()
            ).__arrow_c_stream__()

    rows = ArrowRows(Broken(), target="y")
    refused(ValueError, "Reading the rows failed", lambda: logistic().fit(rows))


def test_groups_within_another_source():
    parties = Parties(ArrowRows(table(g=[1] * 300), target="y", groups="g"))
    refused(TypeError, "within this one has groups", lambda: logistic().fit(parties))


def test_groups_are_not_parted():
    rows = ArrowRows(table(g=[1] * 300), target="y", groups="g")
    with pytest.raises(TypeError, match="a group has to stay together"):
        dp_cross_val_score(logistic(), rows, cv=2)
    alone = ArrowRows(table(), target="y")
    assert len(dp_cross_val_score(logistic(), alone, cv=2)) == 2


def test_encrypted_files(tmp_path):
    keys = ParquetKeys(KeyRing.new())
    for name in "ab":
        how = keys.encryption_properties(["a", "y"])
        with pq.ParquetWriter(
            tmp_path / f"{name}.parquet", table().schema, encryption_properties=how
        ) as file:
            file.write_table(table(), row_group_size=100)
    given = keys.decryption_properties
    for decryption in (given, given()):
        rows = ArrowRows(tmp_path, target="y", decryption=decryption)
        found = logistic(random_state=0).fit(rows)
        expected = logistic(random_state=0).fit(
            np.append(X, X)[:, None], np.append(X, X) > 0
        )
        np.testing.assert_array_equal(found.coef_, expected.coef_)
    refused(ValueError, "encrypted with other keys", lambda: ArrowRows(tmp_path))
    other = ParquetKeys(KeyRing.new()).decryption_properties
    refused(
        ValueError,
        "encrypted with other keys",
        lambda: ArrowRows(tmp_path, decryption=other),
    )


def test_who_passes_a_path_or_a_source_to_the_wrong_place_is_told_the_right_one(
    tmp_path,
):
    pq.write_table(table(), tmp_path / "a.parquet")
    rows, path = ArrowRows(tmp_path, target="y"), str(tmp_path / "a.parquet")
    model = logistic().fit(rows)
    for call in (
        lambda: logistic().fit(path),
        lambda: logistic().fit(path, X > 0),
        lambda: DPTableVectorizer().fit(path),
        lambda: logistic().fit(ArrowRows(path, features=["a"])),
        lambda: Party(path),
        lambda: logistic().fit(pl.scan_parquet(path), X > 0),
    ):
        refused((TypeError, ValueError), r"ArrowRows\(.*target=\.\.\.\)", call)
    for call in (lambda: model.predict(rows), lambda: model.predict_proba(rows)):
        refused(TypeError, r"rows\.apply\(model\.predict\).* get_dp_scorer", call)
