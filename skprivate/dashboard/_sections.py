"""The sections of a page that have no list to search."""

import math

from skprivate.dashboard._checks import BROKEN, LOOK, MET
from skprivate.dashboard._gathered import belief_of, steps_of
from skprivate.dashboard._shown import aligned, counted, day, name, number, value, words
from skprivate.dashboard._timeline import timeline_svg
from skprivate.ledger._facts import NAMES

_LABELS = {
    "table": "Table",
    "purpose": "Purpose",
    "retention": "Kept until",
    "unit_of_privacy": "Unit of privacy",
}
_MOST = 5  # groups of disjoint parts, and parts of each
_MOST_WHY = 12  # reasons of a check
_SIGNS = {MET: "✓", LOOK: "!", BROKEN: "✕"}
_CLASSES = {MET: "good", LOOK: "look", BROKEN: "bad"}
_PLACES = {
    "timeline": "Timeline",
    "checks": "Checks",
    "releases": "Releases",
    "complaints": "Complaints",
    "chain": "Chain",
}


def section(place, title, content, lead=""):
    """A section under its heading."""
    lead = f'<p class="lead">{lead}</p>' if lead else ""
    return (
        f'<section id="{place}" aria-labelledby="{place}-title">'
        f'<h2 id="{place}-title">{title}</h2>{lead}{content}</section>'
    )


def header_html(found):
    """What this is, of when, and where to go."""
    title = found.ledger.facts.get("table")
    shown = name(title) if title else name(found.file)
    links = "".join(
        f'<li><a href="#{place}">{text}</a></li>' for place, text in _PLACES.items()
    )
    strict = '<span class="tag">strict</span>' if found.ledger.strict else ""
    return (
        '<header><div class="top"><div>'
        f'<p class="kicker">Privacy ledger {strict}</p><h1>{shown}</h1>'
        f'<p class="quiet">{name(found.file)} · as of '
        f'<time datetime="{found.now.isoformat()}">{found.now:%Y-%m-%d %H:%M} UTC'
        '</time></p></div><button type="button" id="theme" hidden>Theme: system'
        f'</button></div><nav aria-label="Sections"><ul>{links}</ul></nav></header>'
    )


def alarm_html(checks):
    """What is not met, before all else."""
    broken = [check.asked for check in checks if check.state == BROKEN]
    if not broken:
        return ""
    items = "".join(f"<li>{words(asked)}</li>" for asked in broken)
    return (
        f'<div class="alarm" role="note"><p><strong>{counted(len(broken), "check")} '
        f'not met.</strong> <a href="#checks">See why</a></p><ul>{items}</ul></div>'
    )


def budget_html(found):
    """What is left, in the largest letters of the page; and what all is about."""
    return (
        '<div class="pair"><section class="card" aria-labelledby="budget-title">'
        f'<h2 id="budget-title">Budget</h2>{_left(found)}</section>'
        '<section class="card" aria-labelledby="facts-title">'
        f'<h2 id="facts-title">About</h2>{_facts(found)}</section></div>'
    )


def _left(found):
    ledger, spent = found.ledger, float(found.spent)
    fits = counted(len(found.records), "release")
    lost = " bad-text" if math.isinf(spent) else ""
    if ledger.epsilon is None:
        return (
            f'<p class="big{lost}">{aligned(spent, 2)} <small>ε spent</small></p>'
            f"<p>{fits}; there is no cap, so everything is admitted and counted.</p>"
            f"{_means(found)}"
        )
    left, cap = float(ledger.remaining), ledger.epsilon
    share = 100 * min(spent / cap, 1.0)
    rooms = [("Spent, of " + number(cap), aligned(spent))]
    for n in (10, 100):
        rooms.append((f"Room for each of {n} more", aligned(ledger.remaining_for(n))))
    if ledger.reserve:
        kept = number(ledger.remaining_reserve, 3)
        rooms.append(("Delta left for finding categories", kept))
    items = "".join(
        f"<div><dt>{words(k)}</dt><dd class='num'>{words(v)}</dd></div>"
        for k, v in rooms
    )
    return (
        f'<p class="big">{aligned(left, 2)} <small>ε left for one more release</small>'
        f"</p>{bar_svg(share, f'{share:.0f} percent of the cap are spent')}"
        f'<dl class="facts">{items}</dl><p class="quiet">Prices of releases add up in '
        "squares: what is spent and what is left may be more than the cap together.</p>"
        f"{_means(found)}"
    )


def _means(found):
    """What is spent, as what somebody can come to believe."""
    statement = belief_of(found.ledger, found.records)
    if statement is None:
        return ""
    if not statement.limited:
        return (
            '<p class="means">What was released puts <strong>no meaningful limit'
            "</strong> on what somebody can learn about one unit.</p>"
        )
    return (
        '<p class="means">Somebody who sees all of it and guesses whether one unit is '
        f"in the table is right <strong>{100 * statement.guess:.1f} %</strong> of the "
        "time at most, where a coin is right 50 %.</p>"
    )


def bar_svg(share, label="", lost=False):
    """How much of a whole, as a bar."""
    told = f'role="img" aria-label="{value(label)}"' if label else 'aria-hidden="true"'
    full = " lost" if lost else ""
    return (
        f'<svg class="bar{full}" viewBox="0 0 100 4" preserveAspectRatio="none" {told}>'
        '<rect class="rail" width="100" height="4"/>'
        f'<rect class="fill" width="{share:.2f}" height="4"/></svg>'
    )


def _facts(found):
    facts, ledger = found.ledger.facts, found.ledger
    rows = [
        (_LABELS[key], name(facts[key]) if key in facts else "<em>not recorded</em>")
        for key in NAMES
    ]
    cap = "none"
    if ledger.epsilon is not None:
        cap = f"ε = {number(ledger.epsilon)}, δ = {number(ledger.delta)}"
    rows.append(("Cap", cap))
    if found.records:
        first, last = found.records[0].time, found.records[-1].time
        fits = counted(len(found.records), "release")
        rows.append(("Released", f"{fits}, {day(first)} to {day(last)}"))
    parts = {}
    for record in found.records:
        for group, part in record.parts:
            parts.setdefault(group, {})[part] = None
    for group, names in [*parts.items()][:_MOST]:
        shown = ", ".join(map(name, [*names][:_MOST]))
        more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
        rows.append(("Asserted disjoint", f"{name(group)}: {shown}{more}"))
    if len(parts) > _MOST:
        rows.append(("", f"and {counted(len(parts) - _MOST, 'other group')}"))
    items = "".join(f"<div><dt>{k}</dt><dd>{v}</dd></div>" for k, v in rows)
    return f'<dl class="facts">{items}</dl>'


def timeline_html(found):
    """Epsilon in time; drawn for wide and for narrow screens."""
    if not found.records:
        empty = '<p class="empty">Nothing has been released yet.</p>'
        return section("timeline", "Timeline", empty)
    ledger = found.ledger
    steps = steps_of(found.records, ledger.report_delta)
    cap = "no cap" if ledger.epsilon is None else f"a cap of {number(ledger.epsilon)}"
    label = (
        f"Epsilon grows from {number(steps[0][1])} on {steps[0][0]:%Y-%m-%d} to "
        f"{number(steps[-1][1])} on {steps[-1][0]:%Y-%m-%d}, with {cap}."
    )
    shared = steps, ledger.epsilon, found.complaints, found.now
    wide = timeline_svg(*shared, width=1040, height=280, label=label)
    narrow = timeline_svg(*shared, width=350, height=230, label=label)
    marks = " Diamonds on the axis are complaints." if found.complaints else ""
    lead = f"ε spent after each release, at δ = {number(ledger.report_delta)}.{marks}"
    return section(
        "timeline",
        "Timeline",
        f'<figure class="card"><div class="wide">{wide}</div>'
        f'<div class="narrow">{narrow}</div></figure>',
        lead,
    )


def checks_html(checks, policies):
    """What should hold, and what policies ask."""
    lists = "".join(
        f'<h3>{title}</h3><ul class="checks card">'
        f"{''.join(map(_check, _sorted(items)))}</ul>"
        for title, items in (("Policies", policies), ("Of every ledger", checks))
        if items
    )
    states = [check.state for check in (*checks, *policies)]
    lead = ", ".join(
        f"{states.count(state)} {state}" for state in _SIGNS if state in states
    )
    return section("checks", "Checks", lists, f"{lead}.")


def _sorted(checks):
    """What is not met comes first."""
    order = [*_SIGNS][::-1]
    return sorted(checks, key=lambda check: order.index(check.state))


def _check(check):
    details = "".join(f"<li>{words(text)}</li>" for text in check.detail[:_MOST_WHY])
    if len(check.detail) > _MOST_WHY:
        details += f"<li>and {len(check.detail) - _MOST_WHY} more</li>"
    details = f'<ul class="why">{details}</ul>' if details else ""
    return (
        f'<li class="{_CLASSES[check.state]}"><span class="sign" aria-hidden="true">'
        f"{_SIGNS[check.state]}</span><div><p>{words(check.asked)}"
        f'<span class="state">{check.state}</span></p>{details}</div></li>'
    )


def chain_html(found):
    """The head, to be kept elsewhere; and what the page was verified by."""
    if found.findings:
        content = (
            '<p class="card bad-text">The ledger is not as it was written. Keep the '
            "file, and restore a backup that can be verified.</p>"
        )
    elif not found.verification.head:
        content = '<p class="card">It has no chain yet.</p>'
    else:
        content = (
            f'<div class="card"><p>{words(found.verification)}.</p>'
            f'<p class="quiet">Head, to be kept where nobody who can write the ledger '
            f'can write:</p><p><code class="head">{words(found.verification.head)}'
            "</code></p></div>"
        )
    foot = (
        '<footer><p class="quiet">ε bounds how much the results may depend on one '
        "unit, and δ what is beyond that, here "
        f"{number(found.ledger.report_delta)}; smaller is more private. "
        "This page holds no row and no text of a complaint.</p></footer>"
    )
    return section("chain", "Chain", content) + foot
