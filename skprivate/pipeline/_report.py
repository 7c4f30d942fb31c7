"""One report from those of several children."""

from dataclasses import replace

from skprivate.base import PrivacyReport


def combined_report(name, budget, children):
    """Everything that the children released, with shares of the whole budget.

    Parameters
    ----------
    name : str
        Class of the compound object.
    budget : Budget
        The whole.
    children : list of tuple (label, share, report)
        In the order of their fits; ``share`` is the child's part of the whole.

    Returns
    -------
    PrivacyReport
    """
    whole = any(report.paid for _, _, report in children)
    units = dict.fromkeys(report.unit for _, _, report in children)
    return PrivacyReport(
        estimator=name,
        budget=budget,
        releases=tuple(
            replace(r, query=f"{label}: {r.query}", share=share * r.share)
            for label, share, report in children
            for r in report.releases
        ),
        assumed=tuple(
            f"{label}: {fact}"
            for label, _, report in children
            for fact in report.assumed
        ),
        unit=" or ".join(units) or "row",
        seeded=any(report.seeded for _, _, report in children),
        paid=(budget.event,) if whole else (),
        notes=tuple(
            f"{label}: {note}" for label, _, report in children for note in report.notes
        ),
    )
