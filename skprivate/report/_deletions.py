"""What it means for released results that somebody asks to be deleted."""

import math
from dataclasses import asdict, dataclass
from datetime import date
from numbers import Integral
from typing import Any, Literal

from skprivate._card import Card, Section
from skprivate.accounting import epsilon_of_events
from skprivate.accounting._checks import check_epsilon
from skprivate.report._belief import ways_of_group
from skprivate.report._deletion_words import WORDS
from skprivate.report._document import Document, as_report, check_lang
from skprivate.report._stated import date_of, day_of

_MOST = 10**6  # deletions that are looked for


@dataclass(frozen=True, repr=False)
class DeletionTerms(Document):
    """How many deletions released results stand, and until when.

    Made by :func:`deletions_until`.

    Parameters
    ----------
    name : str
        What has released the results.
    lang : {"en", "zh"}
    unit : str
        The privacy unit.
    epsilon, delta : float
        The largest influence that is to be tolerated of all deleted units together.
    count : int
        As many deletions keep within it; with one more, results are to be made anew.
    of_one : float
        Epsilon of a single unit.
    refit : float
        Epsilon that the same releases cost once more.
    until : str or None
        Until when rows, and what was made of them, are kept: a date, or a rule in
        words; None: not known.

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.report import deletions_until
    >>> scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.5]] * 100)
    >>> deletions_until(scaler, 2.0).count
    1
    """

    name: str
    lang: str
    unit: str
    epsilon: float
    delta: float
    count: int
    of_one: float
    refit: float
    until: str | None

    def stands(self, deletions: int, today: Any = None) -> bool:
        """Whether results stand after some deletions, on a day.

        Parameters
        ----------
        deletions : int
            Number of units that were deleted since.
        today : date or str, default=None
            None is this day.

        Returns
        -------
        bool
            False as well where the retention date is past.
        """
        if isinstance(deletions, bool) or not isinstance(deletions, Integral):
            raise TypeError("deletions must be a whole number, such as 1.")
        today = date.today() if today is None else date_of("today", today)
        last = day_of(self.until)
        if self.until is not None and last is None:
            raise ValueError(
                "retention is a rule in words, so it is for people to say whether the "
                "time is over. Pass retention=... with a date."
            )
        in_time = last is None or today <= last
        return bool(0 <= deletions <= self.count and in_time)

    def to_dict(self) -> dict[Any, Any]:
        """The terms as plain data.

        Returns
        -------
        dict
        """
        from skprivate.report._record import plain

        return plain(asdict(self))

    def _card(self):
        words = WORDS[self.lang]
        until = words["open"] if self.until is None else self.until
        shown = asdict(self) | {
            "until": until,
            "next": self.count + 1,
            "epsilon": f"{self.epsilon:.4g}",
            "delta": f"{self.delta:g}",
            "of_one": f"{self.of_one:.4g}",
            "refit": f"{self.refit:.4g}",
        }
        sections = tuple(
            Section(title, tuple(line.format(**shown) for line in lines))
            for title, lines in words["sections"]
        )
        title = words["title"].format(**shown)
        statements = tuple(line.format(**shown) for line in words["statements"])
        lang = "zh-CN" if self.lang == "zh" else ""
        return Card(title, (), statements, sections, lang)


def deletions_until(
    fitted: Any,
    epsilon: float,
    *,
    delta: float | None = None,
    retention: Any = None,
    lang: Literal["en", "zh"] = "en",
) -> DeletionTerms:
    """How many deletions of rows released results stand, before they are due anew.

    A private model is already close to one that never saw a person: with a budget of
    ``(epsilon, delta)``, whatever could be told from it about the person could nearly
    as well be told from the other. For several people who ask, their influence adds up.

    **Guarantee.** The results with, and without, any ``count`` units that were chosen
    independently of the results are ``(epsilon, delta)``-close: that is privacy of a
    group, :func:`skprivate.accounting.events_of_group`. It says nothing of people who
    ask *because of* what they saw in the results, and nothing of the duty to delete the
    rows themselves.

    Parameters
    ----------
    fitted : object
        A ledger, a report, or what :func:`~skprivate.privacy_report` reads.
    epsilon : float
        The largest influence of all deleted units together that you tolerate.
    delta : float, default=None
        None means that of the report.
    retention : date or str, default=None
        Until when rows are kept: a date, or a rule in words; None takes what the report
        or the ledger says.
    lang : {"en", "zh"}, default="en"

    Returns
    -------
    DeletionTerms

    Raises
    ------
    ValueError
        If nothing is promised, so that no deletion leaves results standing.

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.report import deletions_until
    >>> scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.5]] * 100)
    >>> terms = deletions_until(scaler, 3.0, retention="2030-12-31")
    >>> terms.count, terms.stands(2, "2030-01-01"), terms.stands(2, "2031-01-01")
    (2, True, False)
    """
    check_lang(lang)
    epsilon = check_epsilon(epsilon)
    report = as_report(fitted, delta)
    delta = report.delta if delta is None else delta
    of_one = report.epsilon(delta)
    if not math.isfinite(of_one) or report.seeded:
        raise ValueError(
            f"{report.name} promises nothing about anybody, so no deletion leaves it "
            "standing. Fit it with noise, without a seed, and close its gaps first."
        )
    if retention is not None:
        report = report.with_facts(retention=retention)
    return DeletionTerms(
        name=report.name,
        lang=lang,
        unit=" / ".join(report.units) or "row",
        epsilon=epsilon,
        delta=delta,
        count=_largest_group(report.ways, epsilon, delta),
        of_one=of_one,
        refit=of_one,
        until=report.fact("retention"),
    )


def _largest_group(ways, epsilon, delta):
    """The most units that are together within (epsilon, delta), by bisection."""

    def fits(size):
        grouped = ways_of_group(ways, size)
        prices = (epsilon_of_events(events, delta) for events in grouped)
        return all(price <= epsilon * (1 + 1e-9) for price in prices)

    if not fits(1):
        return 0
    low, high = 1, 2
    while high < _MOST and fits(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
