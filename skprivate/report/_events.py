"""Events of dp_accounting as plain data, and back."""

import math

_NUMBERS_JSON_LACKS = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def plain_event(event):
    """Plain data of an event: its class, and its fields by name."""
    import attr

    data = {"type": type(event).__name__}
    for field in attr.fields(type(event)):
        data[field.name] = _plain(getattr(event, field.name))
    return data


def _plain(value):
    from dp_accounting import dp_event as dp

    if isinstance(value, dp.DpEvent):
        return plain_event(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def event_of(data):
    """The event of plain data; ValueError if dp_accounting has none of that name."""
    from dp_accounting import dp_event as dp

    name = data["type"]
    cls = getattr(dp, name, None) if name.endswith("DpEvent") else None
    if not isinstance(cls, type) or cls is dp.DpEvent:
        raise ValueError("The report has an unknown event. Update dp-accounting.")
    return cls(**{key: _value(item) for key, item in data.items() if key != "type"})


def _value(item):
    if isinstance(item, dict):
        return event_of(item)
    if isinstance(item, list):
        return [_value(part) for part in item]
    return _NUMBERS_JSON_LACKS.get(item, item) if isinstance(item, str) else item
