"""A key from something that a person remembers."""

from functools import partial

_LEAST_CHARACTERS = 12
# 128 MiB and about a second (RFC 7914). They belong to the version of the file format:
# were they read from a file, whoever writes the file could ask for any amount.
_scrypt = partial(dict, length=32, n=2**17, r=8, p=1)


def key_of_password(password, salt):
    """32 bytes that only the password gives, slowly (scrypt; Percival, 2009)."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    if not isinstance(password, str):
        raise TypeError(
            f"password must be a text, not {type(password).__name__}. Pass key= for "
            "bytes."
        )
    if len(password) < _LEAST_CHARACTERS:
        raise ValueError(
            f"password must have at least {_LEAST_CHARACTERS} characters: shorter ones "
            "can be tried one after the other. Pass a longer one, or key=."
        )
    return Scrypt(salt=salt, **_scrypt()).derive(password.encode())
