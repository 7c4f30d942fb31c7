"""What some steps of a fitted pipeline know: their price, and where rows lie."""

from dataclasses import replace

from skprivate.base import Geometry
from skprivate.pipeline._geometry import geometry_after
from skprivate.pipeline._run import input_geometry
from skprivate.pipeline._steps import does_nothing, resamples
from skprivate.rows import NoRows


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
