"""For a person who asks: what can anybody learn about me from what was released?"""

import math
from dataclasses import asdict, dataclass, replace
from numbers import Integral
from typing import Any, Literal

from skprivate._card import Card, Section, Table
from skprivate.report._belief import best_guess, beyond, posterior, ways_of_group
from skprivate.report._document import Document, as_report, check_lang
from skprivate.report._influence_words import WORDS, chance_in_words, unit_in_words
from skprivate.report._power import detections, percent

MEANINGLESS = 5.0  # an epsilon from which a belief of a half may become 99.3 %


@dataclass(frozen=True, repr=False)
class InfluenceStatement(Document):
    """What results can tell about one person, whoever that is.

    Made by :func:`influence_statement`. It is the same for everybody, in the table or
    not, so that it gives nobody away.

    Parameters
    ----------
    name : str
        What has released the results.
    lang : {"en", "zh"}
    unit : str
        The privacy unit.
    rows : int
        How many units the person may stand for.
    delta, prior : float
        As asked for.
    epsilon : float
        Odds that the person took part change by ``exp(epsilon)`` at most; infinite if
        nothing is promised.
    chance : float
        Largest chance that they change by more.
    lowest, highest : float
        What the prior belief may become within these odds.
    guess : float
        Largest share of right guesses, for somebody with this prior belief.
    answer_epsilon, answer_chance : float or None
        The same for what the person answered; None if no price is known.
    detected : tuple of (float, float)
        False alarms, and the largest share of members that are detected at them.
    seeded : bool
        Whether somebody who knows a seed can remove the noise.
    releases : tuple of (str, str, str)
        Date, name and purpose of what was released, where they are known.
    facts : tuple of (name, text)
        What was stated of the whole.

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.report import influence_statement
    >>> scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.5]] * 100)
    >>> influence_statement(scaler, prior=0.1).lowest > 0.03
    True
    """

    name: str
    lang: str
    unit: str
    rows: int
    delta: float
    prior: float
    epsilon: float
    chance: float
    lowest: float
    highest: float
    guess: float
    answer_epsilon: float | None
    answer_chance: float | None
    detected: tuple
    seeded: bool
    releases: tuple = ()
    facts: tuple = ()

    @property
    def limited(self) -> bool:
        """Whether there is a meaningful limit on what anybody can come to believe."""
        return self.epsilon < MEANINGLESS and not self.seeded

    def to_dict(self) -> dict[Any, Any]:
        """The statement as plain data; words stand for numbers that JSON lacks.

        Returns
        -------
        dict
        """
        from skprivate.report._record import plain

        return plain(asdict(self))

    def _card(self):
        words = WORDS[self.lang]
        sections = [Section("", (words["same"],))]
        sections.append(Section(words["whether"], tuple(self._whether(words))))
        if math.isfinite(self.epsilon):
            sections.append(Section(words["answered"], tuple(self._answered(words))))
            rows = tuple((percent(a), percent(b)) for a, b in self.detected)
            table = Table(words["head"], rows, words["head"][:1])
            sections.append(Section(words["detection"], (table,)))
        if self.releases:
            table = Table(words["release_head"], self.releases)
            sections.append(Section(words["releases"], (table,)))
        sections.append(Section(words["not_said"], tuple(words["limits"])))
        alarms = () if self.limited else (words["no_limit"],)
        title = words["title"].format(name=self.name)
        lang = "zh-CN" if self.lang == "zh" else ""
        return Card(title, alarms, (), tuple(sections), lang)

    def _whether(self, words):
        """Sentences on whether the person took part."""
        if math.isinf(self.epsilon):
            yield words["nothing"]
            return
        if self.seeded:
            yield words["seeded"]
        shown = {
            "factor": _factor(self.epsilon),
            "prior": percent(self.prior),
            "highest": percent(self.highest),
            "lowest": _down(self.lowest),
            "guess": percent(self.guess),
            "blind": percent(max(self.prior, 1 - self.prior)),
            "chance": chance_in_words(self.chance, self.lang),
        }
        yield words["odds"].format(**shown)
        yield (words["more"] if self.chance > 0 else words["never"]).format(**shown)
        yield words["guess"].format(**shown)
        unit = words["unit"] if self.rows == 1 else words["units"]
        yield unit.format(unit=unit_in_words(self.unit, self.lang), rows=self.rows)

    def _answered(self, words):
        """Sentences on what the person answered."""
        if self.answer_epsilon is None or math.isinf(self.answer_epsilon):
            yield words["answer_unknown"]
            return
        yield words["answer"].format(
            factor=_factor(self.answer_epsilon),
            chance=chance_in_words(self.answer_chance, self.lang),
        )


def influence_statement(
    fitted: Any,
    *,
    prior: float = 0.5,
    lang: Literal["en", "zh"] = "en",
    delta: float | None = None,
    rows: int = 1,
) -> InfluenceStatement:
    """What released results can tell about a person who asks, in words.

    It does not look whether the person is in the table, and does not say so: whoever
    could learn that from a statement would learn more than from the results.

    **Guarantee.** Its numbers are upper bounds that follow from the accountant's curve
    for every attack, with any knowledge of the other rows: see
    ``skprivate.report._belief``. For Gaussian noise they are those of the exact
    trade-off curve.

    Parameters
    ----------
    fitted : object
        A :class:`~skprivate.PrivacyLedger`, for all that was released of a table; or a
        report, or what :func:`~skprivate.privacy_report` reads.
    prior : float, default=0.5
        What somebody believes before seeing results: the probability that the person
        took part.
    lang : {"en", "zh"}, default="en"
        English or Chinese.
    delta : float, default=None
        Where epsilon is read off the curve; None means that of the report.
    rows : int, default=1
        As many rows as the person says to have, where the unit is a row. It is not
        looked up.

    Returns
    -------
    InfluenceStatement

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.report import influence_statement
    >>> scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.5]] * 100)
    >>> statement = influence_statement(scaler)
    >>> round(statement.highest, 2), round(statement.guess, 3), statement.limited
    (0.73, 0.547, True)
    """
    check_lang(lang)
    _check_prior(prior)
    _check_rows(rows)
    report = as_report(fitted, delta)
    if delta is None:
        delta = report.delta
    ways = ways_of_group(report.ways, rows)
    grouped = replace(report, ways=ways) if rows > 1 else report
    epsilon = grouped.epsilon(delta)
    known = math.isfinite(epsilon)
    answered, answer_chance = _of_answer(grouped, delta) if known else (None, None)
    return InfluenceStatement(
        name=report.name,
        lang=lang,
        unit=" / ".join(report.units) or "row",
        rows=int(rows),
        delta=delta,
        prior=float(prior),
        epsilon=epsilon,
        chance=beyond(ways, epsilon) if known else 1.0,
        lowest=posterior(prior, -epsilon),
        highest=posterior(prior, epsilon),
        guess=best_guess(ways, prior) if known else 1.0,
        answer_epsilon=answered,
        answer_chance=answer_chance,
        detected=tuple(detections(grouped)) if known else (),
        seeded=report.seeded,
        releases=_releases(fitted, report),
        facts=report.facts,
    )


def _of_answer(report, delta):
    """Epsilon and chance for one unit replaced by another, if a price is known."""
    way = [event for events in report.ways for event in events]
    try:
        epsilon = report.epsilon(delta, relation="replace_one")
        return epsilon, beyond([way], epsilon, relation="replace_one")
    except ValueError:
        return None, None


def _releases(fitted, report):
    """What was released: of a ledger with dates and purposes."""
    records = getattr(fitted, "records", None)
    if records is None:
        return tuple(("-", fit.estimator, "-") for fit in report.fits)
    return tuple(
        (
            f"{record.time:%Y-%m-%d}",
            record.name,
            getattr(record, "facts", {}).get("purpose", "-"),
        )
        for record in records
    )


def _check_prior(prior):
    if isinstance(prior, bool) or not isinstance(prior, (int, float)):
        raise TypeError("prior must be a number between 0 and 1, such as 0.5.")
    if not 0 < prior < 1:
        raise ValueError("prior must be a number between 0 and 1, such as 0.5.")


def _check_rows(rows):
    if isinstance(rows, bool) or not isinstance(rows, Integral):
        raise TypeError("rows must be a whole number, such as 1.")
    if rows < 1:
        raise ValueError("rows must be at least 1. Say how many rows the person has.")


def _factor(epsilon):
    """exp(epsilon), rounded up."""
    if epsilon > 20:
        return f"1e{math.ceil(epsilon / math.log(10))}"
    value = math.exp(epsilon)
    return f"{math.ceil(value * 100 - 1e-9) / 100:g}"


def _down(part):
    """A probability in percent, rounded down: it is a lower bound."""
    return f"{math.floor(part * 1e4 + 1e-9) / 100:g}%"
