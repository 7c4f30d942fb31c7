"""Which nodes of trees to split: deep where rows are, at a price without depth."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from skprivate.mechanisms import _costs
from skprivate.mechanisms._additive import add_rounded_noise
from skprivate.mechanisms._checks import (
    check_count,
    check_integers,
    check_levels,
    check_positive,
    check_scale,
)
from skprivate.mechanisms._directed import above, root_above
from skprivate.mechanisms._entropy import Entropy, open_stream

LAPLACE = 1  # of the kernel
MOST_DEPTH = 24
_DECAYED = math.nextafter(math.log(2.0), 1.0)


@dataclass(frozen=True)
class Splits:
    """Nodes of binary trees that are split, because there are rows in them.

    Leaves of ``n_trees`` complete trees hold counts, and a node holds what is below.
    From the root on, a node at depth i is split if its count less ``i * decay``, but
    no less than ``1 - decay``, is positive with Laplace noise of scale ``3 * levels /
    epsilon``. What is below a node that is not split is not looked at (PrivTree:
    Zhang, Xiao and Xie 2016, "PrivTree: a differentially private algorithm for
    hierarchical decompositions", Algorithm 2 and Theorem 3.1, with two children).

    Guarantee: if one unit adds integers of at least zero, at most ``levels`` together,
    to the leaves of each tree, ``n_trees`` times epsilon-DP, however deep the trees
    are. Decay is ``levels`` or ``log(2)`` scales, whichever is more, rounded up to a
    whole number. The proof, for whole numbers and rounded noise, is in
    ``docs/proofs/splits.md``.

    Parameters
    ----------
    epsilon : float
        Of each tree; inf: no noise, not private.
    n_trees : int, default=1

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.mechanisms import Entropy, Splits
    >>> counts = np.array([0, 0, 900, 0])
    >>> Splits(epsilon=1.0)(counts, levels=1, entropy=Entropy()).tolist()
    [[True, False, True]]
    """

    epsilon: float
    n_trees: int = 1
    norm: ClassVar[float] = math.inf

    def __post_init__(self):
        epsilon = check_positive("epsilon", self.epsilon, infinite=True)
        object.__setattr__(self, "epsilon", epsilon)
        object.__setattr__(self, "n_trees", check_count("n_trees", self.n_trees))

    def __call__(
        self, counts: np.ndarray, levels: float, entropy: Entropy, context: bytes = b""
    ) -> np.ndarray:
        """Return which inner nodes are split.

        Parameters
        ----------
        counts : int64 array of n_trees * 2 ** depth
            In grid steps: the leaves of each tree, from left to right.
        levels : float
            How far one unit can move the counts of a tree together, in grid steps.
        entropy : Entropy
        context : bytes, default=b""
            Separates streams when ``entropy`` is seeded.

        Returns
        -------
        bool array of shape (n_trees, 2 ** depth - 1)
            The root, then the nodes of each further level from left to right. What is
            below a node that is not split is not split.
        """
        counts, levels = check_integers("counts", counts), check_levels(levels)
        counts = counts.reshape(self.n_trees, -1)
        depth = counts.shape[1].bit_length() - 1
        if counts.shape[1] != 2**depth or not 1 <= depth <= MOST_DEPTH:
            raise ValueError(
                f"counts are not 2, 4, ... or 2**{MOST_DEPTH} for each tree; pad them"
            )
        scale, decay = self._scale_and_decay(levels)
        noisy = levels > 0 and not math.isinf(self.epsilon)
        stream = open_stream(entropy, context, self, counts, levels) if noisy else None
        found, alive = [], np.ones((self.n_trees, 1), dtype=bool)
        for i, of_level in enumerate(_levels(counts, depth)):
            held = np.maximum(of_level[alive] - i * decay, 1 - decay)
            if noisy:
                held = add_rounded_noise(LAPLACE, np.array([scale]), held, stream)
            split = np.zeros(alive.shape, dtype=bool)
            split[alive] = held > 0
            found.append(split)
            alive = np.repeat(split, 2, axis=1)
        return np.concatenate(found, axis=1)

    def _scale_and_decay(self, levels):
        """Scale of the noise, and how much a node must hold more than its parent."""
        scale = check_scale(above(3 * Fraction(levels)), self.epsilon)
        if scale > 2.0**45:
            raise ValueError(
                "the noise scale exceeds 2**45 grid steps; use a coarser grid"
            )
        return scale, math.ceil(max(levels, math.nextafter(scale * _DECAYED, math.inf)))

    @property
    def mu(self) -> float:
        """Cost in Gaussian DP: that of any epsilon-DP mechanism, for each tree."""
        each = _costs.mu_of_pure(self.epsilon)
        if math.isinf(each):
            return each
        return root_above(self.n_trees * Fraction(each) ** 2)

    @property
    def rho(self) -> float:
        """Cost in zero-concentrated DP: epsilon^2 / 2 for each tree."""
        return self.n_trees * _costs.rho_of_pure(self.epsilon)

    @property
    def event(self) -> Any:
        """The mechanism for `dp_accounting`."""
        from dp_accounting.dp_event import ComposedDpEvent

        each = _costs.pure_event(self.epsilon)
        return each if self.n_trees == 1 else ComposedDpEvent([each] * self.n_trees)


def _levels(counts, depth):
    """Counts of the inner nodes of each level, from the root on."""
    levels = [counts]
    for _ in range(depth):
        levels.insert(0, levels[0][:, ::2] + levels[0][:, 1::2])
    return levels[:-1]
