"""What registries of models take: flat tags, a deployment, and a block of YAML."""

import math
from collections.abc import Sequence
from typing import Any

from skprivate.report._answer_words import EN
from skprivate.report._answers import answers_of
from skprivate.report._card_facts import numbers_of_metrics, task_of
from skprivate.report._document import as_report

_OPEN = EN["open"]
_LONGEST = 5000  # characters of a tag, as MLflow has it
_PIPELINES = {"classification": "tabular-classification"}
_PIPELINES["regression"] = "tabular-regression"


def to_registry(
    fitted: Any,
    *,
    justification: str,
    name: str | None = None,
    version: str | None = None,
    **facts: Any,
) -> dict[Any, Any]:
    """What a registry of models, or of deployments, wants to know, as plain data.

    Parameters
    ----------
    fitted : object
        A report, a ledger, or what :func:`~skprivate.privacy_report` reads.
    justification : str
        Why this epsilon, this unit and this relation. It is what a registry of
        deployments is for (Dwork, Kohli and Mulligan 2019), so it must not be empty.
    name, version : str, default=None
        Of the model.
    **facts : str, date or number
        As for :meth:`ModelPrivacyReport.with_facts`.

    Returns
    -------
    dict
        ``"deployment"``, by topics: what is deployed, the guarantee, its accounting,
        its implementation; and ``"tags"``, the same as flat texts, for registries
        such as MLflow's: ``client.set_model_version_tag(name, version, key, value)``.
        What nobody stated says *to be answered*.

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.report import to_registry
    >>> scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.5]] * 100)
    >>> entry = to_registry(scaler, justification="The board allows one a year.")
    >>> entry["tags"]["skprivate.guarantee.epsilon"]
    '1'
    """
    if not isinstance(justification, str) or not justification.strip():
        raise ValueError(
            "justification is empty. Say why this epsilon was chosen, and by whom."
        )
    report = as_report(fitted).with_facts(**facts)
    known = answers_of(report, "en")

    def fact(key):
        return report.fact(key) or _OPEN

    deployment = {
        "model": {
            "name": report.name if name is None else str(name),
            "version": _OPEN if version is None else str(version),
            "task": task_of(fitted) or _OPEN,
            "holder": fact("controller"),
            "contact": fact("contact"),
            "purpose": fact("purpose"),
            "data": fact("data_categories"),
            "people": fact("people"),
            "retention": fact("retention"),
        },
        "guarantee": {
            "flavour": "approximate differential privacy" if report.delta else "pure",
            "epsilon": _number(report.epsilon()),
            "delta": report.delta,
            "epsilon_replace_one": _replaced(report),
            "relation": "add or remove one unit",
            "unit": " / ".join(report.units) or "row",
            "unit_of_privacy": fact("unit_of_privacy"),
            "trust_model": fact("trust_model"),
            "private": report.private,
            "justification": " ".join(justification.split()),
        },
        "accounting": {
            "fits": report.n_fits,
            "releases": list(known["releases"]),
            "assumed": [f"{place}: {text}" for place, text in report.assumed],
            "gaps": [str(gap) for gap in report.gaps],
            "audit": fact("audit"),
        },
        "implementation": dict(report.versions),
    }
    return {
        "schema": "skprivate.registry",
        "schema_version": 1,
        "deployment": deployment,
        "tags": dict(_tags("skprivate", deployment)),
    }


def _number(value):
    return value if math.isfinite(value) else str(value)


def _replaced(report):
    try:
        return _number(report.epsilon(relation="replace_one"))
    except ValueError:
        return "not known"


def _tags(prefix, value):
    """Pairs of texts, of all that is in nested data."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _tags(f"{prefix}.{key}", part)
        return
    if isinstance(value, list):
        value = "; ".join(value)
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    yield prefix, text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def to_hf_metadata(
    fitted: Any,
    *,
    name: str | None = None,
    license: str | None = None,
    datasets: Sequence[str] = (),
    tags: Sequence[str] = (),
    metrics: dict[str, Any] | float | None = None,
    **facts: Any,
) -> str:
    """The block of YAML at the head of a model card of the Hugging Face Hub.

    It goes before what :meth:`ModelPrivacyReport.to_model_card` writes.

    Parameters
    ----------
    fitted : object
        A report, a ledger, or what :func:`~skprivate.privacy_report` reads.
    name : str, default=None
        Of the model; None takes its class.
    license : str, default=None
        As the Hub calls it, such as ``"apache-2.0"``; None leaves a line that says it
        is to be answered.
    datasets, tags : sequence of str, default=()
        Names of data sets on the Hub, and more tags.
    metrics : dict of str to DPScore or float, default=None
        What was measured. A number is published as it is: give private scores.
    **facts : str, date or number
        As for :meth:`ModelPrivacyReport.with_facts`.

    Returns
    -------
    str
        YAML between two lines of dashes. Every text is quoted, whatever it holds.

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.report import to_hf_metadata
    >>> scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.5]] * 100)
    >>> print(to_hf_metadata(scaler, license="bsd-3-clause"))
    ---
    license: "bsd-3-clause"
    library_name: "sklearn"
    tags:
      - "differential-privacy"
      - "skprivate"
      - "sklearn"
    differential_privacy:
      private: true
      epsilon: 1
      delta: 1.0e-06
    ...
    """
    from skprivate.report._yaml import yaml_of

    for parameter, value in (("datasets", datasets), ("tags", tags)):
        if isinstance(value, str):
            raise TypeError(f"{parameter} must be a list of names. Pass [name].")
    report = as_report(fitted).with_facts(**facts)
    task = task_of(fitted)
    found = {} if license is None else {"license": license}
    found["library_name"] = "sklearn"
    if task in _PIPELINES:
        found["pipeline_tag"] = _PIPELINES[task]
    if datasets:
        found["datasets"] = [*map(str, datasets)]
    found["tags"] = ["differential-privacy", "skprivate", "sklearn", *map(str, tags)]
    measured = [*numbers_of_metrics(metrics)]
    if measured:
        found["metrics"] = [metric for metric, *_ in measured]
    found["differential_privacy"] = {
        "private": report.private,
        "epsilon": report.epsilon(),
        "delta": report.delta,
        "relation": "add_remove",
        "unit": " / ".join(report.units) or "row",
        "unit_of_privacy": report.fact("unit_of_privacy") or _OPEN,
        "purpose": report.fact("purpose") or _OPEN,
        "fits": report.n_fits,
        "seeded": report.seeded,
        "assumed_public": [text for _, text in report.assumed],
    }
    if measured:
        title = report.name if name is None else str(name)
        found["model-index"] = [_results(title, task, measured, report)]
    missing = () if license else (f"license: {_OPEN}",)
    return yaml_of(found, missing)


def _results(title, task, measured, report):
    metrics = [
        {"type": metric, "value": value}
        | ({} if low is None else {"args": {"low": low, "high": high}})
        for metric, value, low, high in measured
    ]
    data = report.fact("data_source") or _OPEN
    return {
        "name": title,
        "results": [
            {
                "task": {"type": _PIPELINES.get(task, task or _OPEN)},
                "dataset": {"type": "private", "name": data},
                "metrics": metrics,
            }
        ],
    }
