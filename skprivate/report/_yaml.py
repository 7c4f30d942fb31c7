"""Plain data as YAML, in which every text is quoted."""

import math
import re


def yaml_of(data, comments=()):
    """A block of YAML between two lines of dashes.

    Parameters
    ----------
    data : dict
        Of texts, numbers, truth values, lists and dicts; names are ours.
    comments : sequence of str
        Lines at the head, of our own words.

    Returns
    -------
    str
    """
    lines = ["---", *(f"# {line}" for line in comments)]
    return "\n".join([*lines, *_lines(data, 0), "---", ""])


def _lines(value, depth):
    margin = "  " * depth
    for key, part in value.items():
        if isinstance(part, dict):
            yield f"{margin}{key}:"
            yield from _lines(part, depth + 1)
        elif isinstance(part, list):
            yield f"{margin}{key}:" if part else f"{margin}{key}: []"
            yield from _items(part, depth + 1)
        else:
            yield f"{margin}{key}: {_scalar(part)}"


def _items(values, depth):
    margin = "  " * depth
    for value in values:
        if isinstance(value, dict):
            first, *rest = _lines(value, depth + 1)
            yield f"{margin}- {first.strip()}"
            yield from rest
        else:
            yield f"{margin}- {_scalar(value)}"


def _scalar(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return ".inf" if value > 0 else "-.inf" if value < 0 else ".nan"
        # YAML 1.1 takes "1e-06" for a text: a number has a point.
        return re.sub(r"^(-?\d+)e", r"\1.0e", f"{value:.12g}")
    return quoted(str(value))


def quoted(text):
    """A text in double quotes, with nothing in it that could end them or a line."""
    return '"' + "".join(map(_sign, text)) + '"'


def _sign(sign):
    code = ord(sign)
    if sign in '"\\':
        return "\\" + sign
    if 0xD800 <= code < 0xE000:  # half of a pair is no sign
        return "\\uFFFD"
    if sign.isprintable():
        return sign
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
