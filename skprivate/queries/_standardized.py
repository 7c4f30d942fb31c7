"""Second moments of standardized rows, clipped to the norm that the noise suggests."""

from dataclasses import replace
from math import ceil, log2, sqrt

import numpy as np

from skprivate.base import Box
from skprivate.queries._second_moments import SecondMoments, symmetric

MOST_FEATURES = 4096  # of so many, a matrix takes 128 megabytes
_PROVISIONAL_BITS = 18
_TOLERATED = 0.01  # noise relative to the rows up to which rows keep their length


def refuse_many(n_features, n_targets=1):
    """Refuse more columns than products of them fit in memory, before anything else.

    How many there are is public.
    """
    if n_features > MOST_FEATURES:
        raise ValueError(
            f"X has more than {MOST_FEATURES} features, too many for a matrix of their "
            "products. Put a SparseRandomProjection before it, which is free, or hash "
            "into fewer."
        )
    if n_targets > MOST_FEATURES:
        raise ValueError(
            f"y has more than {MOST_FEATURES} targets, too many for a matrix of their "
            "products. Fit one model for some of them at a time."
        )


def standardized_box(low, high, spread, scale):
    """Box with the origin at the noisy center of the rows and ``scale`` as unit.

    Its grid is provisional: :func:`standardized_moments` makes it as fine as it can be.
    """
    return Box(low, high, spread.center, scale, _PROVISIONAL_BITS)


def standardized_moments(curator, spread, box, target=None, *, shortest):
    """Release second moments for all that remains of the budget.

    Noise grows with the square of the norm to which rows are clipped, so long rows are
    worth shortening, the more so the fewer rows there are. In standardized boxes a
    typical norm is ``sqrt(n_columns)``, unless one is announced; rows are clipped to a
    multiple of it, such that the noise, relative to the number of rows, is one percent,
    but no closer than ``shortest``. Without noise they are not clipped at all.

    Parameters
    ----------
    curator : Curator
    spread : Spread
        What an earlier release told about the rows.
    box : Box
        With features of about unit variance.
    target : Box or None, default=None
        The same for the target.
    shortest : float
        Smallest multiple of the typical norm.

    Returns
    -------
    moments : ndarray of shape (n_columns, n_columns)
        Noisy sum of ``v v'`` over rows ``v = (z, 1)`` or ``(z, 1, t)``.
    noise : float
        Standard deviation of its noise on the diagonal; off it, ``sqrt(2)`` less.
    """
    query = standardized_query(curator, spread, box, target, shortest=shortest)
    moments = symmetric(curator.release(query, share=curator.remaining))
    return moments, curator.noise_of(query)


def standardized_query(curator, spread, box, target=None, *, shortest):
    """What :func:`standardized_moments` releases, for the same price."""
    share = curator.remaining
    reach = box.reach if target is None else np.append(box.reach, target.reach)
    unit = SecondMoments(box, target, 1.0)
    typical, longest = _norms(spread, box, reach)
    noise = curator.noise_of(unit, share=share) * typical**2 * sqrt(unit.n_columns)
    factor = sqrt(_TOLERATED * spread.count / noise) if noise > 0 else np.inf
    bound = min(longest, max(shortest, factor) * typical)
    bits = _bits(bound, max(1.0, float(np.max(reach))), unit.n_columns)
    return SecondMoments(
        replace(box, bits=bits),
        None if target is None else replace(target, bits=bits),
        bound,
    )


def _norms(spread, box, reach):
    """Typical and largest norm of rows, with a constant and perhaps a target."""
    typical, largest = len(reach) + 1.0, 1.0 + float(np.sum(reach**2))
    if spread.norm < np.inf:
        square = (spread.norm / box.half[0]) ** 2
        typical = square + 1.0 + len(reach) - box.n_features
        largest = square + 1.0 + float(np.sum(reach[box.n_features :] ** 2))
    return sqrt(typical), sqrt(largest)


def _bits(bound, reach, n_columns):
    """Finest grid on which squared norms, and then products, are exact in float64.

    A squared norm before clipping is at most ``n_columns * (reach * 2**bits)**2``,
    which must stay below 2**53; products of clipped rows ask for
    ``SecondMoments.bits``.
    """
    squares = (52 - ceil(log2(n_columns))) // 2 - ceil(log2(reach)) - 1
    return min(SecondMoments.bits(bound), squares)
