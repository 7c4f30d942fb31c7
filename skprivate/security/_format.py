"""How a model file is laid out, byte for byte.

| part | bytes | protected by |
|---|---|---|
| magic and version | 10 | tag or signature |
| length of the header, header (JSON) | 4 + | tag or signature |
| how the file's key is wrapped | 81, or 1 | AES key wrap (RFC 3394) |
| length of the body, body | 8 + | tag or signature |
| signature | 64, if the header says so | itself |

The wrap is not part of what the tag covers, so that :meth:`KeyRing.rotate` rewrites
it alone. It protects itself: whatever is changed in it unwraps no key.
"""

import json
import struct
from dataclasses import dataclass, replace

from skprivate.security._errors import UnreadableFileError

MAGIC = b"SKPRIV\x1a\n"
VERSION = 1
SIGNATURE_BYTES = 64
_MOST_HEADER = 2**20
_START = struct.Struct(">8sHI")
_WRAP = struct.Struct(">B24s16s40s")
_BODY = struct.Struct(">Q")
OPEN, KEY, PASSWORD = 0, 1, 2


@dataclass(frozen=True)
class Wrap:
    """How the key of a file is wrapped: by a key, by a password, or not at all."""

    kind: int = OPEN
    name: str = ""
    salt: bytes = bytes(16)
    wrapped: bytes = bytes(40)

    def pack(self):
        """The bytes of this part."""
        if self.kind == OPEN:
            return bytes([OPEN])
        return _WRAP.pack(self.kind, self.name.encode(), self.salt, self.wrapped)


@dataclass(frozen=True)
class Container:
    """The parts of a file.

    Parameters
    ----------
    start : bytes
        Magic, version and header, as they are in the file: what the tag covers.
    header : dict
        Public facts: who made the file, of what, how it is protected.
    wrap : Wrap
        How the key is wrapped.
    body : bytes
        Encrypted or not.
    signature : bytes
        Empty if there is none.
    """

    start: bytes
    header: dict
    wrap: Wrap
    body: bytes
    signature: bytes = b""

    def pack(self):
        """The parts of the file, in order."""
        length = _BODY.pack(len(self.body))
        return self.start, self.wrap.pack(), length, self.body, self.signature

    def with_wrap(self, wrap):
        """The same file under another key."""
        return replace(self, wrap=wrap)


def start_of(header):
    """Magic, version and header."""
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    return _START.pack(MAGIC, VERSION, len(text)) + text


def read_container(data):
    """The parts of the file that ``data`` holds; nothing in it is believed yet."""
    try:
        return _read(memoryview(data))
    except (struct.error, IndexError, ValueError, RecursionError) as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise _damaged() from None


def _read(data):
    if len(data) < _START.size or bytes(data[: len(MAGIC)]) != MAGIC:
        raise UnreadableFileError(
            "This is no file of save_private_model, or its first bytes were changed. "
            "Pass one that it wrote, whole."
        )
    _, version, length = _START.unpack_from(data)
    if version != VERSION:
        raise UnreadableFileError(
            f"This file has format {version}, and this version of skprivate reads "
            f"{VERSION}. Read it with the version that wrote it, and save it again."
        )
    if length > _MOST_HEADER:
        raise _damaged()
    place = _START.size + length
    start = bytes(data[:place])
    header = json.loads(start[_START.size :].decode())
    if not isinstance(header, dict):
        raise _damaged()
    wrap, place = _read_wrap(data, place)
    (size,) = _BODY.unpack_from(data, place)
    place += _BODY.size
    signed = SIGNATURE_BYTES if header.get("signed") is True else 0
    if len(data) != place + size + signed:
        raise _damaged()
    body, signature = data[place : place + size], bytes(data[place + size :])
    return Container(start, header, wrap, body, signature)


def _read_wrap(data, place):
    kind = data[place]
    if kind == OPEN:
        return Wrap(), place + 1
    if kind not in (KEY, PASSWORD):
        raise _damaged()
    _, name, salt, wrapped = _WRAP.unpack_from(data, place)
    wrap = Wrap(kind, name.rstrip(b"\x00").decode("ascii"), salt, wrapped)
    unused = any(salt) if kind == KEY else wrap.name
    if unused or wrap.pack() != bytes(data[place : place + _WRAP.size]):
        raise _damaged()  # what nothing protects must be empty
    return wrap, place + _WRAP.size


def _damaged():
    return UnreadableFileError(
        "The file is damaged or cut off. Take it from a backup, or save it again."
    )
