"""What some steps of a fitted pipeline know: their price, and where rows lie."""

from dataclasses import replace

from skprivate.base import Geometry
from skprivate.pipeline._geometry import geometry_after
from skprivate.pipeline._report import combined_report
from skprivate.pipeline._run import input_geometry
from skprivate.pipeline._shares import parts_of
from skprivate.pipeline._steps import discovers, does_nothing, resamples
from skprivate.rows import NoRows


def some_steps(pipeline, steps):
    """A pipeline of some of its steps, that spends what they spend in the whole.

    Parameters
    ----------
    pipeline : DPPipeline
    steps : list of tuple (name, step)
        Neighbours in it.

    Returns
    -------
    DPPipeline
    """
    shares = pipeline._shares()
    kept = {name: shares[name] for name, _ in steps if shares[name] > 0}
    rest = sum(shares.values()) - sum(kept.values())
    budget = pipeline._budget()
    if kept and len(kept) < sum(share > 0 for share in shares.values()):
        others = [step for name, step in pipeline.steps if name not in kept]
        finding = [any(map(discovers, s)) for s in (dict(steps).values(), others)]
        budget = parts_of(budget, [sum(kept.values()), rest], finding)[0]
    part = pipeline._with_steps(steps, budget, kept or None)
    whole = sum(kept.values())
    fitted = [(n, kept[n] / whole, step) for n, step in steps if n in kept]
    if hasattr(pipeline, "privacy_") and all(
        hasattr(s, "privacy_") for *_, s in fitted
    ):
        reports = [(name, share, step.privacy_) for name, share, step in fitted]
        found = combined_report(type(pipeline).__name__, budget, reports)
        part.privacy_ = report_of_winner(pipeline.privacy_, found, reports) or found
        part.output_geometry_ = geometry_of_slice(pipeline, steps)
    return part


def geometry_of_slice(pipeline, steps):
    """What is known of the rows after the last of some steps of a fitted pipeline.

    Parameters
    ----------
    pipeline : DPPipeline
    steps : list of tuple (name, step)
        Neighbours in it.

    Returns
    -------
    Geometry
    """
    geometry = input_geometry(pipeline.bounds, NoRows(pipeline.n_features_in_))
    names = [name for name, _ in pipeline.steps]
    last = names.index(steps[-1][0]) + 1 if steps else 0
    for _, step in pipeline.steps[:last]:
        if not (does_nothing(step) or resamples(step)):
            known = hasattr(step, "transform")
            geometry = geometry_after(step, geometry) if known else Geometry()
    return geometry


def report_of_winner(whole, found, reports):
    """The report of some steps of what a search has kept, else None.

    Each of these steps names the price of the search, and together they cost that.
    """
    if not any(whole.paid and step.paid == whole.paid for *_, step in reports):
        return None
    return replace(whole, releases=found.releases, assumed=found.assumed)
