"""How long rows are, where nobody said so."""

from skprivate.base._range import ValueCells, norm_that_most_have
from skprivate.queries._views import Norms, OfView


def look_at_row_norms(curator, *, share, most=0.9, view=None, norm=2):
    """The norm that most rows do not exceed, up to a factor of two.

    Parameters
    ----------
    curator : Curator
    share : float
        Fraction of the budget.
    most : float, default=0.9
        How many rows, of all.
    view : callable, default=None
        A view whose rows are meant.
    norm : {2, 1}, default=2
        Which norm.

    Returns
    -------
    float
    """
    query = OfView(ValueCells(1), Norms(norm))
    if view is not None:
        query = OfView(query, view)
    counts = curator.release(query, share=share)
    return norm_that_most_have(counts, curator.noise_of(query), most)
