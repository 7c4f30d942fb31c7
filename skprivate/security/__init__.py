"""Files and tables that only the owner of a key can read: not private, but locked.

Encryption keeps strangers out of a file; it says nothing of what a model gives away to
those who may read it. That is what the privacy of the fit is for.
"""

from skprivate.security._errors import UnreadableFileError, WrongKeyError
from skprivate.security._keys import KeyRing
from skprivate.security._model_file import (
    load_private_model,
    rotate_key,
    save_private_model,
)
from skprivate.security._parquet import ParquetKeys
from skprivate.security._pseudonyms import Pseudonymizer
from skprivate.security._trusted import TRUSTED_TYPES

__all__ = [
    "KeyRing",
    "ParquetKeys",
    "Pseudonymizer",
    "TRUSTED_TYPES",
    "UnreadableFileError",
    "WrongKeyError",
    "load_private_model",
    "rotate_key",
    "save_private_model",
]
