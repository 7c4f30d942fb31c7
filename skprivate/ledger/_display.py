"""What a ledger holds, for people: as text, HTML, JSON and a table."""

import json
from html import escape

from skprivate.ledger._facts import NAMES

_HEAD = ("fit", "times", "epsilon", "rows of", "notes", "last")
_LINE = "  {:<28} {:>5} {:>9}  {:<18} {:<18} {}"


def text_of_ledger(ledger):
    """A ledger as lines of text."""
    lines, rows = [*head_of(ledger)], [*_table(ledger.records)]
    table = ["", *(_LINE.format(*row).rstrip() for row in (_HEAD, *rows))]
    return "\n".join(lines + (table if rows else []))


def html_of_ledger(ledger):
    """A ledger as HTML, for notebooks."""
    title, *facts = head_of(ledger)
    items = "".join(f"<li>{escape(fact.strip())}</li>" for fact in facts)
    head = "".join(f'<th style="text-align:left">{name}</th>' for name in _HEAD)
    body = "".join(
        "<tr>{}</tr>".format("".join(f"<td>{escape(cell)}</td>" for cell in row))
        for row in _table(ledger.records)
    )
    return (
        f"<div><b>{escape(title)}</b><ul>{items}</ul>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def json_of_ledger(ledger):
    """A ledger as JSON: the cap, what was spent, and every record."""
    from skprivate.ledger._codec import text_of

    records = [
        {
            "time": record.time.isoformat(),
            "name": record.name,
            "epsilon": record.epsilon,
            "event": json.loads(text_of(record.event)),
            "parts": [list(pair) for pair in record.parts],
            "seeded": record.seeded,
            "unit": record.unit,
            "releases": list(record.releases),
            "assumed": list(record.assumed),
            "facts": record.facts,
        }
        for record in ledger.records
    ]
    whole = {
        "path": ledger.path,
        "uid": ledger.uid,
        "epsilon": ledger.epsilon,
        "delta": ledger.delta,
        "reserve": ledger.reserve,
        "strict": ledger.strict,
        "spent": (spent := ledger.spent()),
        "why": spent.reason,
        "facts": ledger.facts,
        "head": ledger.head,
        "records": records,
    }
    return json.dumps(whole, indent=2)


def frame_of(records):
    """Records as a data frame of pandas, one row for each."""
    import pandas as pd

    columns = {
        "time": [r.time for r in records],
        "name": [r.name for r in records],
        "epsilon": [r.epsilon for r in records],
        "delta": [r.delta for r in records],
        "event": [repr(r.event) for r in records],
        "parts": [_words_of_parts(r.parts) for r in records],
        "seeded": [r.seeded for r in records],
        "unit": [r.unit for r in records],
        "releases": [list(r.releases) for r in records],
        "assumed": [list(r.assumed) for r in records],
        **{name: [r.facts.get(name, "") for r in records] for name in NAMES},
    }
    return pd.DataFrame(columns)


def head_of(ledger):
    """The title, and what is to be said of the whole."""
    records = ledger.records
    yield f"PrivacyLedger {ledger.path}{' (strict)' if ledger.strict else ''}"
    delta = ledger.report_delta
    fits = "1 fit has" if len(records) == 1 else f"{len(records)} fits have"
    spent = f"  {fits} spent epsilon={ledger.spent():.4g}"
    if ledger.epsilon is None:
        yield f"{spent} at delta={delta:g}; there is no cap"
    else:
        yield f"{spent} of {ledger.epsilon:g} at delta={delta:g}"
        yield f"  room for a fit of epsilon={ledger.remaining:.4g}"
        if ledger.reserve:
            yield (
                f"  {ledger.reserve:.4g} of delta is for finding categories; "
                f"{ledger.remaining_reserve:.4g} of it is left"
            )
    for name, text in ledger.facts.items():
        yield f"  {name.replace('_', ' ')}: {text}"
    if not ledger.is_active:
        yield "  not active now, so it counts nothing: use `with ledger:`"
    groups = {}
    for record in records:
        for group, part in record.parts:
            groups.setdefault(group, {})[part] = None
    for group, parts in groups.items():
        yield f"  asserted disjoint: {group} ({', '.join(parts)})"
    if any(record.seeded for record in records):
        yield "  SEEDED fits: whoever knows a seed can remove their noise"
    assumed = dict.fromkeys(fact for record in records for fact in record.assumed)
    for fact in assumed:
        yield f"  assumed public: {fact}"


def _table(records):
    """Equal records in one row."""
    alike = {}
    for record in records:
        notes = _notes_of(record)
        price = f"{float(record.epsilon):.4g}"
        key = record.name, price, _words_of_parts(record.parts), notes
        alike.setdefault(key, []).append(record.time)
    for (name, price, parts, notes), times in alike.items():
        last = f"{max(times):%Y-%m-%d %H:%M} UTC"
        yield name, str(len(times)), price, parts, notes, last


def _words_of_parts(parts):
    return ", ".join(f"{group} {part}" for group, part in parts)


def _notes_of(record):
    """What a reader should know of a fit, in a word or two."""
    notes = [
        "seeded" if record.seeded else "",
        "" if record.unit else "no report",
        record.epsilon.reason,
    ]
    return ", ".join(filter(None, notes))
