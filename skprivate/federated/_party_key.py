"""The key by which other parties know a party."""

import os
from pathlib import Path
from typing import Any, Self

from skprivate._typing import PathLike
from skprivate.rows import refused

_MOST_BYTES = 1 << 14
_LEAST_PASSWORD = 12


class PartyKey:
    """The secret key of a party, and its public half, which goes into rosters.

    Public keys are told over a channel that all parties trust, once, and not by way of
    the analyst: who can exchange a key in a roster can read the answers of that pair.
    A party that has lost its ledger, or went back to an older copy of it, needs a new
    key: otherwise an answer could be masked twice in the same way.

    It refuses to be pickled, and shows its public half only.

    Parameters
    ----------
    secret : bytes of length 32
        Made by :meth:`new`.

    Examples
    --------
    >>> from skprivate.federated import PartyKey
    >>> roster = {name: PartyKey.new().public for name in ("clinic-a", "clinic-b")}
    >>> len(roster["clinic-a"])
    32
    """

    def __init__(self, secret: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        if not isinstance(secret, bytes) or len(secret) != 32:
            raise TypeError("secret must be 32 bytes. Use PartyKey.new().")
        self._private = X25519PrivateKey.from_private_bytes(secret)
        self._on_disk = self._forgets = False

    def used(self, ledger: PathLike | None) -> None:
        """Note that a party with this ledger masks with it, or refuse.

        A party that forgets what it answered, with a key that outlives it, would mask
        two answers in the same way to whoever opens a fit of the same name again.
        """
        if ledger is not None and not self._forgets:
            return
        if self._on_disk:
            raise refused(
                ValueError,
                "A key that is on disk masks for a party whose ledger is not: after a "
                "restart, answers could be masked twice in the same way. Give the "
                "policy ledger=path, or the party a new key.",
            )
        self._forgets = True

    @classmethod
    def new(cls) -> Self:
        """A key drawn by the operating system.

        Returns
        -------
        PartyKey
        """
        return cls(os.urandom(32))

    @property
    def public(self) -> Any:
        """The 32 bytes that others may know."""
        return self._private.public_key().public_bytes_raw()

    def agreed(self, public: Any) -> Any:
        """The secret that this key shares with the owner of another one."""
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

        try:
            return self._private.exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError:
            raise refused(
                ValueError,
                "A public key of the roster is none. Ask its owner for another.",
            ) from None

    def save(self, path: PathLike, *, password: str) -> None:
        """Write the key to a new file, encrypted, readable by its owner only.

        Parameters
        ----------
        path : str or path
            A file that is there already is not replaced.
        password : str
            Of at least 12 characters.
        """
        from cryptography.hazmat.primitives import serialization as form

        if not isinstance(password, str) or len(password) < _LEAST_PASSWORD:
            raise ValueError(
                f"password must have {_LEAST_PASSWORD} characters or more. Take a "
                "sentence, or one that a program draws."
            )
        data = self._private.private_bytes(
            form.Encoding.PEM,
            form.PrivateFormat.PKCS8,
            form.BestAvailableEncryption(password.encode()),
        )
        if self._forgets:
            raise ValueError(
                "A party without a durable ledger has used this key. Make a new one: "
                "PartyKey.new(), and save it first."
            )
        self._on_disk = True
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)

    @classmethod
    def load(cls, path: PathLike, *, password: str) -> Self:
        """The key that :meth:`save` has written.

        Parameters
        ----------
        path : str or path
            The file.
        password : str
            That of :meth:`save`.

        Returns
        -------
        PartyKey
        """
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        with Path(path).open("rb") as file:
            data = file.read(_MOST_BYTES)
        try:
            private = load_pem_private_key(data, password.encode())
            key = cls(private.private_bytes_raw())
        except (AttributeError, TypeError, ValueError):
            raise ValueError(
                "The password is wrong, or this is no file of PartyKey. Check both."
            ) from None
        key._on_disk = True
        return key

    def __repr__(self):
        return f"PartyKey(public={self.public.hex()[:16]}...)"

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self  # a key is one thing, never two

    def __reduce_ex__(self, protocol):
        raise TypeError(
            "A PartyKey cannot be pickled: it would be readable. Use save, and load it "
            "where it is needed."
        )
