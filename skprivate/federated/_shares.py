"""Gaussian noise in shares: each party adds a part, and only the sum is enough."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from skprivate.federated._residues import plus, residues
from skprivate.mechanisms import Gaussian, root_below
from skprivate.mechanisms._additive import drawn_noise, scales_of
from skprivate.mechanisms._checks import check_count, check_levels, check_scale
from skprivate.mechanisms._entropy import open_stream
from skprivate.rows import refused

LEAST_SHARE = 16.0  # grid steps
MOST_PARTIES = 4096
_GAUSSIAN = 0  # of the kernel


@dataclass(frozen=True)
class GaussianShare:
    """One party's share of the noise of ``Gaussian(mu)``, rounded to the grid.

    **Guarantee.** Let ``honest`` parties add such shares, each drawn where nobody else
    sees it, and let only the sum of their totals be known. Then whatever other parties
    add, and whoever works together with them: on totals that one unit moves by at most
    ``levels`` in the L2 norm (divided by the weights), the release is ``mu``-Gaussian
    DP, beside an event whose probability is below 10^-1000 for each value released
    (docs/proofs/shares.md). Alone, a share protects with ``mu * sqrt(honest)`` only:
    that nobody sees it alone is what masks are for.

    Shares below 16 steps of the grid, for which the proof does not hold, are refused.

    Parameters
    ----------
    mu : float
        Of the sum. inf: no noise, not private.
    honest : int
        Number of parties that add their noise and keep it to themselves. The party
        itself decides on it, never who asks.

    Examples
    --------
    >>> from skprivate.federated._residues import integers
    >>> from skprivate.mechanisms import Entropy
    >>> share = GaussianShare(mu=0.5, honest=3)
    >>> integers(share([10, 20], levels=2**20, entropy=Entropy(0))).shape
    (2,)
    """

    mu: float
    honest: int

    def __post_init__(self):
        Gaussian(self.mu)  # checks
        check_count("honest", self.honest)

    @property
    def own(self):
        """The Gaussian mechanism of the share alone."""
        if math.isinf(self.mu):
            return Gaussian(self.mu)
        return Gaussian(root_below(Fraction(self.mu) ** 2 * self.honest))

    def deviation(self, levels, n_parties=1):
        """Standard deviation of the sum of ``n_parties`` shares, in grid steps."""
        return math.sqrt(n_parties) * self.own.deviation(levels)

    def __call__(
        self, total, levels, entropy, context=b"", *, weights=None, wide=False
    ):
        """Residues of ``total + round(scale * weights * Z)``.

        Parameters
        ----------
        total : array of int64 or Python integers
            The exact sum over the rows of this party, in grid steps.
        levels : float
            The largest norm of one unit's contribution, in grid steps.
        entropy : Entropy
        context : bytes, default=b""
            As for :class:`~skprivate.mechanisms.Gaussian`.
        weights : array that broadcasts to the total's shape, default=None
        wide : bool, default=False
            Whether residues are modulo 2**128.

        Returns
        -------
        ndarray of uint64 of shape (1 or 2, *total.shape)
            Guarantee: they wrap and never stop, so that the sum of those of all
            parties is the residue of the sum of all totals and all noise.
        """
        total = np.asarray(total)
        levels = check_levels(levels)
        own = self.own
        if math.isinf(self.mu) or levels == 0 or total.size == 0:
            return residues(total, wide)
        scales = scales_of(weights, check_scale(levels, own.mu), total.shape)
        if scales.min() < LEAST_SHARE:
            raise refused(
                ValueError,
                "A share of the noise is below 16 steps of the grid, for which nothing "
                "is proved. Ask for less accuracy, or use noise='party'.",
            )
        stream = open_stream(entropy, context, own, total, levels, scales)
        noise, far = drawn_noise(_GAUSSIAN, scales, total.size, stream)
        words = residues(noise, wide)
        for i, value in far.items():
            words[:, i] = residues(np.array([value], object), wide)[:, 0]
        return plus(residues(total, wide), words.reshape(-1, *total.shape))
