"""The list of what was released; its sums by table, purpose and estimator."""

import math
import re

from skprivate.dashboard._gathered import NOT_SAID, sums_by
from skprivate.dashboard._sections import bar_svg, section
from skprivate.dashboard._shown import (
    aligned,
    counted,
    name,
    number,
    plain,
    value,
    words,
)

_MOST_GROUPS = 8
_MOST_ROWS = 1500
_KINDS = {
    "table": ("By table", lambda r: r.facts.get("table", NOT_SAID)),
    "purpose": ("By purpose", lambda r: r.facts.get("purpose", NOT_SAID)),
    "name": ("By estimator", lambda r: r.name),
}
_HEAD = (
    ("Estimator", "text", ""),
    ("Table", "text", ""),
    ("Purpose", "text", ""),
    ("ε each", "number", "num"),
    ("Times", "number", "num"),
    ("Last (UTC)", "text", "num"),
    ("Notes", "text", ""),
)


def releases_html(found):
    """Sums, filters and the table."""
    if not found.records:
        empty = '<p class="empty">Nothing has been released yet.</p>'
        return section("releases", "Releases", empty)
    delta = found.ledger.report_delta
    sums = "".join(
        _sums(kind, title, sums_by(found.records, delta, names_of))
        for kind, (title, names_of) in _KINDS.items()
    )
    rows = found.rows[:_MOST_ROWS]
    more = len(found.rows) - len(rows)
    left_out = (
        f'<p class="quiet">{counted(more, "older kind")} of releases left out; '
        "<code>python -m skprivate ledger --json</code> has all.</p>"
        if more
        else ""
    )
    return section(
        "releases",
        "Releases",
        f'<div class="sums">{sums}</div><div class="list" data-list>'
        f"{_filters(rows)}{_table(rows)}{left_out}</div>",
        f"ε of each group alone, at δ = {number(delta)}; they add up to less than "
        "their sum.",
    )


def _sums(kind, title, groups):
    """Groups with bars; a press shows the releases of one."""
    most = max((e for _, _, e in groups if math.isfinite(e)), default=0.0) or 1.0
    items = "".join(
        f'<li><button type="button" data-set="{kind}" data-value="{value(group)}" '
        f'aria-label="{value(f"Show only {plain(group)}")}">'
        f'<span class="who">{name(group)}</span>'
        f'<span class="num">{aligned(epsilon)}</span>'
        f"{bar_svg(100 * min(epsilon / most, 1.0), lost=math.isinf(epsilon))}"
        f'<span class="quiet">'
        f"{counted(n, 'release')}</span></button></li>"
        for group, n, epsilon in groups[:_MOST_GROUPS]
    )
    more = len(groups) - _MOST_GROUPS
    items += f'<li class="quiet">and {more} more</li>' if more > 0 else ""
    return f'<div class="card"><h3>{title}</h3><ul>{items}</ul></div>'


def _filters(rows):
    selects = "".join(
        _select(kind, label, [getattr(row, kind) for row in rows])
        for kind, label in (
            ("table", "Table"),
            ("purpose", "Purpose"),
            ("name", "Estimator"),
        )
    )
    return (
        '<form class="filters" role="search" aria-label="Filter releases" hidden>'
        '<label class="grow">Search<input type="search" data-search '
        'autocomplete="off" spellcheck="false"></label>'
        f'{selects}<label class="tick"><input type="checkbox" data-only="noted"> '
        'Only with notes</label><button type="reset">Clear</button></form>'
        '<p class="count quiet" role="status" aria-live="polite"></p>'
    )


def _select(kind, label, names):
    options = "".join(
        f'<option value="{value(one)}">{words(one)}</option>'
        for one in sorted({*names}, key=str.casefold)
    )
    return (
        f'<label>{label}<select data-key="{kind}"><option value="">All</option>'
        f"{options}</select></label>"
    )


def _table(rows):
    head = "".join(
        f'<th scope="col" role="columnheader" class="{side}" data-sort="{sort}">'
        f"{title}</th>"
        for title, sort, side in _HEAD
    )
    return (
        '<div class="card flush"><table role="table"><caption class="hidden">Releases, '
        f'the latest first</caption><thead role="rowgroup"><tr role="row">{head}</tr>'
        f'</thead><tbody role="rowgroup">{"".join(map(_row, rows))}</tbody></table>'
        "</div>"
    )


def _row(row):
    notes = "".join(f'<span class="tag">{words(note)}</span>' for note in row.notes)
    parts = f' <span class="quiet">{name(row.parts)}</span>' if row.parts else ""
    cells = (
        f"{name(row.name)}{parts}{_details(row)}",
        _said(row.table),
        _said(row.purpose),
        aligned(row.price),
        f"{len(row.records):,}",
        f'<time datetime="{row.last.isoformat()}">{row.last:%Y-%m-%d %H:%M}</time>',
        notes,
    )
    price = min(row.price, 1e308)
    sorts = ("", "", "", f"{price!r}", len(row.records), row.last.isoformat(), "")
    body = "".join(
        f'<td role="cell" class="{side}" data-label="{title}"'
        f"{f' data-by={chr(34)}{by}{chr(34)}' if by else ''}><div>{cell}</div></td>"
        for (title, _, side), cell, by in zip(_HEAD, cells, sorts, strict=True)
    )
    return (
        f'<tr role="row" data-table="{value(row.table)}" '
        f'data-purpose="{value(row.purpose)}" data-name="{value(row.name)}" '
        f'data-noted="{"yes" if row.notes else ""}">{body}</tr>'
    )


def _short(mechanism):
    """A mechanism with its numbers in a few digits."""
    return re.sub(r"\d+\.\d{5,}(e-?\d+)?", lambda m: f"{float(m[0]):.4g}", mechanism)


def _said(text):
    return f"<em>{words(text)}</em>" if text == NOT_SAID else name(text)


def _details(row):
    """What was asked, how it was answered, and what was assumed."""
    record = row.records[-1]
    asked = "".join(
        f"<li>{words(one.get('times', 1))} × {name(one.get('query', ''))}, "
        f"{words(one.get('size', ''))} numbers, "
        f"{name(_short(one.get('mechanism', '')))}</li>"
        for one in record.releases
    )
    assumed = "".join(f"<li>assumed: {name(fact)}</li>" for fact in record.assumed)
    unit = f"<li>unit: {name(record.unit)}</li>" if record.unit else ""
    if not (asked or assumed or unit):
        return ""
    return (
        f"<details><summary>What was released</summary><ul>{asked}{unit}{assumed}</ul>"
        "</details>"
    )
