"""Bytes that only a key opens, or that only a signer can have written."""

import os

from skprivate.security._errors import WrongKeyError
from skprivate.security._format import KEY, OPEN, PASSWORD, Container, Wrap, start_of
from skprivate.security._keys import KEY_BYTES, ring_of
from skprivate.security._password import key_of_password

_NONCE = bytes(12)  # of a key that encrypts one body and never another
_CHANGED = (
    "The key, password or signature does not fit, or the file was changed after it was "
    "written. Check the key, or take the file from a backup."
)


def seal(payload, facts, *, key=None, password=None, sign=None):
    """A container of ``payload``, encrypted under a key of its own, signed, or both.

    Every file has a fresh key of its own, which encrypts one body; that key is wrapped
    by the user's (RFC 3394). So no nonce repeats, and a new key of the user's rewraps
    40 bytes.
    """
    encrypted = key is not None or password is not None
    header = dict(facts, encrypted=encrypted, signed=sign is not None)
    start = start_of(header)
    wrap, body = Wrap(), payload
    if encrypted:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        file_key = os.urandom(KEY_BYTES)
        wrap = wrapped(file_key, key=key, password=password)
        body = AESGCM(file_key).encrypt(_NONCE, payload, start)
    signature = b"" if sign is None else sign.sign(_signed_part(start, body))
    return Container(start, header, wrap, body, signature)


def unseal(container, *, key=None, password=None, verify=None):
    """The payload, if it is what was sealed.

    **Guarantee.** Whoever gets an answer gave the key or password that the file was
    sealed with, or the public key of who signed it: the tag of AES-GCM (or the
    signature) covers the header and the body, and is checked before either is used.
    """
    if verify is not None:
        check_signature(container, verify)
    if container.wrap.kind == OPEN:
        return container.body
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    file_key = unwrapped(container.wrap, key=key, password=password)
    try:
        return AESGCM(file_key).decrypt(_NONCE, container.body, container.start)
    except InvalidTag:
        raise WrongKeyError(_CHANGED) from None


def check_signature(container, verify):
    """Refuse what the owner of the public key ``verify`` did not sign."""
    from cryptography.exceptions import InvalidSignature

    if not container.signature:
        raise WrongKeyError(
            "The file is not signed, though verify= asks for it. Get it from whom you "
            "trust, or leave verify out."
        )
    try:
        verify.verify(
            container.signature, _signed_part(container.start, container.body)
        )
    except InvalidSignature:
        raise WrongKeyError(_CHANGED) from None


def wrapped(file_key, *, key=None, password=None):
    """A file's key under a key of the user's, or under a password."""
    from cryptography.hazmat.primitives.keywrap import aes_key_wrap

    if password is not None:
        salt = os.urandom(16)
        return Wrap(
            PASSWORD,
            salt=salt,
            wrapped=aes_key_wrap(key_of_password(password, salt), file_key),
        )
    ring = ring_of(key)
    return Wrap(
        KEY, name=ring.current, wrapped=aes_key_wrap(_wrapping(ring.key()), file_key)
    )


def unwrapped(wrap, *, key=None, password=None):
    """The file's key."""
    from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

    if wrap.kind == PASSWORD:
        if password is None:
            raise WrongKeyError("The file needs a password. Pass password=.")
        with_key = key_of_password(password, wrap.salt)
    else:
        if key is None:
            raise WrongKeyError(
                f"The file needs the key named {wrap.name}. Pass key=, a KeyRing that "
                "holds it."
            )
        with_key = _wrapping(ring_of(key).key(wrap.name))
    try:
        return aes_key_unwrap(with_key, wrap.wrapped)
    except InvalidUnwrap:
        raise WrongKeyError(_CHANGED) from None


def _wrapping(key):
    """A key for wrapping alone: pseudonyms and parquet files get others."""
    return derived(key, b"wrap")


def derived(key, purpose):
    """A key for one purpose, by HKDF (RFC 5869): one leaks nothing of another."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, None, b"skprivate " + purpose).derive(key)


def _signed_part(start, body):
    """What a signature covers: all but how the key is wrapped."""
    return b"".join((b"skprivate model\x00", start, body))
