"""The timeline of a page: epsilon after each release below the cap, as inline SVG."""

import math
from datetime import timedelta

from skprivate.dashboard._shown import number, value, words

_TOP, _BOTTOM, _LEFT, _RIGHT = 18, 30, 44, 14
_STEPS = (1, 2, 2.5, 5, 10)
# Steps of a calendar: how many of which unit, and how a tick is written.
_CALENDAR = (
    *((timedelta(seconds=n), "%H:%M:%S") for n in (1, 5, 15)),
    *((timedelta(minutes=n), "%H:%M") for n in (1, 5, 15, 30)),
    *((timedelta(hours=n), "%d %b %H:%M") for n in (1, 3, 6, 12)),
    *((timedelta(days=n), "%d %b") for n in (1, 2, 7, 14)),
)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)


def timeline_svg(steps, cap, complaints, now, *, width, height, label):
    """A drawing of steps in time.

    Parameters
    ----------
    steps : list of (datetime, epsilon, name)
        At least one.
    cap : float or None
    complaints : sequence of Complaint
    now : datetime
        The line goes on until then.
    width, height : int
        In units of the font: the page shows it in about this size.
    label : str
        What it shows, for those who do not see it.
    """
    frame = _Frame(steps, cap, now, width, height)
    parts = [*_grid(frame), *_dates(frame)]
    line = _line(frame, steps)
    floor = frame.y(0)
    parts.append(
        f'<path class="area" d="{line} L{frame.x(frame.end):.1f} {floor:.1f} '
        f'L{frame.x(steps[0][0]):.1f} {floor:.1f} Z"/>'
    )
    parts.append(f'<path class="line" d="{line}"/>')
    if cap is not None:
        parts += _cap(frame, cap)
    parts += _dots(frame, steps)
    parts += _marks(frame, complaints)
    return (
        f'<svg class="timeline" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{value(label)}">{"".join(parts)}</svg>'
    )


class _Frame:
    """Where a moment and an epsilon are in the drawing."""

    def __init__(self, steps, cap, now, width, height):
        self.width, self.height = width, height
        self.start, self.end = steps[0][0], max(now, steps[-1][0])
        self.end = max(self.end, self.start + timedelta(seconds=10))
        finite = [e for _, e, _ in steps if math.isfinite(e)]
        most = max([*finite, cap or 0.0]) or 1.0
        self.ticks = _ticks(most)
        self.most = max(self.ticks[-1], most * 1.04)

    def x(self, time):
        """From the left."""
        share = (time - self.start) / (self.end - self.start)
        return _LEFT + share * (self.width - _LEFT - _RIGHT)

    def y(self, epsilon):
        """From the top; what is infinite leaves the drawing."""
        room = self.height - _TOP - _BOTTOM
        return _TOP + room * (1 - min(epsilon / self.most, 1.05))


def _ticks(most):
    """Round numbers from zero up to the largest that fits."""
    size = 10.0 ** math.floor(math.log10(most / 4))
    step = next(s * size for s in _STEPS if s * size * 4.5 >= most)
    return [i * step for i in range(int(most / step + 1e-9) + 1)]


def _grid(frame):
    for tick in frame.ticks:
        y = frame.y(tick)
        right = frame.width - _RIGHT
        yield f'<path class="grid" d="M{_LEFT} {y:.1f} H{right}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" class="end">{tick:g}</text>'


def _dates(frame):
    most = max(2, (frame.width - _LEFT) // 72)
    for time, text in _calendar(frame.start, frame.end, most):
        x = frame.x(time)
        if x > frame.width - _RIGHT - 20:
            continue
        side = "start" if x < _LEFT + 30 else "middle"
        base = frame.y(0)
        yield f'<path class="grid" d="M{x:.1f} {base:.1f} v5"/>'
        yield f'<text x="{x:.1f}" y="{frame.height - 8}" class="{side}">{text}</text>'


def _calendar(start, end, most):
    """Round moments between two, at most so many, as they are written."""
    for step, form in _CALENDAR:
        if (end - start) / step < most:
            origin = start.replace(hour=0, minute=0, second=0, microsecond=0)
            if step >= timedelta(days=1):
                origin = origin.replace(month=1, day=1)
            first = -(-(start - origin) // step)
            for i in range(first, first + most + 1):
                if origin + i * step <= end:
                    yield origin + i * step, f"{origin + i * step:{form}}".lstrip("0")
            return
    months = (end.year - start.year) * 12 + end.month - start.month
    step = next((n for n in _MONTHS if months / n < most), _MONTHS[-1])
    for i in range(start.year * 12, end.year * 12 + end.month, step):
        year, month = divmod(i, 12)
        time = start.replace(
            year=year, month=month + 1, day=1, hour=0, minute=0, second=0, microsecond=0
        )
        if start <= time <= end:
            yield time, f"{time:%Y}" if step >= 12 else f"{time:%b %Y}"


def _line(frame, steps):
    time, epsilon, _ = steps[0]
    parts = [f"M{frame.x(time):.1f} {frame.y(0):.1f} V{frame.y(epsilon):.1f}"]
    for time, epsilon, _ in steps[1:]:
        parts.append(f"H{frame.x(time):.1f} V{frame.y(epsilon):.1f}")
    return " ".join([*parts, f"H{frame.x(frame.end):.1f}"])


def _cap(frame, cap):
    y, right = frame.y(cap), frame.width - _RIGHT
    yield f'<path class="cap" d="M{_LEFT} {y:.1f} H{right}"/>'
    yield (
        f'<text class="cap-label start" x="{_LEFT + 4}" y="{y - 6:.1f}">'
        f"cap ε = {number(cap)}</text>"
    )


def _dots(frame, steps):
    for time, epsilon, name in steps:
        told = f"{time:%Y-%m-%d %H:%M} UTC: {name}, then ε = {number(epsilon)}"
        lost = "" if math.isfinite(epsilon) else " lost"
        yield (
            f'<circle class="dot{lost}" cx="{frame.x(time):.1f}" '
            f'cy="{max(frame.y(epsilon), 6):.1f}" r="3"><title>{words(told)}</title>'
            "</circle>"
        )


def _marks(frame, complaints):
    """When complaints came in, on the axis."""
    for one in complaints:
        if not frame.start <= one.opened <= frame.end:
            continue
        x, y = frame.x(one.opened), frame.y(0)
        told = f"{one.opened:%Y-%m-%d}: case {one.case}, {one.category}, {one.status}"
        yield (
            f'<path class="mark" d="M{x:.1f} {y - 5:.1f} l5 5 l-5 5 l-5 -5 Z">'
            f"<title>{words(told)}</title></path>"
        )
