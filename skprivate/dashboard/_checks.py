"""What should hold of every ledger, and what policies ask: met, not met, to look at."""

import math
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from skprivate.dashboard._shown import counted
from skprivate.ledger._facts import NAMES, day_of
from skprivate.report import check_policy, privacy_report

MET, LOOK, BROKEN = "met", "to look at", "not met"
_WORDS = {"unit_of_privacy": "unit of privacy"}


@dataclass(frozen=True)
class Check:
    """One line of the list: what is asked, whether it is met, and why not."""

    asked: str
    state: str
    detail: tuple = ()


def checks_of(found):
    """What should hold of every ledger."""
    makers = (
        _whole, _capped, _noisy, _unseeded, _reported, _assumed, _told, _kept,
        _answered,
    )  # fmt: skip
    return tuple(maker(found) for maker in makers)


def policies_of(found, policies):
    """Policies that were given, as checks.

    Parameters
    ----------
    found : Gathered
    policies : sequence of path or dict
    """
    report = privacy_report(found.ledger) if policies else None
    for number, policy in enumerate(policies, start=1):
        path = isinstance(policy, (str, PathLike))
        asked = f"Policy {Path(policy).stem if path else number}"
        result = check_policy(report, policy)
        yield Check(asked, MET if result else BROKEN, result.reasons)


def _whole(found):
    asked = "The ledger is as it was written"
    if found.findings:
        return Check(asked, BROKEN, found.findings)
    if not found.verification.head:
        detail = "An older version has written it; the next release starts its chain."
        return Check(asked, LOOK, (detail,))
    return Check(
        asked, MET if found.verification.proved else LOOK, (f"{found.verification}.",)
    )


def _capped(found):
    asked = "What may be spent has a cap"
    if found.ledger.epsilon is None:
        return Check(asked, BROKEN, ("Without a cap every release is admitted.",))
    return Check(asked, MET)


def _noisy(found):
    bad = sum(math.isinf(record.epsilon) for record in found.records)
    return _none_of(
        "Every release has noise",
        bad,
        BROKEN,
        f"{counted(bad, 'release')} had none, or no known price.",
    )


def _unseeded(found):
    bad = sum(record.seeded for record in found.records)
    return _none_of(
        "No noise can be repeated",
        bad,
        BROKEN,
        f"{counted(bad, 'release')} had a seed: whoever knows it can remove the noise.",
    )


def _reported(found):
    bad = sum(not record.unit for record in found.records)
    return _none_of(
        "Every release has a report",
        bad,
        LOOK,
        f"{counted(bad, 'release')} failed, or ended without one. They are paid for.",
    )


def _assumed(found):
    facts = dict.fromkeys(fact for record in found.records for fact in record.assumed)
    if not facts:
        return Check("Nothing was assumed public", MET)
    return Check("Nothing was assumed public", LOOK, tuple(facts))


def _told(found):
    asked = "Every release says its purpose, table, retention and unit"
    missing = []
    if not found.records:
        names = [name for name in NAMES if name not in found.ledger.facts]
        return _none_of(
            asked, len(names), LOOK, "Declare them before the first: ledger.declare."
        )
    for name in NAMES:
        n = sum(name not in record.facts for record in found.records)
        if n:
            fact = _WORDS.get(name, name)
            missing.append(f"{counted(n, 'release')} without {fact}.")
    return Check(asked, BROKEN if missing else MET, tuple(missing))


def _kept(found):
    asked = "No table is kept longer than it may be"
    late, rules = set(), set()
    for text in {record.facts.get("retention") for record in found.records} - {None}:
        day = day_of(text)
        if day is None:
            rules.add(text)
        elif day < found.now.date():
            late.add(f"It was to be kept until {day.isoformat()}.")
    if late:
        return Check(asked, BROKEN, tuple(sorted(late)))
    if rules:
        rules = tuple(f"A rule in words: {rule}" for rule in sorted(rules))
        return Check(asked, LOOK, rules)
    return Check(asked, MET)


def _answered(found):
    late = [one for one in found.complaints if one.is_overdue(found.now.date())]
    return _none_of(
        "Every complaint is answered in time",
        len(late),
        BROKEN,
        f"{counted(len(late), 'case')} overdue.",
    )


def _none_of(asked, bad, state, detail):
    return Check(asked, state, (detail,)) if bad else Check(asked, MET)
