"""A model in few bytes: arrays in the smallest types that hold them, then zlib.

Nothing is lost: unpacking gives the same arrays, types and bits.
"""

import io
import pickle
import zlib
from dataclasses import fields

import numpy as np

from skprivate.compression._grid import codes_of_floats, floats_of_codes, smallest
from skprivate.rows import Frozen


class _Packer(pickle.Pickler):
    """Pickles arrays of numbers in small types."""

    def reducer_override(self, thing):
        if isinstance(thing, Frozen):  # without what it only remembers to be faster
            return type(thing), tuple(getattr(thing, f.name) for f in fields(thing))
        if type(thing) is not np.ndarray:
            return NotImplemented
        kind = thing.dtype.kind
        if kind in "iu" and thing.dtype.itemsize > 1:
            small = smallest(thing)
            if small.dtype != thing.dtype:
                return _wider, (small.tobytes(), small.dtype.str, *_facts(thing))
        if thing.dtype == np.float64:
            found = codes_of_floats(thing)
            if found is not None:
                codes, exponent = found
                facts = codes.tobytes(), codes.dtype.str, exponent, *_facts(thing)
                return _scaled, facts
            single = thing.astype(np.float32)
            if np.array_equal(single, thing):
                return _wider, (single.tobytes(), single.dtype.str, *_facts(thing))
        return NotImplemented


def packed(model):
    """A model as bytes.

    Parameters
    ----------
    model : object

    Returns
    -------
    bytes
    """
    buffer = io.BytesIO()
    with np.errstate(all="ignore"):
        _Packer(buffer, protocol=5).dump(model)
    return zlib.compress(buffer.getvalue(), 9)


def unpacked(stored):
    """The model that :func:`packed` made bytes of. Like a pickle: of trusted bytes."""
    return pickle.loads(zlib.decompress(stored))


def _facts(array):
    return array.dtype.str, array.shape, array.flags.writeable


def _wider(stored, small, dtype, shape, writeable):
    """An array of its own type again."""
    array = np.frombuffer(stored, small).astype(dtype).reshape(shape)
    array.flags.writeable = writeable
    return array


def _scaled(stored, small, exponent, dtype, shape, writeable):
    """Floats of whole numbers and a power of two."""
    array = floats_of_codes(np.frombuffer(stored, small), exponent).reshape(shape)
    array.flags.writeable = writeable
    return array
