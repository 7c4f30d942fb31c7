"""A model as a component of CycloneDX: a bill of materials with a model card."""

import hashlib
import json
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID, uuid5

from skprivate.report._answer_words import EN
from skprivate.report._answers import answers_of
from skprivate.report._card_facts import numbers_of_metrics, task_of
from skprivate.report._document import as_report

SPEC_VERSIONS = ("1.6", "1.7")
_OPEN = EN["open"]
_NAMESPACE = UUID("a9a34f2c-9f0d-5d19-9f4c-3f0c0c5f6d3e")  # of our serial numbers
_PACKAGES = {"scikit-learn", "numpy", "numba", "dp-accounting", "skprivate"}


def to_cyclonedx(
    fitted: Any,
    *,
    name: str | None = None,
    version: str | None = None,
    spec_version: Literal["1.6", "1.7"] = "1.6",
    metrics: dict[str, Any] | float | None = None,
    **facts: Any,
) -> dict[Any, Any]:
    """A CycloneDX bill of materials with one machine learning model.

    The model card holds what a report knows: the guarantee, what it means, what is not
    protected, under ``properties`` whose names begin with ``skprivate:``. What only
    people can say is taken from ``facts``, or says *to be answered*.

    Parameters
    ----------
    fitted : object
        A report, a ledger, or what :func:`~skprivate.privacy_report` reads.
    name, version : str, default=None
        Of the model; None takes its class, and leaves the version out.
    spec_version : {"1.6", "1.7"}, default="1.6"
        Of CycloneDX.
    metrics : dict of str to DPScore or float, default=None
        What was measured, by its name. A number is published as it is: give private
        scores, which come with intervals.
    **facts : str, date or number
        As for :meth:`ModelPrivacyReport.with_facts`.

    Returns
    -------
    dict
        For :func:`json.dump`. The same object gives the same dict: there is no time in
        it, and the serial number is made of the contents.

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.report import to_cyclonedx
    >>> scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.5]] * 100)
    >>> bom = to_cyclonedx(scaler, name="heights", purpose="stock planning")
    >>> bom["metadata"]["component"]["modelCard"]["considerations"]["useCases"]
    ['stock planning']
    """
    if spec_version not in SPEC_VERSIONS:
        raise ValueError('spec_version is unknown; write "1.6" or "1.7".')
    report = as_report(fitted).with_facts(**facts)
    model = {
        "type": "machine-learning-model",
        "bom-ref": "model",
        "name": _name(name, report.name),
        "description": f"{report.name}, fitted with differential privacy by skprivate.",
        "modelCard": _model_card(fitted, report, metrics),
    }
    if version is not None:
        model["version"] = str(version)
    bom = {
        "$schema": f"http://cyclonedx.org/schema/bom-{spec_version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": spec_version,
        "version": 1,
        "metadata": {"component": model},
        "components": [*_software(report)],
        "dependencies": [
            {"ref": "model", "dependsOn": [purl for _, _, purl in _packages(report)]}
        ],
    }
    serial = uuid5(_NAMESPACE, json.dumps(bom, sort_keys=True))
    return {"serialNumber": f"urn:uuid:{serial}", **bom}


def _name(name, default):
    if name is None:
        return default
    if not isinstance(name, str) or not name.strip():
        raise ValueError("name is no text. Name the model, or leave it out.")
    return name


def _model_card(fitted, report, metrics):
    known = answers_of(report, "en")
    parameters = {
        "task": task_of(fitted) or _OPEN,
        "modelArchitecture": report.name,
    }
    if task_of(fitted) in ("classification", "regression"):
        parameters["approach"] = {"type": "supervised"}
    elif task_of(fitted) == "clustering":
        parameters["approach"] = {"type": "unsupervised"}
    parameters["datasets"] = [
        {
            "type": "dataset",
            "name": "training data",
            "description": report.fact("data_source") or _OPEN,
            "sensitiveData": [report.fact("data_categories") or _OPEN],
        }
    ]
    considerations = {
        "users": [report.fact("recipients") or _OPEN],
        "useCases": [report.fact("purpose") or _OPEN],
        "technicalLimitations": [*known["not_protected"], *known["gaps"]],
        "performanceTradeoffs": [report.fact("accuracy") or _OPEN],
        "ethicalConsiderations": [
            {
                "name": "somebody is recognised as a member of the training data",
                "mitigationStrategy": " ".join([*known["price"], *known["attack"]]),
            },
            {
                "name": "other risks to people",
                "mitigationStrategy": report.fact("risks") or _OPEN,
            },
        ],
        "fairnessAssessments": [
            {
                "groupAtRisk": "small groups, which noise concerns most",
                "harms": report.fact("fairness") or _OPEN,
                "mitigationStrategy": _gap_in_words(report),
            }
        ],
    }
    return {
        "bom-ref": "model-card",
        "modelParameters": parameters,
        "quantitativeAnalysis": {"performanceMetrics": [*_metrics(metrics)]},
        "considerations": considerations,
        "properties": [*_properties(report)],
    }


def _gap_in_words(report):
    gap = report.fact("group_gap")
    return _OPEN if gap is None else f"largest measured difference: {gap}"


def _metrics(metrics):
    for name, value, low, high in numbers_of_metrics(metrics):
        entry = {"type": name, "value": f"{value:.6g}"}
        if low is not None:
            ends = {"lowerBound": f"{low:.6g}", "upperBound": f"{high:.6g}"}
            entry["confidenceInterval"] = ends
        yield entry


def _properties(report):
    """What a report knows, as pairs of texts."""
    text = report.to_json(indent=None)
    found = {
        "private": str(report.private).lower(),
        "epsilon": f"{report.epsilon():.6g}",
        "delta": f"{report.delta:g}",
        "relation": "add_remove",
        "unit": " / ".join(report.units) or "row",
        "fits": str(report.n_fits),
        "seeded": str(report.seeded).lower(),
        "assumed_public": str(len(report.assumed)),
        "report_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    for name, value in found.items():
        yield {"name": f"skprivate:{name}", "value": value}
    for name, value in report.facts:
        yield {"name": f"skprivate:stated:{name}", "value": value}


def _packages(report):
    for name, version in report.versions:
        if name in _PACKAGES:
            yield name, version, f"pkg:pypi/{quote(name)}@{quote(version, safe='')}"


def _software(report):
    for name, version, purl in _packages(report):
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "purl": purl,
        }
