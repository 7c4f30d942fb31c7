"""Questions and answers of a curator as text, for other processes to compare and read.

There is no pickle in it: what is read makes numbers, texts and arrays, nothing else.
"""

import base64
import json
from hashlib import blake2b

import numpy as np

from skprivate.base._bits import bits_of

_KNOWN = ("skprivate", "numpy", "scipy", "sklearn", "builtins", "functools")
_KINDS = "biufMmU"  # of arrays whose bytes are their values


class UnnamedError(TypeError):
    """Something that another process cannot tell from others."""


def digest_of(value):
    """A text that is equal for values that are equal to the last bit, in any process.

    Raises
    ------
    UnnamedError
        If that cannot be told: there is a function in it that is not of a library, or
        what no pickle describes.
    """
    digest = blake2b(digest_size=20)
    for part in _told(bits_of(value)):
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


def _told(bits):
    """Bits as byte strings, in order."""
    if isinstance(bits, tuple):
        yield b"(%d" % len(bits)
        for part in bits:
            yield from _told(part)
    elif isinstance(bits, type):
        yield f"class {bits.__module__}.{bits.__qualname__}".encode()
    elif isinstance(bits, bytes):
        yield b"bytes " + bits
    elif bits is None or isinstance(bits, (str, int)):
        yield f"{type(bits).__name__} {bits}".encode("utf-8", "surrogatepass")
    else:
        yield f"function {_name_of(bits)}".encode()


def _name_of(function):
    """The full name of a function of a library, which says what it does."""
    module = getattr(function, "__module__", None) or ""
    name = getattr(function, "__qualname__", "<")
    if module.partition(".")[0] not in _KNOWN or "<" in name:
        raise UnnamedError(
            "A function of your own, or an object that cannot be pickled, is among "
            "the parameters or queries; another process cannot tell it from others. "
            "Fit without a journal, or replace it by a class with parameters."
        )
    return f"{module}.{name}"


def text_of(answer):
    """An answer as text."""
    return json.dumps(_packed(answer))


def answer_of(text):
    """The answer that :func:`text_of` has made a text of."""
    return _unpacked(json.loads(text))


def _packed(value):
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, [_packed(part) for part in value]]
    if isinstance(value, dict):
        pairs = [[_packed(key), _packed(part)] for key, part in value.items()]
        return ["dict", pairs]
    if isinstance(value, np.ndarray) and value.dtype == object:
        # Sums beyond int64.
        flat = [_packed(part) for part in value.ravel()]
        return ["objects", list(value.shape), flat]
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in _KINDS:
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        return [kind, value.dtype.str, list(value.shape), data]
    if isinstance(value, float):
        return ["float", value.hex()]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return ["plain", value]
    if isinstance(value, int):
        return ["int", str(value)]
    raise UnnamedError(
        f"A {type(value).__name__} cannot be written into a journal. Fit without one, "
        "or give numbers, texts or dates of NumPy in its place."
    )


def _unpacked(packed):
    kind, *rest = packed
    if kind in ("list", "tuple"):
        parts = [_unpacked(part) for part in rest[0]]
        return parts if kind == "list" else tuple(parts)
    if kind == "dict":
        return {_unpacked(key): _unpacked(part) for key, part in rest[0]}
    if kind == "objects":
        array = np.empty(len(rest[1]), dtype=object)
        array[:] = [_unpacked(part) for part in rest[1]]
        return array.reshape(rest[0])
    if kind in ("array", "scalar"):
        dtype, shape, data = np.dtype(rest[0]), rest[1], base64.b64decode(rest[2])
        array = np.frombuffer(bytearray(data), dtype).reshape(shape)
        return array if kind == "array" else array[()]
    if kind == "float":
        return float.fromhex(rest[0])
    return int(rest[0]) if kind == "int" else rest[0]
