"""The list of complaints: cases, never persons or what they wrote."""

from skprivate.dashboard._sections import section
from skprivate.dashboard._shown import counted, name, value, words

_HEAD = (
    ("Case", "text", ""),
    ("Category", "text", ""),
    ("Status", "text", ""),
    ("Due", "text", "num"),
    ("Opened", "text", "num"),
    ("Table", "text", ""),
    ("Releases", "number", "num"),
)


def complaints_html(found):
    """Filters and the table; what waits longest comes first."""
    if not found.complaints:
        empty = '<p class="empty">No complaint has been recorded.</p>'
        return section("complaints", "Complaints", empty)
    today = found.now.date()
    waiting = [one for one in found.complaints if one.is_open]
    late = sum(one.is_overdue(today) for one in waiting)
    order = sorted(found.complaints, key=lambda one: (not one.is_open, one.due))
    rows = "".join(_row(one, today) for one in order)
    head = "".join(
        f'<th scope="col" role="columnheader" class="{side}" data-sort="{sort}">'
        f"{title}</th>"
        for title, sort, side in _HEAD
    )
    return section(
        "complaints",
        "Complaints",
        f'<div class="list" data-list>{_FILTERS}<div class="card flush">'
        '<table role="table"><caption class="hidden">Complaints, open ones first'
        f'</caption><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table></div></div>',
        f"{counted(len(waiting), 'case')} open, {late} overdue; "
        f"{len(found.complaints)} in all.",
    )


_FILTERS = (
    '<form class="filters" role="search" aria-label="Filter complaints" hidden>'
    '<label class="grow">Search<input type="search" data-search autocomplete="off" '
    'spellcheck="false"></label><label class="tick"><input type="checkbox" '
    'data-only="open"> Only open</label><button type="reset">Clear</button></form>'
    '<p class="count quiet" role="status" aria-live="polite"></p>'
)


def _row(one, today):
    late = one.is_overdue(today)
    state = "bad" if late else "look" if one.is_open else "good"
    status = f'<span class="tag {state}">{words(one.status)}</span>'
    if late:
        days = counted((today - one.due).days, "day")
        status += f' <span class="tag bad">{days} late</span>'
    cells = (
        f"<strong>{name(one.case)}</strong>",
        words(one.category),
        status,
        one.due.isoformat(),
        f"{one.opened:%Y-%m-%d}",
        name(one.table) if one.table else "<em>all</em>",
        f"{len(one.releases):,}",
    )
    body = "".join(
        f'<td role="cell" class="{side}" data-label="{title}"><div>{cell}</div></td>'
        for (title, _, side), cell in zip(_HEAD, cells, strict=True)
    )
    return (
        f'<tr role="row" data-open="{"yes" if one.is_open else ""}" '
        f'data-case="{value(one.case)}">{body}</tr>'
    )
