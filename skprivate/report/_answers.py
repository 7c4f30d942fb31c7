"""What a report knows of questions that laws ask, as sentences in either language."""

import math

from skprivate.report._answer_words import WORDS
from skprivate.report._influence_words import unit_in_words
from skprivate.report._power import best_advantage, detections, percent

_MOST = 12  # lines of one answer


def answers_of(report, lang):
    """Sentences by the name of an answer; none where nothing is known.

    Parameters
    ----------
    report : ModelPrivacyReport
    lang : {"en", "zh"}

    Returns
    -------
    dict of str to tuple of str
    """
    words = WORDS[lang]
    promised = not report.gaps and math.isfinite(report.epsilon())
    found = {
        "model": _model(report, words),
        "releases": _releases(report, words),
        "gaps": [words["gap"].format(gap=gap) for gap in report.gaps],
        "assumptions": _assumptions(report, words),
        "implementation": [
            *words["implementation"],
            words["versions"].format(versions=_versions(report)),
        ],
        "not_protected": words["not_protected"],
        "unit": [words["unit"].format(unit=_units(report, lang))],
        "trust": words["trust"],
        "age": _age(report, words),
    }
    if promised:
        found |= {
            "price": _price(report, words, lang),
            "attack": _attack(report, words, lang),
            "single_out": words["single_out"],
            "extraction": words["extraction"],
            "measures": words["measures"],
            "poisoning": words["poisoning"],
            "requests": words["requests"],
        }
    else:
        nothing = [words["nothing"]]
        names = ("price", "attack", "single_out", "extraction", "measures")
        found |= dict.fromkeys(names, nothing)
    if report.seeded:
        found["price"] = [*found["price"], words["seeded"]]
    return {name: tuple(lines) for name, lines in found.items()}


def _model(report, words):
    yield words["model"].format(name=report.name, n_fits=report.n_fits)
    seen = list(dict.fromkeys(fit.estimator for fit in report.fits))
    if seen and seen != [report.name]:
        yield words["parts"].format(parts=_short_list(seen, words))


def _releases(report, words):
    found = {}
    for fit in report.fits:
        for row in fit.releases:
            key = (fit.estimator, row.query, row.norm)
            times, size, largest = found.get(key, (0, 0, 0.0))
            largest = max(largest, row.sensitivity)
            found[key] = times + row.times, max(size, row.size), largest
    for (estimator, query, norm), (times, size, largest) in list(found.items())[:_MOST]:
        yield words["release"].format(
            estimator=estimator,
            query=query,
            times=times,
            size=size,
            sensitivity=f"{largest:.4g}",
            norm=f"L{norm:g}",
        )
    if len(found) > _MOST:
        yield words["more"].format(number=len(found) - _MOST)


def _price(report, words, lang):
    unit = _units(report, lang)
    epsilon = f"{report.epsilon():.4g}"
    yield words["price"].format(epsilon=epsilon, delta=f"{report.delta:g}", unit=unit)
    try:
        other = report.epsilon(relation="replace_one")
    except ValueError:
        return
    yield words["replaced"].format(epsilon=f"{other:.4g}", delta=f"{report.delta:g}")


def _attack(report, words, lang):
    advantage = best_advantage(report.ways)
    yield words["guess"].format(
        guess=percent((1 + advantage) / 2), unit=_units(report, lang)
    )
    for rate, detected in detections(report):
        yield words["detected"].format(rate=percent(rate), detected=percent(detected))


def _assumptions(report, words):
    for place, fact in report.assumed[:_MOST]:
        yield words["assumed"].format(place=place, fact=fact)
    declared = [(fit.where, *pair) for fit in report.fits for pair in fit.declared]
    for place, name, text in list(dict.fromkeys(declared))[:_MOST]:
        yield words["declared"].format(place=place, name=name, text=text)
    for text in (*report.asserted, *report.unseen):
        yield words["also"].format(text=text)
    if not (report.assumed or report.unseen or report.gaps):
        yield words["nothing_assumed"]


def _age(report, words):
    fitted = report.fact("fitted_on")
    if fitted:
        yield words["age"].format(date=fitted)


def _units(report, lang):
    return unit_in_words(" / ".join(report.units) or "row", lang)


def _versions(report):
    return ", ".join(f"{name} {version}" for name, version in report.versions)


def _short_list(names, words):
    more = len(names) - _MOST
    text = ", ".join(names[:_MOST])
    return text if more <= 0 else f"{text}, {words['more'].format(number=more)}"
