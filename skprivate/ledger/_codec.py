"""Events of dp_accounting as JSON, and back."""

import json
from numbers import Integral, Real

_TYPE = "type"  # no event has a field of this name


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
    from dp_accounting.dp_event import DpEvent

    event = _event(json.loads(text))
    if not isinstance(event, DpEvent):
        raise ValueError("an event in this ledger is none; it is damaged.")
    return event


def _plain(value):
    """An event, or a field of one, as JSON knows it."""
    from dp_accounting import dp_event

    if isinstance(value, dp_event.DpEvent):
        type_name = type(value).__name__
        if getattr(dp_event, type_name, None) is not type(value):
            raise TypeError(
                f"a ledger cannot hold a {type_name}; charge an event of dp_accounting."
            )
        fields = [field.name for field in getattr(value, "__attrs_attrs__", ())]
        parts = {name: _plain(getattr(value, name)) for name in fields}
        return {_TYPE: type_name, **parts}
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
    cls = getattr(dp_event, str(value.get(_TYPE)), None)
    if not (isinstance(cls, type) and issubclass(cls, dp_event.DpEvent)):
        raise ValueError("an event in this ledger has no known name; it is damaged.")
    return cls(**{name: _event(part) for name, part in value.items() if name != _TYPE})
