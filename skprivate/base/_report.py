"""What a fit released, and at what price."""

import re
from dataclasses import dataclass
from html import escape

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
    """

    query: str
    size: int
    sensitivity: float
    norm: float
    share: float
    mechanism: object


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
    """

    estimator: str
    budget: object
    releases: tuple
    assumed: tuple
    unit: str
    seeded: bool

    def epsilon(self, delta=None, *, relation="add_remove"):
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
    def events(self):
        """The releases in the terms of ``dp_accounting``."""
        return [release.mechanism.event for release in self.releases]

    @property
    def private(self):
        """Whether there is a guarantee at all."""
        return self.budget.private and not self.seeded

    def rows(self):
        """Table of the releases, equal neighbours put together.

        Returns
        -------
        list of dict
            With the keys ``query``, ``times``, ``size``, ``sensitivity``, ``share`` (of
            each) and ``mechanism``.
        """
        table = []
        for release in self.releases:
            row = {
                "query": release.query,
                "times": 1,
                "size": release.size,
                "sensitivity": release.sensitivity,
                "share": release.share,
                "mechanism": repr(release.mechanism),
            }
            last = table[-1] if table else {}
            if all(row[key] == last.get(key) for key in row if key != "times"):
                last["times"] += 1
            else:
                table.append(row)
        return table

    def _lines(self):
        """What is said besides the table."""
        budget = self.budget
        if not self.budget.private:
            yield "NOT PRIVATE: epsilon=inf, no noise was added."
        else:
            pair = f"epsilon={self.epsilon():.4g}, delta={budget.delta:g}"
            other = self.epsilon(relation="replace_one")
            yield f"{pair} if one {self.unit} is added or removed"
            yield f"epsilon={other:.4g} if one is replaced by another"
        if self.seeded:
            yield "SEEDED: whoever knows random_state can remove the noise."
        for fact in self.assumed:
            yield f"assumed public: {fact}"

    def __repr__(self):
        head = f"Privacy of {self.estimator}"
        table = [_LINE.format(*_HEAD)] + [_text_row(row) for row in self.rows()]
        return "\n".join([head, *("  " + line for line in self._lines()), "", *table])

    def _repr_html_(self):
        lines = "".join(f"<li>{escape(line)}</li>" for line in self._lines())
        head = "".join(f'<th style="text-align:left">{name}</th>' for name in _HEAD)
        body = "".join(
            "<tr>{}</tr>".format("".join(f"<td>{escape(c)}</td>" for c in _cells(row)))
            for row in self.rows()
        )
        return (
            f"<div><b>Privacy of {escape(self.estimator)}</b><ul>{lines}</ul>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )


_HEAD = ("release", "times", "values", "sensitivity", "share", "mechanism")
_LINE = "  {:<28} {:>5} {:>7} {:>12} {:>7}  {}"


def _cells(row):
    """The cells of a row as text."""
    return (
        row["query"],
        str(row["times"]),
        str(row["size"]),
        f"{row['sensitivity']:.4g}",
        f"{row['share']:.3g}",
        re.sub(r"\d+\.\d+(e-?\d+)?", _short, row["mechanism"]),
    )


def _short(number):
    """A matched number with four digits."""
    return f"{float(number[0]):.4g}"


def _text_row(row):
    """A row of the table as text."""
    return _LINE.format(*_cells(row))
