"""Messages as bytes: msgpack and an allow-list, so that reading one runs no code.

Never pickle: whoever can send one runs what he likes. Here a message can make values of
the classes that are listed, and these check themselves.
"""

import re
import sys
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from math import prod
from typing import Any

import numpy as np

from skprivate.base import Query
from skprivate.rows import refused

PROTOCOL = 1
VERSION = sys.modules[__package__.partition(".")[0]].__version__
LIMIT = 2**28  # bytes of an answer: those of matrices are long
QUESTION = 2**25  # bytes of a question
_DEPTH = 40  # of values in values
_PARTS = 2**20  # of a message, which take more memory than bytes
_REPEATED = 2**27  # bytes of an array that repeats one number, written out
_DTYPE = re.compile(r"[<>|=][biufUM]\d{1,6}(\[\d{0,6}[A-Za-z]{1,2}\])?\Z")
_MODULE = re.compile(r"([a-z_]+)\.[a-z_.]+\Z")
# Rooms that define queries. Only modules of these are ever imported.
_ROOMS = {
    "base", "binning", "calibration", "ensemble", "feature_extraction",
    "feature_selection", "losses",
    "mechanisms", "metrics", "model_selection", "queries", "rows", "shift", "trees",
}  # fmt: skip
# What queries are made of, by module.
_VALUES = {
    "base._box": {"Box"},
    "binning._bins": {"Bins"},
    "binning._columns": {"CategoryBins", "NumberBins"},
    "binning._maps": {"AddTerms", "BinCodes"},
    "feature_extraction.text._tokens": {"Tokens"},
    "losses._classes": {
        "Hinge", "Logistic", "Multinomial", "OneVsRest", "SquaredHinge",
    },
    "losses._counts": {"Gamma", "Poisson", "Tweedie"},
    "losses._focal": {"Focal"},
    "losses._numbers": {"Huber", "Quantile", "Squared"},
    "mechanisms._additive": {"Gaussian", "Laplace"},
    "queries._cell_tables": {
        "ColumnCells", "GroupCells", "LeafCells", "MarginCells", "NodeCells",
    },
    "queries._cell_terms": {"LossSteps", "RowCounts", "TargetParts"},
    "queries._cells_of": {"Cells"},
    "queries._derived": {"Derived"},
    "queries._networks": {"Network"},
    "queries._places": {"Distances", "GridCells"},
    "queries._table_terms": {"AddCellTerms"},
    "queries._views": {
        "Columns", "Margins", "Norms", "Ones", "Scaled", "Squares",
    },
    "rows._column": {"Column"},
    "rows._door": {"Door"},
    "rows._rows": {"RowCount"},
    "trees._forest": {"Forest"},
    "trees._maps": {"AddForest", "AddTree"},
    "trees._tree": {"Tree"},
}  # fmt: skip


def dumps(message: dict[str, Any], limit: int = LIMIT) -> bytes:
    """A message as bytes.

    Parameters
    ----------
    message : dict of str to value
        Numbers, texts, bytes, None, arrays of numbers, texts and dates, queries and
        what these are made of; tuples, lists and dicts of such.
    limit : int
        Most bytes.

    Returns
    -------
    bytes
    """
    msgpack = _msgpack()
    whole = {
        "protocol": PROTOCOL,
        "version": VERSION,
        "message": _plain(message, _DEPTH),
    }
    data = msgpack.packb(whole, use_bin_type=True)
    if len(data) > limit:
        raise refused(
            ValueError,
            f"A message is longer than {limit} bytes. Ask for fewer values at once.",
        )
    return data


def loads(data: bytes, limit: int = LIMIT) -> dict[Any, Any]:
    """A message from bytes, whoever has sent them.

    **Guarantee.** Whatever the bytes are, this returns a dict of values of the kinds
    that :func:`dumps` lists, or raises a ValueError that holds none of them. It imports
    nothing but modules of this package that define queries, and calls nothing but the
    constructors of listed classes.

    Parameters
    ----------
    data : bytes
    limit : int
        Longer ones are refused before they are read.

    Returns
    -------
    dict
    """
    if not isinstance(data, bytes | bytearray | memoryview) or len(data) > limit:
        raise _refusal("it is no bytes, or too long")
    msgpack, count = _msgpack(), _Count()
    try:
        whole = msgpack.unpackb(
            data, raw=False, strict_map_key=True, object_hook=count, list_hook=count
        )
        protocol, version = whole["protocol"], whole["version"]
        text = whole["message"]
    except Exception:  # of whatever kind: nothing of it may be told
        raise _refusal("it is no message of this protocol") from None
    if protocol != PROTOCOL or version != VERSION:
        raise _refusal(
            "it comes from another version of skprivate, whose sums may differ"
        )
    try:
        message = _back(text, _DEPTH)
    except Exception:
        message = None
    if not isinstance(message, dict):
        raise _refusal("it holds something that is not listed, or is damaged")
    return message


class _Count:
    """Refuses a message of too many parts while it is read."""

    def __init__(self):
        self._left = _PARTS

    def __call__(self, part):
        self._left -= 1 + len(part)
        if self._left < 0:
            raise ValueError
        return part


def _plain(value, depth):
    """A value as msgpack has them."""
    if depth == 0:
        raise refused(ValueError, "A message holds values in values without end.")
    if value is None or type(value) in (bool, float, str, bytes):
        return value
    if type(value) is int:
        small = -(2**63) <= value < 2**64
        return value if small else {"i": str(value)}
    if isinstance(value, list):
        return [_plain(part, depth - 1) for part in value]
    if isinstance(value, tuple):
        return {"t": [_plain(part, depth - 1) for part in value]}
    if type(value) is frozenset and all(type(part) is str for part in value):
        return {"z": sorted(value)}
    if isinstance(value, dict) and all(type(key) is str for key in value):
        return {"m": {key: _plain(part, depth - 1) for key, part in value.items()}}
    if isinstance(value, np.ndarray | np.generic):
        return _plain_array(value, depth)
    if _is_listed(type(value)):
        parts = {
            field.name: _plain(getattr(value, field.name), depth - 1)
            for field in fields(value)
            if field.init
        }
        return {"q": _name_of(type(value)), "f": parts}
    raise _unsendable(type(value))


def _plain_array(value, depth):
    """An array, or a number of NumPy."""
    if value.dtype.kind == "O":
        items = [_plain(item, depth - 1) for item in value.ravel().tolist()]
        return {"o": items, "s": list(value.shape)}
    if value.dtype.kind not in "biufUM":
        raise _unsendable(value.dtype.type)
    told = {"a": value.dtype.str, "s": list(value.shape)}
    if isinstance(value, np.generic):
        return told | {"b": value.tobytes(), "n": True}
    if value.size > 1 and not any(value.strides):
        return told | {"b": value.ravel()[:1].tobytes(), "r": True}
    # Kernels are compiled anew for arrays that may be written to, and such that not.
    return told | {"b": value.tobytes(), "w": bool(value.flags.writeable)}


def _back(value, depth):
    """The value that :func:`_plain` has written; raises whatever it meets."""
    if depth == 0:
        raise ValueError
    if value is None or type(value) in (bool, int, float, str, bytes):
        return value
    if isinstance(value, list):
        return [_back(part, depth - 1) for part in value]
    if type(value) is not dict:
        raise TypeError
    if "q" in value:
        parts = {k: _back(part, depth - 1) for k, part in value["f"].items()}
        return _class_of(value["q"])(**parts)
    if "t" in value:
        return tuple(_back(part, depth - 1) for part in value["t"])
    if "z" in value:
        return frozenset(map(_text, value["z"]))
    if "m" in value:
        return {key: _back(part, depth - 1) for key, part in value["m"].items()}
    if "i" in value:
        return _long_integer(value["i"])
    if "o" in value:
        array = np.empty(len(value["o"]), object)
        array[:] = [_back(part, depth - 1) for part in value["o"]]
        return array.reshape(_shape(value["s"]))
    return _array(value)


def _text(value):
    if type(value) is not str:
        raise TypeError
    return value


def _long_integer(text):
    if len(text) > 100:
        raise ValueError
    return int(text)


def _array(told):
    """An array of numbers, texts or dates."""
    if not _DTYPE.match(told["a"]):
        raise TypeError
    dtype, shape = np.dtype(told["a"]), _shape(told["s"])
    flat = np.frombuffer(told["b"], dtype)
    if told.get("n"):
        (number,) = flat
        return number
    if told.get("r"):
        if len(flat) != 1 or prod(shape) * dtype.itemsize > _REPEATED:
            raise ValueError
        return np.broadcast_to(flat[0], shape)
    array = flat.reshape(shape).copy()
    array.flags.writeable = told["w"] is True
    return array


def _shape(told):
    if len(told) > 8 or not all(type(n) is int and 0 <= n < 2**40 for n in told):
        raise ValueError
    return tuple(told)


def _name_of(cls):
    return f"{cls.__module__.removeprefix('skprivate.')}:{cls.__qualname__}"


@cache
def _is_listed(cls):
    """Whether values of a class may travel."""
    room, _, rest = cls.__module__.removeprefix("skprivate.").partition(".")
    ours = cls.__module__.startswith("skprivate.") and room in _ROOMS
    if not ours or not is_dataclass(cls) or "." in cls.__qualname__:
        return False
    return issubclass(cls, Query) or cls.__name__ in _VALUES.get(f"{room}.{rest}", ())


def _class_of(name):
    """The class that a message names; raises if it is not listed."""
    module, _, own = name.partition(":")
    room = _MODULE.match(module)
    if len(name) > 100 or room is None or room[1] not in _ROOMS:
        raise ValueError
    cls = vars(import_module(f"skprivate.{module}"))[own]
    if not isinstance(cls, type) or _name_of(cls) != name or not _is_listed(cls):
        raise TypeError
    return cls


def _unsendable(cls):
    return refused(
        TypeError,
        f"A {cls.__name__} cannot be sent to parties: it is not on the list of what "
        "messages may hold. Fit steps one by one, with parameters that are numbers, "
        "texts or arrays of these.",
    )


def _refusal(why):
    return refused(
        ValueError,
        f"A message was refused: {why}. Use the same version of skprivate everywhere, "
        "and a channel that alters nothing.",
    )


def _msgpack():
    try:
        import msgpack
    except ImportError:
        raise ImportError(
            "Messages need msgpack. Install it: pip install 'skprivate[federated]'."
        ) from None
    return msgpack
