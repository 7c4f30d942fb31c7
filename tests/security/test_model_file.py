"""Files of models: the same model comes back, or nothing does."""

import os
import stat
import warnings

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from skprivate import make_dp_pipeline, privacy_report
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.preprocessing import DPStandardScaler
from skprivate.security import (
    KeyRing,
    UnreadableFileError,
    WrongKeyError,
    load_private_model,
    rotate_key,
    save_private_model,
)
from skprivate.testing._examples import quiet

pytest.importorskip("skops.io")
ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")

N_FLIPS = 3_400  # of each kind of protection, of which there are three


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    return X, (X[:, 0] > 0).astype(int)


@pytest.fixture(scope="module")
def model(data):
    return make_dp_pipeline(
        DPStandardScaler(bounds=(-4, 4)), DPLogisticRegression(classes=[0, 1])
    ).fit(*data)


@pytest.fixture(scope="module")
def ring():
    return KeyRing.new()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.skp"


def check_same(again, model, X):
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert privacy_report(again) == privacy_report(model)


def test_a_key(model, data, ring, path):
    save_private_model(model, path, key=ring)
    check_same(load_private_model(path, key=ring), model, data[0])
    check_same(load_private_model(path, key=ring.key()), model, data[0])


def test_a_password(model, data, path):
    save_private_model(model, path, password="correct horse battery")
    again = load_private_model(path, password="correct horse battery")
    check_same(again, model, data[0])
    with pytest.raises(WrongKeyError, match="does not fit"):
        load_private_model(path, password="correct horse batterz")


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_signature(model, data, ring, path, encrypted):
    key = ring if encrypted else None
    mine, other = ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey
    save_private_model(model, path, key=key, sign=mine)
    again = load_private_model(path, key=key, verify=mine.public_key())
    check_same(again, model, data[0])
    with pytest.raises(WrongKeyError, match="does not fit"):
        load_private_model(path, key=key, verify=other.generate().public_key())


def test_a_file_that_must_be_signed_and_is_not(model, ring, path):
    save_private_model(model, path, key=ring)
    mine = ed25519.Ed25519PrivateKey.generate()
    with pytest.raises(WrongKeyError, match="not signed"):
        load_private_model(path, key=ring, verify=mine.public_key())


def test_a_file_without_protection_needs_a_word_on_both_sides(model, data, path):
    with pytest.raises(ValueError, match="Nothing protects"):
        save_private_model(model, path)
    save_private_model(model, path, insecure=True)
    with pytest.raises(WrongKeyError, match="neither encrypted nor signed"):
        load_private_model(path)
    check_same(load_private_model(path, insecure=True), model, data[0])


def test_a_key_does_not_vouch_for_a_file_that_is_not_encrypted(model, ring, path):
    save_private_model(model, path, insecure=True)
    with pytest.raises(WrongKeyError, match="not encrypted"):
        load_private_model(path, key=ring, insecure=True)


def test_other_keys_open_nothing(model, ring, path):
    save_private_model(model, path, key=ring)
    with pytest.raises(WrongKeyError, match="needs the key named"):
        load_private_model(path)
    with pytest.raises(WrongKeyError, match="No key of this ring"):
        load_private_model(path, key=KeyRing.new())
    with pytest.raises(WrongKeyError, match="needs the key"):
        load_private_model(path, password="correct horse battery")


@pytest.mark.parametrize("protection", ["key", "signature", "both"])
def test_every_flipped_bit_is_refused(model, ring, path, protection):
    mine = ed25519.Ed25519PrivateKey.generate()
    key = None if protection == "signature" else ring
    sign = None if protection == "key" else mine
    save_private_model(model, path, key=key, sign=sign)
    whole = path.read_bytes()
    verify = None if sign is None else mine.public_key()
    rng = np.random.default_rng(0)
    head = np.arange(1200)  # all that is read before the tag
    places = np.concatenate([head, rng.integers(0, len(whole), N_FLIPS - len(head))])
    from skprivate.security._format import read_container
    from skprivate.security._sealed import unseal

    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << rng.integers(8)
        with pytest.raises((WrongKeyError, UnreadableFileError)):
            unseal(read_container(bytes(changed)), key=key, verify=verify)


def test_files_of_every_other_length_are_refused(model, ring, path):
    save_private_model(model, path, key=ring)
    whole = path.read_bytes()
    for length in [0, 1, 5, 14, 100, len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(UnreadableFileError):
            load_private_model(path, key=ring)
    path.write_bytes(whole + b"\x00")
    with pytest.raises(UnreadableFileError, match="damaged"):
        load_private_model(path, key=ring)


def test_a_file_of_a_gigabyte_is_not_read(path, ring):
    with path.open("wb") as file:
        file.truncate(10**9)  # sparse: takes no room
    with pytest.raises(UnreadableFileError, match="max_size"):
        load_private_model(path, key=ring)


def test_what_is_no_file(tmp_path, ring):
    os.mkfifo(tmp_path / "pipe")
    writer = os.open(tmp_path / "pipe", os.O_RDWR)  # else opening would wait
    with pytest.raises(UnreadableFileError, match="plain file"):
        load_private_model(tmp_path / "pipe", key=ring)
    os.close(writer)
    with pytest.raises(OSError, match="directory"):
        load_private_model(tmp_path, key=ring)


def test_another_version_of_the_format(model, ring, path):
    save_private_model(model, path, key=ring)
    data = bytearray(path.read_bytes())
    data[9] += 1
    path.write_bytes(data)
    with pytest.raises(UnreadableFileError, match="format 2"):
        load_private_model(path, key=ring)


def test_rotation(model, data, path):
    ring = KeyRing.new()
    save_private_model(model, path, key=ring)
    before, old = path.read_bytes(), ring.current
    ring.add()
    rotate_key(path, ring)
    after = path.read_bytes()
    assert sum(a != b for a, b in zip(before, after, strict=True)) <= 81
    ring.remove(old)
    check_same(load_private_model(path, key=ring), model, data[0])


def test_rotation_of_what_has_no_key(model, path):
    save_private_model(model, path, insecure=True)
    with pytest.raises(ValueError, match="No key opens this file"):
        rotate_key(path, KeyRing.new())


def test_only_the_owner_can_read_it(model, ring, path):
    path.write_bytes(b"there before")
    path.chmod(0o644)
    save_private_model(model, path, key=ring)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == [path.name]


def test_nothing_is_left_when_the_disk_is_full(model, ring, path, monkeypatch):
    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_private_model(model, path, key=ring)
    assert os.listdir(path.parent) == []


def test_what_is_not_private_is_not_stored_by_mistake(data, ring, path):
    X, y = data
    with pytest.raises(NotFittedError):
        save_private_model(DPRidge(), path, key=ring)
    seeded = DPLogisticRegression(classes=[0, 1], bounds=(-4, 4), random_state=0)
    free = DPLogisticRegression(classes=[0, 1], bounds=(-4, 4), epsilon=float("inf"))
    for model, why in [(seeded, "seeded"), (free, "infinite")]:
        with quiet():
            model.fit(X, y)
        with pytest.raises(ValueError, match=why):
            save_private_model(model, path, key=ring)
        save_private_model(model, path, key=ring, allow_not_private=True)
        np.testing.assert_array_equal(
            load_private_model(path, key=ring).predict(X), model.predict(X)
        )


def test_what_is_not_ours_is_not_stored(data, ring, path):
    with pytest.raises(ValueError, match="not private"):
        save_private_model(LogisticRegression().fit(*data), path, key=ring)


def planted(path, ring, payload):
    """A file with the right key around anything."""
    from skprivate.security._atomic import write_private
    from skprivate.security._sealed import seal

    write_private(path, *seal(payload, {"model": "X"}, key=ring).pack())


def test_what_the_owner_of_a_key_plants_is_not_run(ring, path):
    import io
    import pickle
    import zipfile

    import skops.io

    for payload in [b"", b"nothing", pickle.dumps({"a": 1})]:
        planted(path, ring, payload)
        with pytest.raises(UnreadableFileError, match="no model"):
            load_private_model(path, key=ring)
    planted(path, ring, skops.io.dumps({"f": os.system}))
    with pytest.raises(UnreadableFileError, match="not trusted"):
        load_private_model(path, key=ring)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("schema.json", bytes(2**20))
    planted(path, ring, bomb.getvalue())
    with pytest.raises(UnreadableFileError, match="memory"):
        load_private_model(path, key=ring, max_size=2**16)


def test_other_versions_are_told(model, ring, path, monkeypatch):
    monkeypatch.setattr("skprivate.report._versions._SOFTWARE", ("numpy",))
    save_private_model(model, path, key=ring)
    monkeypatch.undo()
    with pytest.warns(UserWarning, match="other versions of"):
        load_private_model(path, key=ring)


def test_no_secret_and_no_model_shows(model, ring, path):
    save_private_model(model, path, key=ring)
    stored = path.read_bytes()
    assert ring.key() not in stored
    assert b"coef_" not in stored


def test_quiet(model, ring, path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        save_private_model(model, path, key=ring)
        load_private_model(path, key=ring)


@pytest.mark.parametrize("header", [b"[]", b"3", b"null", b'"x"'])
def test_headers_that_say_nothing(path, header):
    start = b"SKPRIV\x1a\n\x00\x01" + len(header).to_bytes(4, "big") + header
    for rest in (b"", b"\x00", b"\x00" + bytes(8)):
        path.write_bytes(start + rest)
        with pytest.raises(UnreadableFileError):
            load_private_model(path, insecure=True)
    path.write_bytes(start[:14] + b"{}"[: len(header)])  # ends where the wrap begins
    with pytest.raises(UnreadableFileError):
        load_private_model(path, insecure=True)


def test_a_file_that_ends_before_the_wrap(path):
    path.write_bytes(b"SKPRIV\x1a\n\x00\x01\x00\x00\x00\x02{}")
    with pytest.raises(UnreadableFileError, match="damaged or cut off"):
        load_private_model(path, insecure=True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_is_not_waited_for(path, ring):
    os.mkfifo(path)
    with pytest.raises(UnreadableFileError, match="no plain file"):
        load_private_model(path, key=ring)
    with pytest.raises(UnreadableFileError, match="no plain file"):
        KeyRing.load(path, password="correct horse battery")


def test_keys_of_signatures_are_checked(model, path):
    with pytest.raises(TypeError, match="sign must be an Ed25519 private key"):
        save_private_model(model, path, sign="mine")
    mine = ed25519.Ed25519PrivateKey.generate()
    save_private_model(model, path, sign=mine)
    with pytest.raises(TypeError, match="verify must be an Ed25519 public key"):
        load_private_model(path, verify=mine)


def test_long_names(model, data, ring, tmp_path):
    path = tmp_path / ("m" * 250)
    save_private_model(model, path, key=ring)
    check_same(load_private_model(path, key=ring), model, data[0])
