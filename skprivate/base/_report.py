"""What a fit released, and at what price."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from skprivate._card import Card, Section, Table
from skprivate.accounting import epsilon_of_events


@dataclass(frozen=True)
class Release:
    """One noisy answer.

    Parameters
    ----------
    query : str
        What was added up.
    size : int
        Number of values in the answer.
    sensitivity : float
        How far one unit can move the total, in real units.
    norm : float
        The norm of ``sensitivity``.
    share : float
        Fraction of the budget that it took.
    mechanism : Mechanism
        The noise, which states its own cost.
    spread : float, default=1.0
        Deviation of the noise in the answer, over that of ``mechanism``: more than one
        where several owners of rows have added noise, each that of ``mechanism`` or
        a share of it.
    """

    query: str
    size: int
    sensitivity: float
    norm: float
    share: float
    mechanism: object
    spread: float = 1.0

    @property
    def deviation(self) -> float:
        """Standard deviation of the noise in the answer, in real units."""
        return self.mechanism.deviation(self.sensitivity) * self.spread


@dataclass(frozen=True)
class PrivacyReport:
    """Everything that a fit released, and what it took for granted.

    Parameters
    ----------
    estimator : str
        Class of the estimator.
    budget : Budget
        What the fit was allowed to spend.
    releases : tuple of Release
        In order.
    assumed : tuple of str
        Facts that were taken as public.
    unit : str
        What one neighbour has more than the other.
    seeded : bool
        Whether the noise can be repeated by whoever knows ``random_state``.
    paid : tuple of DpEvent, default=()
        The price of the whole, where releases do not just add up: some are about other
        units, or were repeated in secret, or belong to what was chosen among others.
    notes : tuple of str, default=()
        How the price follows from the releases, where they do not just add up.
    batches : tuple of (name, tuple of DpEvent), default=()
        What was paid for each batch, where a fit has gone on from others; the name is
        None for what may share units with any batch.
    """

    estimator: str
    budget: object
    releases: tuple
    assumed: tuple
    unit: str
    seeded: bool
    paid: tuple = ()
    notes: tuple = ()
    batches: tuple = ()

    def epsilon(
        self,
        delta: float | None = None,
        *,
        relation: Literal["add_remove", "replace_one"] = "add_remove",
    ) -> float:
        """Total price at ``delta``.

        Parameters
        ----------
        delta : float, default=None
            The ``delta`` of the guarantee; None means that of the budget.
        relation : {"add_remove", "replace_one"}, default="add_remove"
            Neighbours: one unit more or less, or one unit replaced by another.

        Returns
        -------
        float
        """
        if delta is None:
            delta = self.budget.delta
        return epsilon_of_events(self.events, delta, relation=relation)

    @property
    def events(self) -> Any:
        """The price in the terms of ``dp_accounting``."""
        return list(self.paid) or [release.mechanism.event for release in self.releases]

    @property
    def whole(self) -> Any:
        """The price as it was charged: of all that the fit was allowed to ask."""
        return self.paid or (self.budget.event,)

    @property
    def private(self) -> bool:
        """Whether there is a guarantee at all."""
        return self.budget.private and not self.seeded

    def rows(self) -> list[dict[Any, Any]]:
        """Table of the releases, equal neighbours put together.

        Returns
        -------
        list of dict
            With the keys ``query``, ``times``, ``size``, ``sensitivity``, ``norm``,
            ``share`` (of each), ``mechanism`` and ``event``, the last two as text.
        """
        table = []
        for release in self.releases:
            row = {
                "query": release.query,
                "times": 1,
                "size": release.size,
                "sensitivity": release.sensitivity,
                "norm": release.norm,
                "share": release.share,
                "mechanism": repr(release.mechanism),
                "event": repr(release.mechanism.event),
            }
            last = table[-1] if table else {}
            if all(row[key] == last.get(key) for key in row if key != "times"):
                last["times"] += 1
            else:
                table.append(row)
        return table

    def _alarms(self):
        """What takes the guarantee away."""
        if not self.budget.private:
            yield "NOT PRIVATE: epsilon=inf, no noise was added."
        if self.seeded:
            yield "SEEDED: whoever knows random_state can remove the noise."

    def _statements(self):
        """The price, and what was taken for granted."""
        if self.budget.private:
            pair = f"epsilon={self.epsilon():.4g}, delta={self.budget.delta:g}"
            other = self.epsilon(relation="replace_one")
            yield f"{pair} if one {self.unit} is added or removed"
            yield f"epsilon={other:.4g} if one is replaced by another"
        for fact in self.assumed:
            yield f"assumed public: {fact}"
        yield from self.notes

    def _card(self):
        """What is shown, as text or as HTML."""
        return Card(
            f"Privacy of {self.estimator}",
            tuple(self._alarms()),
            tuple(self._statements()),
            (Section("", (table_of_releases(self.rows()),)),),
        )

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()


_COLUMNS = {  # what a table shows of a row
    "release": lambda row: row["query"],
    "times": lambda row: str(row["times"]),
    "values": lambda row: str(row["size"]),
    "sensitivity": lambda row: f"{row['sensitivity']:.4g}",
    "norm": lambda row: f"L{row['norm']:g}",
    "share": lambda row: f"{row['share']:.3g}",
    "mechanism": lambda row: short_numbers(row["mechanism"]),
}
_EVENT = {"event": lambda row: short_numbers(row["event"])}
_MERGED = "times", "sensitivity"
_NUMBERS = ("times", "values", "sensitivity", "share")


def table_of_releases(rows: Sequence[dict[Any, Any]], *, events: bool = False) -> Table:
    """Table of the rows that :meth:`PrivacyReport.rows` returns.

    Releases that differ in their sensitivity at most, as those of the many fits of a
    search, are put together, wherever they are.

    Parameters
    ----------
    rows : list of dict
    events : bool, default=False
        Whether to show the events of dp_accounting, too, which are long.

    Returns
    -------
    Table
    """
    columns, groups = {**_COLUMNS, **(_EVENT if events else {})}, {}
    for row in rows:
        shown = {name: show(row) for name, show in columns.items()}
        key = tuple(cell for name, cell in shown.items() if name not in _MERGED)
        groups.setdefault(key, []).append((row, shown))
    lines = []
    for found in groups.values():
        shown = dict(found[0][1])
        shown["times"] = str(sum(row["times"] for row, _ in found))
        ends = [f(row["sensitivity"] for row, _ in found) for f in (min, max)]
        ends = dict.fromkeys(f"{end:.4g}" for end in ends)
        shown["sensitivity"] = " to ".join(ends)
        lines.append(tuple(shown.values()))
    wide = tuple(_EVENT) if events else ()
    return Table(tuple(columns), tuple(lines), _NUMBERS, wide)


def short_numbers(text):
    """The text, with at most four digits of each number in it."""
    return re.sub(r"\d+\.\d+(e-?\d+)?", lambda found: f"{float(found[0]):.4g}", text)


def price_of(privacy, before="", after=""):
    """The price in a few words, or nothing where it is not known."""
    if privacy is None:
        return ""
    budget = privacy.budget
    if not budget.private:
        return f"{before}NOT PRIVATE{after}"
    seeded = ", SEEDED" if privacy.seeded else ""
    return f"{before}epsilon={budget.epsilon:g}, delta={budget.delta:g}{seeded}{after}"
