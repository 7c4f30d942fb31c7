"""The accountant's curve: epsilon as a function of delta, as points and as pictures."""

import math

RELATIONS = {
    "add_remove": "one added or removed",
    "replace_one": "one replaced by another",
}
_DELTAS = (1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4)
_LEAST = 1e-12  # of a delta that is drawn


def known_curves(price, delta):
    """Points (delta, epsilon) under each relation for which a price is known.

    Parameters
    ----------
    price : callable
        ``price(delta, relation=...)``; raises ValueError if there is none.
    delta : float
        One of the points.
    """
    deltas, curves = sorted({*_DELTAS, delta}), {}
    for relation in RELATIONS:
        try:
            curves[relation] = [(d, price(d, relation=relation)) for d in deltas]
        except ValueError:  # replace-one of an unusual event: stated as unknown
            if relation == "add_remove":
                raise
    return curves


def drawable(points):
    """Points that fit on axes with a logarithmic delta."""
    return [(d, e) for d, e in points if d >= _LEAST and math.isfinite(e)]


_WIDTH, _HEIGHT = 560, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 160, 20, 38


def curve_svg(curves):
    """The curves as SVG in the colour of the surrounding text; empty if none."""
    curves = {relation: drawable(points) for relation, points in curves.items()}
    curves = {relation: points for relation, points in curves.items() if points}
    if not curves:
        return ""
    every = [point for points in curves.values() for point in points]
    axes = _Axes(every)
    lines = [axes.frame(), *(axes.line(r, points) for r, points in curves.items())]
    label = "epsilon as a function of delta; the numbers are in the table"
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}" '
        f'fill="currentColor" font-size="11">{"".join(lines)}</svg>'
    )


class _Axes:
    """Where a point (delta, epsilon) lies on the drawing."""

    def __init__(self, points):
        logs = [math.log10(delta) for delta, _ in points]
        self._first, self._last = math.floor(min(logs)), math.ceil(max(logs))
        self._last = max(self._last, self._first + 1)
        self._highest = _round_up(max(epsilon for _, epsilon in points))

    def _x(self, log):
        part = (log - self._first) / (self._last - self._first)
        return _LEFT + part * (_WIDTH - _LEFT - _RIGHT)

    def _y(self, epsilon):
        part = epsilon / self._highest
        return _HEIGHT - _BOTTOM - part * (_HEIGHT - _TOP - _BOTTOM)

    def frame(self):
        """Ticks, grid lines and names of the axes."""
        marks = []
        for log in range(self._first, self._last + 1):
            x = self._x(log)
            marks.append(_text(x, _HEIGHT - _BOTTOM + 16, "middle", f"1e{log}"))
        for quarter in range(5):
            epsilon = self._highest * quarter / 4
            y = self._y(epsilon)
            marks.append(
                f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" '
                'stroke="currentColor" stroke-opacity="0.2"/>'
            )
            marks.append(_text(_LEFT - 6, y + 4, "end", f"{epsilon:.3g}"))
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        marks.append(_text(middle, _HEIGHT - 4, "middle", "delta"))
        marks.append(_text(_LEFT, _TOP - 6, "start", "epsilon"))
        return "".join(marks)

    def line(self, relation, points):
        """One curve, and its name beside its right end."""
        dashes = ' stroke-dasharray="5 4"' if relation == "replace_one" else ""
        path = [(self._x(math.log10(d)), self._y(e)) for d, e in points]
        corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in path)
        x, y = path[-1]
        return (
            f'<polyline points="{corners}" fill="none" stroke="currentColor" '
            f'stroke-width="1.8"{dashes}/>'
            + _text(x + 8, y + 4, "start", RELATIONS[relation])
        )


def _round_up(value):
    """A round number at or above a positive value."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(m * power for m in (1, 2, 4, 6, 8, 10) if m * power >= value)


def _text(x, y, anchor, words):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def plot_curves(curves, title, ax=None):
    """The curves on axes of matplotlib, which is imported only here."""
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots()
    for relation, points in curves.items():
        points = drawable(points)
        style = "--" if relation == "replace_one" else "-"
        ax.plot(
            [delta for delta, _ in points],
            [epsilon for _, epsilon in points],
            style,
            label=RELATIONS[relation],
        )
    ax.set(xscale="log", xlabel="delta", ylabel="epsilon", title=title)
    ax.set_ylim(bottom=0)
    ax.legend()
    return ax
