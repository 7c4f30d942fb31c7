"""Keys: shown by name, kept by files, never pickled."""

import copy
import pickle
import stat

import pytest
from sklearn.base import clone

from skprivate.security import (
    KeyRing,
    Pseudonymizer,
    UnreadableFileError,
    WrongKeyError,
)

pytest.importorskip("cryptography")
PASSWORD = "correct horse battery"


def test_the_last_key_is_the_current_one():
    ring = KeyRing.new()
    first, second = ring.current, ring.add()
    assert ring.names == (first, second)
    assert ring.add(ring.key(first)) == first == ring.current
    assert ring.names == (second, first)


def test_a_key_can_be_forgotten_but_not_the_current_one():
    ring = KeyRing.new()
    first, second = ring.current, ring.add()
    with pytest.raises(ValueError, match="current key"):
        ring.remove(second)
    ring.remove(first)
    assert ring.names == (second,)
    with pytest.raises(WrongKeyError, match="No key of this ring"):
        ring.key(first)


@pytest.mark.parametrize(
    ("keys", "error", "match"),
    [
        ([], ValueError, "no key"),
        (bytes(range(32)), TypeError, "sequence of keys"),
        ([b"short"], ValueError, "32 bytes"),
        ([bytes(32)], ValueError, "not random"),
        (["a text of thirty-two characters.."], TypeError, "must be bytes"),
    ],
)
def test_keys_that_are_none(keys, error, match):
    with pytest.raises(error, match=match):
        KeyRing(keys)


def test_no_key_shows():
    ring = KeyRing.new()
    key = ring.key()
    assert key.hex() not in repr(ring)
    assert repr(key) not in repr(ring)
    for dump in (pickle.dumps, copy.copy, copy.deepcopy):
        if dump is pickle.dumps:
            with pytest.raises(TypeError, match="cannot be pickled"):
                dump(ring)
        else:
            assert dump(ring) is ring
    assert clone(Pseudonymizer(["a"], ring, scope="s")).key is ring


def test_rings_are_saved(tmp_path):
    path = tmp_path / "keys"
    ring = KeyRing.new()
    ring.add()
    ring.save(path, password=PASSWORD)
    again = KeyRing.load(path, password=PASSWORD)
    assert again.names == ring.names
    assert [again.key(n) for n in again.names] == [ring.key(n) for n in ring.names]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ring.key() not in path.read_bytes()
    with pytest.raises(WrongKeyError, match="password is wrong"):
        KeyRing.load(path, password=PASSWORD + "!")
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    with pytest.raises(WrongKeyError, match="was changed"):
        KeyRing.load(path, password=PASSWORD)


@pytest.mark.parametrize("content", [b"", b"anything", bytes(2**17)])
def test_other_files_are_no_rings(tmp_path, content):
    (tmp_path / "keys").write_bytes(content)
    with pytest.raises(UnreadableFileError, match="no file of keys"):
        KeyRing.load(tmp_path / "keys", password=PASSWORD)


@pytest.mark.parametrize(
    ("password", "error"),
    [("short", ValueError), (b"correct horse battery", TypeError)],
)
def test_weak_passwords(tmp_path, password, error):
    with pytest.raises(error, match="password must"):
        KeyRing.new().save(tmp_path / "keys", password=password)
    assert not (tmp_path / "keys").exists()


def test_a_ring_that_no_file_holds(tmp_path):
    ring = KeyRing([bytes([*range(30), *divmod(i, 256)]) for i in range(2001)])
    with pytest.raises(ValueError, match="at most 2,000 keys"):
        ring.save(tmp_path / "keys", password="correct horse battery")
    assert not list(tmp_path.iterdir())


def test_the_current_key_is_not_removed_without_its_name():
    with pytest.raises(ValueError, match="is the current key"):
        KeyRing.new().remove(None)
