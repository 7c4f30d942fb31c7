"""Parquet files under keys of a ring."""

import pytest

from skprivate.security import KeyRing, ParquetKeys

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("pyarrow.parquet.encryption")
pytest.importorskip("cryptography")


@pytest.fixture
def table():
    return pa.table({"name": ["Ada Lovelace", "Bob"], "cost": [3, 4]})


def write(path, table, keys):
    how = keys.encryption_properties(table.column_names)
    with pq.ParquetWriter(path, table.schema, encryption_properties=how) as file:
        file.write_table(table)


def test_there_and_back_and_after_a_new_key(tmp_path, table):
    path, ring = tmp_path / "t.parquet", KeyRing.new()
    keys = ParquetKeys(ring)
    write(path, table, keys)
    assert b"Lovelace" not in path.read_bytes()
    assert b"cost" not in path.read_bytes()
    ring.add()
    how = keys.decryption_properties()
    assert pq.read_table(path, decryption_properties=how).equals(table)


def test_without_the_key_nothing_is_read(tmp_path, table):
    path = tmp_path / "t.parquet"
    write(path, table, ParquetKeys(KeyRing.new()))
    with pytest.raises(OSError, match="decryption"):
        pq.read_table(path)
    how = ParquetKeys(KeyRing.new()).decryption_properties()
    with pytest.raises(Exception, match="No key of this ring"):
        pq.read_table(path, decryption_properties=how)


def test_columns_are_named():
    with pytest.raises(ValueError, match="list of columns"):
        ParquetKeys(KeyRing.new()).encryption_properties("name")
