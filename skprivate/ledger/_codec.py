"""Events of dp_accounting as JSON, and back."""

import json
from numbers import Integral, Real


def text_of(event):
    """An event as a line of JSON.

    Raises
    ------
    TypeError
        If it is no event of dp_accounting: its price would be unknown to who reads it.
    """
    return json.dumps(_plain(event), separators=(",", ":"))


def event_of(text):
    """The event that :func:`text_of` has written."""
    return _event(json.loads(text))


def _plain(value):
    """An event, or a field of one, as JSON knows it."""
    from dp_accounting import dp_event

    if isinstance(value, dp_event.DpEvent):
        name = type(value).__name__
        if getattr(dp_event, name, None) is not type(value):
            raise TypeError(
                f"a ledger cannot hold a {name}; charge an event of dp_accounting."
            )
        fields = getattr(type(value), "__attrs_attrs__", ())
        return {"event": name} | {f.name: _plain(getattr(value, f.name)) for f in fields}
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise TypeError(
            f"a ledger cannot hold an event with a {type(value).__name__} in it; "
            "charge an event of dp_accounting."
        )
    return [_plain(part) for part in value]


def _event(value):
    from dp_accounting import dp_event

    if isinstance(value, list):
        return [_event(part) for part in value]
    if not isinstance(value, dict):
        return value
    fields = {name: _event(part) for name, part in value.items()}
    name = fields.pop("event") if isinstance(value["event"], str) else None
    if name is None:
        raise ValueError("an event in this ledger has no name; it may be damaged.")
    return getattr(dp_event, name)(**fields)
