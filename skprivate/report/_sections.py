"""What a report says, section by section."""

import math
from dataclasses import asdict, replace

from skprivate._card import Card, Figure, Section, Table
from skprivate.base import table_of_releases
from skprivate.report._curve import RELATIONS, curve_svg
from skprivate.report._power import best_advantage, detections, percent, points
from skprivate.report._stated import FACTS

_MOST_FITS = 20

_NOT_PROTECTED = (
    "Results for rows of the training data. Predictions, transforms and probabilities "
    "of such rows, and rows that a sampler kept, depend on each row by itself. Publish "
    "the model, or its results for other rows.",
    "Scores on private rows: those of model.score and of scikit-learn's "
    "cross-validation are exact. Use skprivate.metrics.",
    "Time and memory of a fit, which depend on the number of rows; and whether a fit "
    "was refused.",
    "The names, the number and the order of features, and all parameters: they are "
    "public.",
    "What is true of people in general. A model that learns that smoking harms tells "
    "something about each smoker, whether or not they were in the data.",
)
_FAILS = (
    "Where epsilon is infinite, delta is smaller than the probability with which a "
    "release may fail to hide a row, as one that finds categories may."
)
_OTHER_FITS = (
    "Other fits on the same rows, earlier fits of this object included: prices add up. "
    "A PrivacyLedger keeps the sum."
)
_ONE_ROW = (
    "People with several rows: the unit is a row, so the promise is for each of their "
    "rows, not for the person. Pass groups to fit to protect people."
)


def card_of(report):
    """The report as a card."""
    makers = (
        _gaps, _in_words, _curve, _releases, _declared, _assumed, _stated, _unseen,
        _not_protected, _versions,
    )  # fmt: skip
    sections = (maker(report) for maker in makers)
    return Card(
        f"Privacy report of {report.name}",
        tuple(_alarms(report)),
        tuple(_statements(report)),
        tuple(section for section in sections if section.blocks),
    )


def _alarms(report):
    """What takes the guarantee away, in a line each."""
    if report.gaps:
        n = len(report.gaps)
        things = "1 thing takes" if n == 1 else f"{n} things take"
        yield f"NOT PRIVATE: {things} the guarantee away, see below."
    elif math.isinf(report.epsilon()):
        yield "NOT PRIVATE: a fit had epsilon=inf, so no noise was added."
    if report.seeded:
        yield "SEEDED: whoever knows random_state can remove the noise."


def _statements(report):
    """The price, the unit and the number of fits."""
    unit = " or ".join(report.units) or "row"
    if math.isfinite(report.epsilon()):
        yield f"{_price(report, 'add_remove')} if one {unit} is added or removed"
        yield f"{_price(report, 'replace_one')} if one {unit} is replaced by another"
    seen = len(report.fits)
    fits = f"{report.n_fits} private fit{'' if report.n_fits == 1 else 's'}"
    yield fits + ("" if seen == report.n_fits else f", of which {seen} can be seen")


def _price(report, relation):
    try:
        epsilon = report.epsilon(relation=relation)
    except ValueError:
        return "no price is known"
    return f"epsilon={epsilon:.4g}, delta={report.delta:g}"


def _gaps(report):
    return Section("What takes the guarantee away", tuple(map(str, report.gaps)))


def _in_words(report):
    """Epsilon and delta as what an attacker can do."""
    title = "What this means"
    if report.gaps or math.isinf(report.epsilon()):
        return Section(
            title, ("Nothing is promised: what gets out may give any row away.",)
        )
    advantage = best_advantage(report.ways)
    found = detections(report)
    rows = tuple((percent(rate), percent(detected)) for rate, detected in found)
    unit = report.units[0] if len(report.units) == 1 else "row"
    blocks = [
        f"An attacker sees all that was released, knows all other rows, and guesses "
        f"whether one {unit} was in the training data. If that was a toss-up, "
        f"{percent((1 + advantage) / 2)} of the guesses are right at most; without "
        "the model, 50%.",
        "Whatever the attack, its rate of true positives exceeds its rate of false "
        f"alarms by {points(advantage)} percentage points at most.",
        Table(("false alarms", "members detected, at most"), rows, ("false alarms",)),
    ]
    if report.seeded:
        blocks.insert(0, "This holds only against those who do not know the seed.")
    return Section(title, tuple(blocks))


def _curve(report):
    """Epsilon at other deltas."""
    if not report.curves or math.isinf(report.epsilon()):
        return Section("", ())
    head = ("delta", *(f"epsilon, {RELATIONS[r]}" for r in report.curves))
    columns = list(report.curves.values())
    rows = tuple(
        (f"{points[0][0]:g}", *(f"{epsilon:.4g}" for _, epsilon in points))
        for points in zip(*columns, strict=True)
    )
    table = Table(head, rows, head)
    svg = curve_svg(report.curves)
    blocks = [Figure(svg), table] if svg else [table]
    if any(math.isinf(epsilon) for _, epsilon in columns[0]):
        blocks.append(_FAILS)
    return Section("Epsilon at other deltas", tuple(blocks))


def _releases(report):
    """All noisy answers, equal fits put together."""
    groups = {}
    for fit in report.fits:
        groups.setdefault(replace(fit, where=""), []).append(fit.where)
    blocks = []
    for fit, places in list(groups.items())[:_MOST_FITS]:
        blocks += [_headline(fit, places), *fit.notes, _table_of_fit(fit)]
    more = len(groups) - _MOST_FITS
    if more > 0:
        blocks.append(f"{more} more kinds of fits; to_dict() has all of them.")
    return Section("Releases", tuple(blocks))


def _headline(fit, places):
    names = list(dict.fromkeys(places))
    place = "" if names == [fit.estimator] else f"{_enumerated(names)}: "
    times = f" ({len(places)} fits)" if len(places) > 1 else ""
    seed = ", seeded" if fit.seeded else ""
    price = f"epsilon={fit.epsilon:.4g}, delta={fit.delta:g}"
    return f"{place}{fit.estimator}{times}, {price}, unit: {fit.unit}{seed}"


def _enumerated(names):
    more = len(names) - 3
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:3])}, {more} more"


def _table_of_fit(fit):
    return table_of_releases([asdict(row) for row in fit.releases], events=True)


def _declared(report):
    """Facts that parameters declared public."""
    facts = {}
    for fit in report.fits:
        for name, text in fit.declared:
            facts.setdefault(f"{name} = {text}", []).append(fit.where)
    return Section("Declared public", (*report.asserted, *_with_places(facts)))


def _assumed(report):
    """Facts that were taken as public without being declared."""
    facts = {}
    for place, fact in report.assumed:
        facts.setdefault(fact, []).append(place)
    return Section("Assumed", _with_places(facts))


def _stated(report):
    """What people have said."""
    lines = (f"{FACTS[name][0]}: {text}" for name, text in report.facts)
    return Section("Stated", tuple(lines))


def _with_places(facts):
    """Each fact once, after the places that have it."""
    return tuple(
        f"{_enumerated(list(dict.fromkeys(places)))}: {fact}"
        for fact, places in facts.items()
    )


def _unseen(report):
    return Section("Paid for, but not seen", report.unseen)


def _not_protected(report):
    """What no number above is about."""
    special = [_OTHER_FITS]
    if "row" in report.units:
        special.append(_ONE_ROW)
    return Section("Not protected", (*_NOT_PROTECTED, *special), folded=True)


def _versions(report):
    """Software at the time of the report."""
    text = ", ".join(f"{name} {version}" for name, version in report.versions)
    return Section("Versions", (text,) if text else (), folded=True)
