"""What a private model lets an attacker have, at most: the claim that attacks test."""

from skprivate.report import ModelPrivacyReport, privacy_report
from skprivate.report._power import best_detection


def claim_of(model):
    """Largest rate of detection as a function of the rate of false alarms, or None.

    None where nothing is claimed: the model is not private, or is not known to be.
    """
    known = isinstance(model, ModelPrivacyReport)
    try:
        report = model if known else privacy_report(model)
    except (TypeError, ValueError):
        return None
    if report.gaps or not report.ways or not report.epsilon() < float("inf"):
        return None
    points = report.curves.get("add_remove", [])
    return lambda rate: best_detection(report.ways, rate, points)
