"""Parquet files that are encrypted column by column, with keys of a ring."""

import base64
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from skprivate.security._keys import KeyRing, ring_of
from skprivate.security._sealed import derived

_SOON = timedelta(minutes=10)


class ParquetKeys:
    """Parquet's own encryption (AES-GCM), with the keys of a ring.

    Hands PyArrow what its readers and writers ask for. Every file and column gets a key
    of its own, drawn by PyArrow and wrapped by the current key of the ring; what is
    read may be wrapped by any of them.

    Parameters
    ----------
    key : KeyRing or bytes of length 32
        A ring may hold several.

    Examples
    --------
    >>> import pyarrow as pa
    >>> import pyarrow.parquet as pq
    >>> from skprivate.security import KeyRing, ParquetKeys
    >>> keys = ParquetKeys(KeyRing.new())
    >>> table = pa.table({"name": ["Ada", "Bob"], "cost": [3, 4]})
    >>> how = keys.encryption_properties(["name", "cost"])
    >>> with pq.ParquetWriter(
    ...     "t.parquet", table.schema, encryption_properties=how
    ... ) as f:
    ...     f.write_table(table)
    >>> how = keys.decryption_properties()
    >>> pq.read_table("t.parquet", decryption_properties=how).equals(table)
    True
    """

    def __init__(self, key: KeyRing | bytes) -> None:
        self._ring = ring_of(key)

    def encryption_properties(self, columns: Sequence[str]) -> Any:
        """What ``pyarrow.parquet.ParquetWriter`` takes; it encrypts the schema, too.

        Parameters
        ----------
        columns : list of str
            Columns to encrypt.

        Returns
        -------
        pyarrow.parquet.encryption.FileEncryptionProperties
        """
        import pyarrow.parquet.encryption as parquet

        if isinstance(columns, str) or not columns:
            raise ValueError("columns must be a list of columns. Name at least one.")
        name = self._ring.current
        how = parquet.EncryptionConfiguration(
            footer_key=name,
            column_keys={name: list(columns)},
            encryption_algorithm="AES_GCM_V1",
            data_key_length_bits=256,
        )
        return self._factory().file_encryption_properties(
            parquet.KmsConnectionConfig(), how
        )

    def decryption_properties(self) -> Any:
        """What ``pyarrow.parquet.read_table``, ``pandas.read_parquet`` and others take.

        Returns
        -------
        pyarrow.parquet.encryption.FileDecryptionProperties
        """
        import pyarrow.parquet.encryption as parquet

        return self._factory().file_decryption_properties(
            parquet.KmsConnectionConfig(),
            parquet.DecryptionConfiguration(cache_lifetime=_SOON),
        )

    def _factory(self):
        import pyarrow.parquet.encryption as parquet

        ring = self._ring

        class Keeper(parquet.KmsClient):
            """Wraps keys of files with keys of the ring."""

            def wrap_key(self, key_bytes, master_key_identifier):
                from cryptography.hazmat.primitives.keywrap import aes_key_wrap

                key = derived(ring.key(master_key_identifier), b"parquet")
                return base64.b64encode(aes_key_wrap(key, key_bytes))

            def unwrap_key(self, wrapped_key, master_key_identifier):
                from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

                key = derived(ring.key(master_key_identifier), b"parquet")
                return aes_key_unwrap(key, base64.b64decode(wrapped_key))

        return parquet.CryptoFactory(lambda connection: Keeper())

    def __repr__(self):
        return f"ParquetKeys({self._ring!r})"
