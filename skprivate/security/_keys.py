"""Keys that are shown by their names only, and leave a process by `save` only."""

import hashlib
import os
import secrets
from collections.abc import Sequence
from typing import Any, Self

from skprivate._typing import PathLike
from skprivate.security._atomic import read_plain, write_private
from skprivate.security._errors import UnreadableFileError, WrongKeyError
from skprivate.security._password import key_of_password

KEY_BYTES = 32
_MAGIC = b"SKPRIVATE-KEYS\x01"
_SALT_BYTES, _NONCE_BYTES = 16, 12
_MOST_KEYS = 2000  # of a file
_MOST_BYTES = 2**16


class KeyRing:
    """Keys for model files, pseudonyms and parquet files, each known by a name.

    The last key is the current one: with it is written. With any of them is read, so
    that a new key can take over while old files are still about. A key's name is the
    start of a digest of it: it says which key a file needs, and nothing of the key.

    A ring is shown by names only and refuses to be pickled, so that no log, notebook,
    cache or worker gets a key by accident. Keys stay in the memory of the process:
    Python cannot wipe them.

    Parameters
    ----------
    keys : sequence of bytes
        Of 32 bytes each, at random; :meth:`new` draws one.

    Examples
    --------
    >>> from skprivate.security import KeyRing
    >>> ring = KeyRing.new()
    >>> first = ring.current
    >>> ring.add() == ring.current != first, len(ring)
    (True, 2)
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if isinstance(keys, (bytes, bytearray)):
            raise TypeError("keys must be a sequence of keys. Pass [key].")
        self._keys = {}
        for key in keys:
            self.add(key)
        if not self._keys:
            raise ValueError("keys holds no key. Pass one, or use KeyRing.new().")

    @classmethod
    def new(cls) -> Self:
        """A ring with one new key.

        Returns
        -------
        KeyRing
        """
        return cls([secrets.token_bytes(KEY_BYTES)])

    def add(self, key: bytes | None = None) -> str:
        """Add a key, which becomes the current one.

        Parameters
        ----------
        key : bytes of length 32, default=None
            None draws a new one.

        Returns
        -------
        str
            Its name.
        """
        key = secrets.token_bytes(KEY_BYTES) if key is None else checked_key(key)
        name = name_of(key)
        self._keys.pop(name, None)  # so that it comes last
        self._keys[name] = key
        return name

    def remove(self, name: str) -> None:
        """Forget a key, for instance when every file has been rotated.

        Parameters
        ----------
        name : str
            Not that of the current key.
        """
        self.key(name)
        if name in (None, self.current):
            raise ValueError(
                f"{self.current} is the current key. Add another first, and rotate the "
                "files."
            )
        del self._keys[name]

    @property
    def current(self) -> Any:
        """Name of the key with which is written."""
        return next(reversed(self._keys))

    @property
    def names(self) -> tuple[Any, ...]:
        """Names of all keys, the current one last."""
        return tuple(self._keys)

    def key(self, name: str | None = None) -> bytes:
        """The bytes of a key: a secret, to be handed to what encrypts and no further.

        Parameters
        ----------
        name : str, default=None
            None means the current one.

        Returns
        -------
        bytes
        """
        try:
            return self._keys[self.current if name is None else name]
        except KeyError:
            raise WrongKeyError(
                f"No key of this ring is named {name!r}; it has {len(self)}. Load the "
                "ring that the file was written with."
            ) from None

    def save(self, path: PathLike, *, password: str) -> None:
        """Write all keys to a file, encrypted, readable by its owner only.

        Parameters
        ----------
        path : str or path
            A file that is there already is replaced.
        password : str
            Of at least 12 characters; it goes through scrypt.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if len(self) > _MOST_KEYS:
            raise ValueError(
                f"A file holds at most {_MOST_KEYS:,} keys. Remove old ones first."
            )
        salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
        head = _MAGIC + salt + nonce
        cipher = AESGCM(key_of_password(password, salt))
        write_private(
            path, head + cipher.encrypt(nonce, b"".join(self._keys.values()), head)
        )

    @classmethod
    def load(cls, path: PathLike, *, password: str) -> Self:
        """The ring that :meth:`save` has written.

        Parameters
        ----------
        path : str or path
            The file.
        password : str
            That of :meth:`save`.

        Returns
        -------
        KeyRing
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        data = read_plain(path, _MOST_BYTES)
        if data is None or not data.startswith(_MAGIC):
            raise UnreadableFileError(
                "This is no file of keys. Pass one of KeyRing.save."
            )
        start = len(_MAGIC) + _SALT_BYTES
        head = data[: start + _NONCE_BYTES]
        salt, nonce = head[len(_MAGIC) : start], head[start:]
        try:
            cipher = AESGCM(key_of_password(password, salt))
            keys = cipher.decrypt(nonce, data[len(head) :], head)
        except (InvalidTag, ValueError):
            raise WrongKeyError(
                "The password is wrong, or the file of keys was changed. Check the "
                "password, or take the file from a backup."
            ) from None
        return cls([keys[i : i + KEY_BYTES] for i in range(0, len(keys), KEY_BYTES)])

    def __len__(self):
        return len(self._keys)

    def __repr__(self):
        others = len(self) - 1
        more = f", {others} older" if others else ""
        return f"KeyRing(current={self.current!r}{more})"

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self  # as ``clone`` does: a ring is one thing, never two

    def __reduce_ex__(self, protocol):
        raise TypeError(
            "A KeyRing cannot be pickled: the keys would be readable. Use save, and "
            "load it where it is needed."
        )


def name_of(key):
    """The name of a key: 64 bits of a digest, which cannot be turned back."""
    return hashlib.sha256(b"skprivate key name\x00" + key).hexdigest()[:16]


def checked_key(key):
    """``key`` as bytes of the right length, or an error that does not show it."""
    if not isinstance(key, (bytes, bytearray)):
        raise TypeError(
            f"A key must be bytes, not {type(key).__name__}. Use KeyRing.new(), or "
            "password= for something that a person can remember."
        )
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"A key must have {KEY_BYTES} bytes, not {len(key)}. Use KeyRing.new()."
        )
    if len({*key}) < 8:  # 32 random bytes have fewer once in 10^50
        raise ValueError("This key is not random. Use KeyRing.new().")
    return bytes(key)


def ring_of(key):
    """A ring, from a ring or from the bytes of one key."""
    return key if isinstance(key, KeyRing) else KeyRing([key])
