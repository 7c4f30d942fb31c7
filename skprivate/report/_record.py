"""A report as plain data, and back.

``to_dict`` states more than ``parts_from`` reads: prices, for readers that have no
accountant. They follow from the events, so they are not believed when read.
"""

import json
import math
from dataclasses import asdict

from skprivate.composition import Leak
from skprivate.ledger._codec import event_of, text_of
from skprivate.report._fit import Fit, row_of
from skprivate.report._stated import stated

SCHEMA = "skprivate.privacy_report"
VERSION = 1


def to_dict(report):
    """Plain data of a report; facts only if any were stated."""
    data = {
        "schema": SCHEMA,
        "schema_version": VERSION,
        "name": report.name,
        "private": report.private,
        "seeded": report.seeded,
        "delta": report.delta,
        "epsilon": {r: _price(report, r) for r in ("add_remove", "replace_one")},
        "curve": [[d, plain(e)] for d, e in report.curves.get("add_remove", [])],
        "n_fits": report.n_fits,
        "fits": [plain(asdict(fit)) for fit in report.fits],
        "gaps": [asdict(gap) for gap in report.gaps],
        "unseen": list(report.unseen),
        "presumed": [list(pair) for pair in report.presumed],
        "asserted": list(report.asserted),
        "ways": [[json.loads(text_of(e)) for e in way] for way in report.ways],
        "versions": dict(report.versions),
    }
    return data | ({"facts": dict(report.facts)} if report.facts else {})


def parts_from(data):
    """The fields of a report, from plain data.

    Raises ValueError if the data are of another schema, or parts are missing.
    """
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ValueError(f"This is no {SCHEMA}. Pass what to_dict or to_json made.")
    if data.get("schema_version") != VERSION:
        raise ValueError(
            f"The report has another schema version than {VERSION}. Read it with the "
            "version of skprivate that it names."
        )
    try:
        return {
            "name": str(data["name"]),
            "delta": float(data["delta"]),
            "ways": tuple(tuple(map(_event, way)) for way in data["ways"]),
            "n_fits": int(data["n_fits"]),
            "fits": tuple(_fit(fit) for fit in data["fits"]),
            "gaps": tuple(Leak(**gap) for gap in data["gaps"]),
            "unseen": tuple(data["unseen"]),
            "presumed": tuple(map(tuple, data["presumed"])),
            "asserted": tuple(data["asserted"]),
            "seeded": _truth(data["seeded"]),
            "facts": stated(data.get("facts", {})),
            "versions": tuple(data["versions"].items()),
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            "The report is damaged: a part is missing or of the wrong type. Make it "
            "again with to_json."
        ) from error


def _price(report, relation):
    """A price, or null where none is known."""
    try:
        return plain(report.epsilon(relation=relation))
    except ValueError:
        return None


def plain(value):
    """The value with lists for tuples, and words for numbers that JSON lacks."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _event(data):
    from dp_accounting import DpEvent

    event = event_of(json.dumps(data))
    if not isinstance(event, DpEvent):
        raise TypeError("not an event")
    return event


def _fit(data):
    return Fit(
        **{
            **data,
            "epsilon": float(data["epsilon"]),
            "delta": float(data["delta"]),
            "seeded": _truth(data["seeded"]),
            "assumed": tuple(data["assumed"]),
            "declared": tuple(map(tuple, data["declared"])),
            "notes": tuple(data["notes"]),
            "releases": tuple(row_of(row) for row in data["releases"]),
        }
    )


def _truth(value):
    if not isinstance(value, bool):
        raise TypeError("not a truth value")
    return value
