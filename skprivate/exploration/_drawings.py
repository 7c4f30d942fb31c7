"""Drawings for the card of a profile, in the order of the table beside them."""

from html import escape

_WIDTH, _LEFT, _RIGHT, _STEP = 560, 30, 10, 22
_NAME, _LETTERS = 130, 18  # room for the name of a column, and what has a place there
_MOST = 40  # columns that are drawn
_CELL = 20


def quantile_strips(columns):
    """A line for each column of numbers, with its quantiles and their intervals.

    Parameters
    ----------
    columns : sequence of ColumnProfile
        Of numbers or dates. Each line has a scale of its own.

    Returns
    -------
    str
        SVG.
    """
    columns = columns[:_MOST]
    marks = []
    for i, column in enumerate(columns):
        found = list(column.quantiles.values())
        if not found:
            continue
        y = _STEP * i + _STEP / 2
        start, stop = found[0].low, max(f.high for f in found)
        width = (stop - start) or 1.0
        scale = (_WIDTH - _NAME - _RIGHT) / width
        marks.append(_text(_NAME - 8, y + 4, _short(column.name)))
        marks.append(_line(_NAME, _WIDTH - _RIGHT, y, y, 0.3, 1))
        for f in found:
            ends = f.low, f.value, f.high
            low, value, high = (_NAME + (end - start) * scale for end in ends)
            marks.append(_line(low, max(high, low + 1), y, y, 0.35, 9))
            marks.append(_line(value, value, y - 7, y + 7, 1.0, 1.5))
    label = "quantiles of each column of numbers, with intervals"
    return _svg(marks, _WIDTH, _STEP * len(columns), label)


def correlation_squares(matrix):
    """A square for each pair: red goes together, blue goes apart, strong is opaque.

    Parameters
    ----------
    matrix : ndarray of shape (n_numbers, n_numbers)
        NaN is left blank.

    Returns
    -------
    str
        SVG.
    """
    size, marks = min(len(matrix), _MOST), []
    for i in range(size):
        middle = _LEFT + _CELL * i + _CELL / 2
        marks.append(_text(_LEFT - 8, _CELL * (i + 1) + 14, i + 1))
        marks.append(_text(middle, 14, i + 1, "middle"))
        for j in range(size):
            if abs(matrix[i, j]) <= 1:
                color = "#b2182b" if matrix[i, j] >= 0 else "#2166ac"
                marks.append(
                    f'<rect x="{_LEFT + _CELL * j}" y="{_CELL * (i + 1)}" '
                    f'width="{_CELL - 1}" height="{_CELL - 1}" fill="{color}" '
                    f'fill-opacity="{abs(matrix[i, j]):.3f}"/>'
                )
    label = "rank correlations of the columns of numbers"
    side = _CELL * (size + 1)
    return _svg(marks, max(_WIDTH, _LEFT + side), side, label)


def _short(name):
    """A name that fits in, harmless whatever is in it."""
    return escape(name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…")


def _svg(marks, width, height, label):
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}" '
        f'fill="currentColor" font-size="11">{"".join(marks)}</svg>'
    )


def _line(x1, x2, y1, y2, opacity, width):
    return (
        f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}" '
        f'stroke="currentColor" stroke-opacity="{opacity}" stroke-width="{width}"/>'
    )


def _text(x, y, words, anchor="end"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
