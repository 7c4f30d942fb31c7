"""A profile of a table as a card."""

from datetime import UTC, datetime, timedelta

from skprivate._card import Card, Figure, Section, Table
from skprivate.exploration._drawings import correlation_squares, quantile_strips

_MOST_PAIRS = 10
_FINEST = 1e-9  # of the numbers of a column: smaller ones are shown as zero
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def card_of(profile):
    """What is shown of a :class:`TableProfile`, as text or as HTML."""
    statements = (
        f"{shown(profile.n_rows)} rows, {len(profile.columns)} columns",
        f"[low, high]: holds the exact number of this table with probability "
        f"{profile.confidence:g}, over the noise",
    )
    sections = [*_numbers(profile), *_categories(profile), *_correlations(profile)]
    return Card("Private profile", (), statements, tuple(sections))


def shown(found, show=None):
    """An estimate as text."""
    show = show or short
    return f"{show(found.value)} [{show(found.low)}, {show(found.high)}]"


def short(number):
    """A number with about four digits, and no exponent where it need not be."""
    if number != number:
        return "unknown"
    if 1e4 <= abs(number) < 1e15:
        return f"{number:.0f}"
    return f"{number:.4g}"


def of_kind(kind):
    """How values of a column are shown."""
    return _date if kind == "date" else short


def _show_of(column):
    """How numbers of a column are shown: what is nearly zero, as zero."""
    found = column.quantiles.values()
    largest = max((max(abs(f.low), abs(f.high)) for f in found), default=0.0)
    show = of_kind(column.kind)
    return lambda number: show(number if abs(number) > _FINEST * largest else 0.0)


def _date(seconds):
    """A date as text; years that the calendar does not have stay seconds."""
    try:
        moment = _EPOCH + timedelta(seconds=float(seconds))
    except OverflowError:
        return short(seconds)
    return f"{moment:%Y-%m-%d %H:%M}"


def _numbers(profile):
    """Table of the columns of numbers and dates."""
    columns = [column for column in profile.columns if column.kind != "category"]
    if not columns:
        return
    quantiles = tuple(f"{100 * q:g} %" for q in columns[0].quantiles)
    rows = tuple(
        (
            column.name,
            shown(column.missing),
            *(shown(q, _show_of(column)) for q in column.quantiles.values()),
        )
        for column in columns
    )
    head = ("column", "missing", *quantiles)
    strips = Figure(quantile_strips(columns))
    yield Section("Numbers", (Table(head, rows, head[1:]), strips))


def _categories(profile):
    """Table of the most frequent categories of each column."""
    columns = [column for column in profile.columns if column.kind == "category"]
    if not columns:
        return
    rows = []
    for column in columns:
        rows.append((column.name, "(missing)", shown(column.missing)))
        for category, found in column.categories.items():
            rows.append(("", str(category), shown(found)))
        rows.append(("", "(others)", shown(column.others)))
    table = Table(("column", "category", "rows"), tuple(rows), ("rows",))
    yield Section("Categories", (table,))


def _correlations(profile):
    """Table of the pairs that go together most."""
    known = [pair for pair in profile.correlations.items() if abs(pair[1].value) >= 0]
    if not known:
        return
    most = sorted(known, key=lambda pair: -abs(pair[1].value))[:_MOST_PAIRS]
    rows = tuple((*names, shown(found, "{:.3f}".format)) for names, found in most)
    head = ("column", "with", "rank correlation")
    squares = Figure(correlation_squares(profile.correlation_matrix()[1]))
    yield Section("Correlations", (Table(head, rows, head[2:]), squares))
